import Foundation
import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct LedgerReaderTests {
  /// Writes a walk in batches of up to `batch` events.
  private func record(
    _ ledger: Ledger, _ walk: inout RandomRun, _ count: Int, batch: Int
  ) async throws -> LedgerWriter {
    let writer = try ledger.create([walk.next().draft])
    var left = count - 1
    while left > 0 {
      let size = min(left, Int.random(in: 1...batch, using: &walk.random))
      for (draft, at) in walk.drafts(size) { try writer.append([draft], at: at) }
      try await writer.flush()
      left -= size
    }
    return writer
  }

  @Test(arguments: UInt64(1)...3)
  func aCheckpointAndTheLaterEventsEqualTheWholeFold(seed: UInt64) async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: seed)
    _ = try await record(ledger, &walk, 400, batch: 9)
    var whole = RunState(run: ledger.run)
    var checkpoints = 0
    try ledger.reader.walk(to: try ledger.reader.tip(of: ledger.run)) {
      (commit) throws(LedgerError) in
      try ledger.reader.fold(commit, into: &whole)
      guard commit.message.checkpoint != nil else { return }
      checkpoints += 1
      #expect(try ledger.reader.checkpoint(of: commit) == whole, "seed \(seed)")
      #expect(try ledger.reader.state(of: ledger.run, at: commit.id) == whole, "seed \(seed)")
    }
    #expect(whole == walk.state)
    #expect(try ledger.reader.state(of: ledger.run) == whole)
    // About one second goes by between two events, and a checkpoint is due every 30.
    #expect((8...20).contains(checkpoints))
  }

  @Test func anyMomentOfThePastCanBeSeen() async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 9)
    _ = try await record(ledger, &walk, 300, batch: 9)
    var states = [RunState(run: ledger.run)]
    try ledger.reader.replay(ledger.run) { event, state in
      #expect(event.seq == states.count)
      states.append(state)
    }
    #expect(states.last == walk.state)
    for sequence in stride(from: 0, through: 300, by: 7) {
      let state = try ledger.reader.state(of: ledger.run, at: .sequence(sequence))
      #expect(state == states[sequence])
      guard let time = state.updatedAt else { continue }
      let last = states.last { $0.updatedAt == time }
      #expect(try ledger.reader.state(of: ledger.run, at: .time(time)) == last)
    }
    #expect(try ledger.reader.state(of: ledger.run, at: .sequence(9999)) == walk.state)
    var count = 0
    try ledger.reader.replay(ledger.run, until: .sequence(12)) { _, _ in count += 1 }
    #expect(count == 12)
  }

  @Test func unchangedRecordsShareTheirFileBetweenCheckpoints() async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 1, workstreams: 40)
    let writer = try ledger.create([walk.next().draft])
    for step in 1...2 {
      try writer.append(
        [EventDraft(.taskReady, workstream: WorkstreamID("ws-\(step)"))],
        at: Ledger.start.advanced(bySeconds: Double(step) * 31))
      try await writer.flush()
    }
    func files(_ revision: String) -> Set<Substring> {
      let list = ledger.test.git("ls-tree", "-r", revision, "checkpoint/workstreams/")
      return Set(list.split(separator: "\n"))
    }
    let (first, second) = (files("\(ledger.reference)^1"), files(ledger.reference))
    #expect(first.count == 40)
    #expect(second.subtracting(first).count == 1)
  }

  @Test func aThousandEventsMakeACheckpoint() async throws {
    let ledger = try Ledger()
    let writer = try ledger.create()
    for _ in 0..<3 {
      for _ in 0..<400 { try writer.append([EventDraft(.heartbeat)], at: Ledger.start) }
      try await writer.flush()
    }
    let found = ledger.test.git(
      "log", "--first-parent", "--format=%(trailers:key=UET-Checkpoint,valueonly,separator=%x2C)",
      ledger.reference)
    #expect(found.split(separator: "\n") == ["1200"])
    #expect(try ledger.open().append([EventDraft(.heartbeat)], at: Ledger.start)[0].seq == 1201)
  }

  /// One step for each time the chain was taken, not one for each commit: what lies between is not
  /// read.
  @Test func theRootIsFoundByTheClaims() async throws {
    let ledger = try Ledger()
    var writer = try ledger.create()
    var between: [ObjectID] = []
    for epoch in 1...3 {
      if epoch > 1 { writer = try ledger.open("\(epoch)", takingOver: true) }
      for _ in 0..<3 {
        try await writer.record("epoch \(epoch)")
        between.append(writer.tip)
      }
    }
    #expect(try ledger.reader.root(of: ledger.run) == ledger.root)
    // The last of an epoch leads from the next one's claim to its own.
    for (index, id) in between.enumerated() where index % 3 == 1 || index == 6 {
      let path = LooseChain.path(id, in: ledger.repository.commonDirectory + "/objects")
      #expect(unlink(path) == 0)
    }
    let again = try ledger.reopened().reader
    #expect(try again.root(of: ledger.run) == ledger.root)
    #expect(throws: LedgerError.self) { try again.walk(to: writer.tip) { _ in } }
  }

  @Test func theWalkIsInOrderHoweverLongTheChain() async throws {
    let ledger = try Ledger()
    let writer = try ledger.create()
    var reader = ledger.reader
    reader.pieceLength = 64
    let count = 64 * 2 + 10
    for _ in 1...count {
      try writer.append([EventDraft(.heartbeat)], at: Ledger.start)
      try await writer.flush()
    }
    var sequences: [Int] = []
    var middle: ObjectID?
    try reader.walk(to: writer.tip) { commit in
      sequences += commit.message.events.map(Array.init) ?? []
      if sequences.count == 30 { middle = commit.id }
    }
    #expect(sequences == Array(1...count))
    var later = 0
    #expect(try reader.walk(to: writer.tip, after: middle) { _ in later += 1 })
    #expect(later == count - 30)
    #expect(try reader.walk(to: writer.tip, after: writer.tip) { _ in later += 1 })
    #expect(try !reader.walk(to: writer.tip, after: ledger.commits[0]) { _ in later += 1 })
    #expect(later == count - 30)
  }

  @Test func aBrokenChainNamesItsFirstBadCommit() async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 3)
    let writer = try await record(ledger, &walk, 20, batch: 1)
    let bad = ledger.test.git("rev-parse", "\(ledger.reference)~5")
    let blob = ledger.test.git("rev-parse", "\(ledger.reference)~5:events.jsonl")
    let file = "\(ledger.repository.gitDirectory)/objects/\(blob.prefix(2))/\(blob.dropFirst(2))"
    TemporaryDirectory.write(Array("garbage".utf8), to: file + ".new")
    ledger.test.git("hash-object", "-w", "--stdin", input: "x")
    #expect(GitProcess(["rm", "-f", file], in: "/", environment: [:]).status == 0)
    let error = #expect(throws: LedgerError.self) {
      try ledger.reopened().reader.state(of: ledger.run)
    }
    guard case .broken(let commit, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(commit.hex == bad)
    #expect(writer.tip != commit)
  }

  @Test func aChainThatIsNotThereIsSaidToBeMissing() throws {
    let ledger = try Ledger()
    let error = #expect(throws: LedgerError.self) { try ledger.reader.state(of: ledger.run) }
    guard case .noSuchRun(ledger.run, writer: "main") = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(try ledger.reader.runs().isEmpty)
  }

  @Test func anInboxIsAChainOfItsOwn() async throws {
    let ledger = try Ledger()
    _ = try ledger.create()
    let inbox = try LedgerWriter.create(
      in: ledger.repository, run: ledger.run, writer: "reviewer-1", root: ledger.root,
      holder: ledger.holder("r"), at: Ledger.start, options: ledger.options
    ).writer
    try inbox.append([EventDraft(.reviewDecided)], at: Ledger.start)
    try await inbox.flush()
    #expect(try ledger.reader.chains().map(\.writer) == ["main", "reviewer-1"])
    #expect(try ledger.reader.runs() == [ledger.run])
    let again = try LedgerWriter.open(
      in: ledger.repository, run: ledger.run, writer: "reviewer-1", holder: ledger.holder("s"),
      at: Ledger.start, options: ledger.options)
    #expect(try again.append([EventDraft(.reviewDecided)], at: Ledger.start)[0].seq == 2)
    #expect(try ledger.events().isEmpty)
  }
}
