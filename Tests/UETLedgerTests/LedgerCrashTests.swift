import Foundation
import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite(.enabled(if: StormProcess.program != nil, StormProcess.need), .serialized)
struct LedgerCrashTests {
  @Test func noAcknowledgedEventIsLostToAKill() throws {
    let ledger = try Ledger(isInMemory: true)
    var random = SeededGenerator(seed: 1)
    var last = 0
    let rounds = isLong ? 500 : 6
    for round in 1...rounds {
      let storm = try StormProcess([
        ledger.test.path, ledger.run.rawValue, "main", "1000000", "4", "\(round)",
      ])
      #expect(storm.line() == "open \(round)")
      var acknowledged = (0..<Int.random(in: 0...12, using: &random)).compactMap { _ in
        storm.line()
      }
      acknowledged += storm.kill()
      let highest = acknowledged.compactMap { Int($0) }.max() ?? 0
      let report = try ledger.reopened().reader.verify(ledger.run)
      #expect(report.problems == [], "round \(round)")
      #expect(report.events >= max(last, highest), "round \(round)")
      last = report.events
    }
    #expect(ledger.test.git("fsck", "--strict", "--no-dangling").isEmpty)
    let cache = CacheTests.cache(try ledger.reopened())
    #expect(try cache.verify().isEmpty)
  }

  @Test func deletingTheFolderNeverGivesTwoHolders() throws {
    let ledger = try Ledger()
    let arguments = [ledger.test.path, ledger.run.rawValue, "main", "1000000", "2", "1"]
    let storm = try StormProcess(arguments)
    #expect(storm.line() == "open 1")
    CacheTests.remove("\(ledger.repository.commonDirectory)/uet")
    let other = try ledger.reopened()
    let answer = try RunHolder(repository: other.repository).answer(for: ledger.run)
    guard case .held(by: let holder) = answer else {
      Issue.record("\(answer)")
      return
    }
    #expect(holder.pid == storm.pid)
    let error = #expect(throws: LedgerError.self) {
      try LedgerWriter.open(
        in: other.repository, run: ledger.run,
        holder: SystemProcesses.current(since: Ledger.start, nonce: "2"), at: Ledger.start)
    }
    guard case .held(ledger.run, by: holder, liveness: .alive) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    _ = storm.kill()
    let after = try RunHolder(repository: other.repository).answer(for: ledger.run)
    #expect(after == .free(last: holder))
  }

  @Test func aLockThatAKilledProcessLeftIsRemovedBySystemProof() throws {
    let ledger = try Ledger()
    _ = try ledger.create()
    let path = "\(ledger.repository.commonDirectory)/\(ledger.reference).lock"
    TemporaryDirectory.write([], to: path)
    let processes = SystemProcesses()
    #expect(processes.evidenceOfDeadOwner(lock: path) == nil)
    let touched = GitProcess(
      ["touch", "-d", "1 minute ago", path], in: "/", environment: ["PATH": "/usr/bin:/bin"])
    #expect(touched.status == 0)
    // A process that has the file open is its owner, for all that is known.
    let file = FileHandle(forReadingAtPath: path)
    #expect(processes.evidenceOfDeadOwner(lock: path) == nil)
    try file?.close()
    #if os(Linux)
      #expect(StaleReferenceLock(path: path).removeIfOwnerIsDead(processes) != nil)
      #expect(!FileManager.default.fileExists(atPath: path))
    #endif
  }

  /// Eight processes append while another packs references and collects garbage all the time, with
  /// `--prune=now` as well, which takes what is not referenced yet from under them.
  @Test(arguments: [false, true])
  func manyWritersAndCollectionsLoseNothing(prunesAtOnce: Bool) throws {
    let ledger = try Ledger(isInMemory: true)
    let count = isLong ? 2000 : 24
    let writers = 8
    let storms = (0..<writers).map { index in
      // The first is the orchestrator's chain, and packs on the way.
      StormWatch([
        ledger.test.path, ledger.run.rawValue, index == 0 ? "main" : "writer-\(index)", "\(count)",
        "2", "\(index)", "pack=\(index == 0 ? 5 : 0)",
      ])
    }
    var rounds = 0
    while rounds < 2 || (storms.contains { !$0.isOver } && rounds < 5000) {
      ledger.test.git("pack-refs", "--all")
      // A second collection, or an object that goes at that moment, makes it fail: it is tried
      // again.
      _ = ledger.test.tryGit(["gc", "-q"] + (prunesAtOnce ? ["--prune=now"] : []))
      rounds += 1
    }
    for watch in storms { #expect(watch.wait() == 0) }
    let reader = try ledger.reopened().reader
    for index in 0..<writers {
      let name = index == 0 ? "main" : "writer-\(index)"
      let report = try reader.verify(ledger.run, writer: name)
      #expect(report.problems == [], "\(name)")
      #expect(report.events == count, "\(name)")
    }
    #expect(ledger.test.git("fsck", "--strict", "--no-dangling").isEmpty)
  }
}
