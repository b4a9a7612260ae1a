import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite(.enabled(if: StormProcess.program != nil, StormProcess.need), .serialized)
struct LedgerCrashPointTests {
  /// Whatever the point: no acknowledged event is lost, the record is sound, the next start needs
  /// no hand and leaves nothing behind.
  @Test(arguments: CrashPoint.allCases)
  func aKillAtANamedPointLosesNothing(point: CrashPoint) throws {
    for number in isLong ? [1, 2, 3, 5, 8] : [1] {
      let ledger = try Ledger(isInMemory: true)
      // Only many objects make a pack.
      let files = point == .batchPacked ? ["files=20"] : []
      func storm(_ more: String...) throws -> StormProcess {
        try StormProcess(
          [ledger.test.path, ledger.run.rawValue, "main", "24", "1", "\(number)", "pack=2"] + files
            + more)
      }
      let killed = try storm("crash=\(point.rawValue):\(number)")
      let lines = killed.lines()
      let isReached = lines.last != "done"
      // Packs are merged once in so few events.
      #expect(isReached || number > 1, "\(point) was not reached")
      guard isReached else { continue }
      let highest = lines.compactMap { Int($0) }.max() ?? 0
      // The reference may not be there yet: then nothing was acknowledged.
      let isThere = try ledger.reopened().repository.reference(ledger.reference) != nil
      #expect(isThere || highest == 0)
      if isThere {
        let report = try ledger.reopened().reader.verify(ledger.run)
        #expect(report.problems == [], "\(point) \(number)")
        #expect(report.events >= highest, "\(point) \(number)")
      }
      #expect(ledger.test.git("fsck", "--strict", "--no-dangling").isEmpty)

      let next = try storm()
      #expect(next.line() == "open \(isThere ? 2 : 1)")
      #expect(next.lines().last == "done")
      #expect(try ledger.reopened().reader.verify(ledger.run).problems == [])
      #expect(ledger.test.git("fsck", "--strict", "--no-dangling").isEmpty)
      #expect(LedgerPackingTests.leftovers(ledger) == [], "\(point) \(number)")
      // What no reference ever led to is git's to collect.
      ledger.test.git("prune", "--expire=now")
      #expect(LedgerPackingTests.loose(ledger, besidesCommits: 3) == 0, "\(point) \(number)")
    }
  }
}
