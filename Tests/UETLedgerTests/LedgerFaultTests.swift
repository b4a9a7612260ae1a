import Foundation
import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// A disk that fails, and a process that is killed, at any system call that changes a file.
@Suite(.enabled(if: FaultInjection.isThere, FaultInjection.need), .serialized)
struct LedgerFaultTests {
  /// Where no half of a fault can stay: every one of these does something else with the disk.
  enum Part: String, CaseIterable, Sendable {
    case append, many, checkpoint, claim, create, pack
    case packChild = "pack-child"
    case cache
  }

  /// One call that fails, or the disk that stays full or broken from one call on.
  enum Kind: String, CaseIterable, Sendable {
    case full = "ENOSPC-stays"
    case broken = "EIO"
    case fullOnce = "ENOSPC"
    case brokenForGood = "EIO-stays"
  }

  @Test(arguments: Part.allCases, isLong ? Kind.allCases : [.full, .broken])
  func aCallThatFailsLosesNothingAndLeavesNoHalf(part: Part, kind: Kind) throws {
    let ledger = try Ledger(isInMemory: true)
    // Each test takes other calls; together, and in the long form alone, they take all.
    let step = isLong ? 1 : part == .pack ? 16 : 8
    let first = 1 + Int.random(in: 0..<step)
    let walk = try StormProcess(
      ["faults", ledger.test.path, part.rawValue, kind.rawValue, "\(first)", "\(step)"],
      environment: FaultInjection.environment())
    let lines = walk.lines()
    #expect(walk.wait() == 0, "from \(first) by \(step): \(lines)")
    #expect(lines.last == "done", "from \(first) by \(step): \(lines)")
    #expect(lines.count > 1)
    for line in lines where line.contains("BAD") {
      Issue.record("from \(first) by \(step): \(line)")
    }
    let isSaid = lines.contains { $0.contains("failed: ") || $0.contains("said ") }
    // Where the file of a cache cannot be used memory does, and nobody need know.
    if part == .cache { #expect(!isSaid, "\(lines)") } else if isLong { #expect(isSaid) }
    #expect(ledger.test.git("fsck", "--strict", "--no-dangling").isEmpty)
  }

  @Test func aKillAtAnyCallLosesNothing() throws {
    let ledger = try Ledger(isInMemory: true)
    let step = isLong ? 1 : 97
    var number = 1 + Int.random(in: 0..<step)
    var last = 0
    var isKilled = true
    while isKilled {
      // Enough events for packs, and for one pack to be made of eight.
      let storm = try StormProcess(
        [ledger.test.path, ledger.run.rawValue, "main", "20", "1", "1", "pack=2"],
        environment: FaultInjection.environment([
          "UET_FAULT": "-9:\(number):0:\(ledger.repository.commonDirectory)"
        ]))
      let lines = storm.lines()
      isKilled = lines.last != "done"
      let highest = lines.compactMap { Int($0) }.max() ?? last
      if try ledger.reopened().repository.reference(ledger.reference) != nil {
        let report = try ledger.reopened().reader.verify(ledger.run)
        #expect(report.problems == [], "call \(number)")
        #expect(report.events >= max(last, highest), "call \(number)")
        last = report.events
      }
      number += step
      if number % 200 < step {
        #expect(ledger.test.git("fsck", "--strict", "--no-dangling").isEmpty)
      }
    }
    #expect(ledger.test.git("fsck", "--strict", "--no-dangling").isEmpty)
    #expect(LedgerPackingTests.leftovers(ledger) == [])
  }
}
