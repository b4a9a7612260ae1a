import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct LedgerConcurrencyTests {
  @Test func concurrentProducersShareCommitsAndKeepTheirOrder() async throws {
    let ledger = try Ledger()
    let writer = try ledger.create()
    try await withThrowingTaskGroup(of: [Int].self) { group in
      for producer in 0..<8 {
        group.addTask {
          var mine: [Int] = []
          for index in 0..<50 {
            let events = try writer.append(
              [EventDraft(.heartbeat, worker: "w\(producer)", data: ["n": .integer(Int64(index))])],
              at: Ledger.start)
            mine += events.map(\.seq)
            try await writer.flush()
          }
          return mine
        }
      }
      for try await mine in group { #expect(mine == mine.sorted()) }
    }
    let events = try ledger.events()
    #expect(events.map(\.seq) == Array(1...400))
    for producer in 0..<8 {
      let numbers = events.filter { $0.worker == "w\(producer)" }
        .compactMap { $0.data["n"]?.integer }
      #expect(numbers == Array(0..<50))
    }
    let commits = ledger.test.git("rev-list", "--first-parent", "--count", ledger.reference)
    #expect((Int(commits) ?? 0) < 400)
  }

  @Test func whoeverLosesTheChainIsFencedForGood() async throws {
    let ledger = try Ledger()
    let first = try ledger.create()
    let second = try ledger.reopened().open()
    #expect(second.epoch == 2)
    try first.append([EventDraft(.heartbeat)], at: Ledger.start)
    for _ in 0..<2 {
      let error = await #expect(throws: LedgerError.self) { try await first.flush() }
      guard case .fenced(ledger.run, by: let holder?) = error else {
        Issue.record("\(String(describing: error))")
        return
      }
      #expect(holder.nonce == "2")
    }
    #expect(throws: LedgerError.self) {
      try first.append([EventDraft(.heartbeat)], at: Ledger.start)
    }
    try second.append([EventDraft(.heartbeat, worker: "second")], at: Ledger.start)
    try await second.flush()
    #expect(try ledger.events().map(\.worker) == ["second"])
  }

  @Test func ofManyThatOpenAtOnceOneWins() async throws {
    let ledger = try Ledger()
    _ = try ledger.create()
    let won = await withTaskGroup(of: String?.self) { group in
      for index in 0..<6 {
        group.addTask {
          guard let other = try? ledger.reopened(),
            let writer = try? other.open("n\(index)", pid: Int32(300 + index), takingOver: true)
          else { return nil }
          _ = try? writer.append([EventDraft(.heartbeat)], at: Ledger.start)
          return (try? await writer.flush()) == nil ? nil : "n\(index)"
        }
      }
      var won: [String] = []
      for await name in group { if let name { won.append(name) } }
      return won
    }
    let claim = try ledger.reader.claim(of: ledger.run)
    #expect(won.contains(claim.holder?.nonce ?? ""))
    #expect(try ledger.events().count == won.count)
  }

  @Test func aLiveHolderIsLeftAlone() async throws {
    var ledger = try Ledger()
    let writer = try ledger.create()
    ledger.options.processes = Processes(alive: [100])
    let error = #expect(throws: LedgerError.self) { try ledger.open() }
    guard case .held(ledger.run, by: let holder, liveness: .alive) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(holder.pid == 100)
    let asked = RunHolder(repository: ledger.repository, processes: ledger.options.processes)
    #expect(try asked.answer(for: ledger.run) == .held(by: ledger.holder()))
    try await writer.release()
    #expect(try asked.answer(for: ledger.run) == .free(last: ledger.holder()))
    #expect(try ledger.open().epoch == 2)
    #expect(throws: LedgerError.self) {
      try writer.append([EventDraft(.heartbeat)], at: Ledger.start)
    }
  }
}
