import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct LedgerVerifyTests {
  private func recorded(_ seed: UInt64 = 1, events: Int = 120) async throws -> Ledger {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: seed)
    let writer = try ledger.create([walk.next().draft])
    for index in 1..<events {
      let (draft, at) = walk.next()
      try writer.append([draft], at: at)
      if index % 5 == 0 { try await writer.flush() }
    }
    try await writer.flush()
    return ledger
  }

  /// Rewrites the chain's last commit with other parts, as a forger would.
  private func forge(
    _ ledger: Ledger, tree: ((ObjectID) throws -> ObjectID)? = nil,
    message: ((String) -> String)? = nil
  ) throws -> ObjectID {
    let tip = try ledger.repository.commit(try ledger.reader.tip(of: ledger.run))
    let forged = try ledger.repository.writeCommit(
      tree: try tree?(tip.tree) ?? tip.tree, parents: tip.parents,
      message: message?(tip.message) ?? tip.message, author: tip.author, committer: tip.committer)
    ledger.test.git("update-ref", ledger.reference, forged.hex)
    return forged
  }

  /// The tree with `events.jsonl` changed.
  private func changing(
    _ ledger: Ledger, _ change: @escaping (String) -> String
  ) -> (ObjectID) throws -> ObjectID {
    { tree in
      var entries = try ledger.repository.tree(tree)
      let index = try #require(entries.firstIndex { $0.name == LedgerFile.events })
      let text = String(decoding: try ledger.repository.blob(entries[index].id), as: UTF8.self)
      let blob = try ledger.repository.writeBlob(Array(change(text).utf8))
      entries[index] = TreeEntry(name: LedgerFile.events, mode: .file, id: blob)
      return try ledger.repository.writeTree(entries)
    }
  }

  @Test func whatTheWriterWroteIsSound() async throws {
    let ledger = try await recorded()
    let second = try ledger.open()
    try second.append([EventDraft(.heartbeat)], at: Ledger.start)
    try await second.release()
    _ = try ledger.open("3")
    let report = try ledger.reader.verify(ledger.run)
    #expect(report.problems == [])
    #expect(report.events == 121)
    #expect(report.epochs == 3)
    #expect(report.checkpoints > 1)
    #expect(report.soundUpTo == (try ledger.reader.tip(of: ledger.run)))
  }

  @Test func aChangedEventIsFound() async throws {
    let ledger = try await recorded()
    let sound = ledger.test.id("\(ledger.reference)^1")
    let forged = try forge(
      ledger, tree: changing(ledger) { $0.replacing("\"at\":\"2026", with: "\"at\":\"2027") })
    let report = try ledger.reader.verify(ledger.run)
    #expect(report.problems.first?.commit == forged)
    #expect(report.problems.first?.reason.contains("is not what its id says") == true)
    #expect(report.soundUpTo == sound)
    #expect(report.soundEvents < 120)
  }

  @Test func aMissingEventIsFound() async throws {
    let ledger = try await recorded()
    let forged = try forge(
      ledger,
      tree: changing(ledger) { text in
        text.split(separator: "\n").dropLast().map { $0 + "\n" }.joined()
      })
    #expect(try ledger.reader.verify(ledger.run).problems.first?.commit == forged)
  }

  @Test func anotherEpochIsFound() async throws {
    let ledger = try await recorded()
    let forged = try forge(ledger) { $0.replacing("UET-Epoch: 1", with: "UET-Epoch: 2") }
    let report = try ledger.reader.verify(ledger.run)
    #expect(report.problems.first?.commit == forged)
    #expect(report.problems.first?.reason == "it was written in an epoch that is over")
  }

  private func forge(_ ledger: Ledger, _ message: @escaping (String) -> String) throws -> ObjectID {
    try forge(ledger, tree: nil, message: message)
  }

  @Test func aMissingCommitIsFoundAndTheCheckpointAfterItIsNamed() async throws {
    let ledger = try await recorded(events: 200)
    let bad = ledger.test.git("rev-parse", "\(ledger.reference)~30")
    let file = "\(ledger.repository.gitDirectory)/objects/\(bad.prefix(2))/\(bad.dropFirst(2))"
    CacheTests.remove(file)
    let report = try ledger.reopened().reader.verify(ledger.run)
    #expect(report.problems.first?.commit.hex == bad)
    #expect(report.soundUpTo == nil)
    #expect(report.lastCheckpoint == 200)
  }

  @Test(.enabled(if: Ground.hasPython, "python3 is not here"))
  func theReaderInAnotherLanguageReadsTheSame() async throws {
    let root = #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 }
    let ledger = try await recorded()
    let again = try ledger.open()
    try again.append([EventDraft(.heartbeat, data: ["é\n": "\u{7f}\u{1}\"\\"])], at: Ledger.start)
    try await again.flush()
    func read(_ arguments: [String]) -> GitProcess {
      GitProcess(
        ["python3", "\(root)/docs/design/read_ledger.py", ledger.test.path] + arguments, in: "/",
        environment: ledger.test.environment)
    }
    #expect(read([]).text == "\(ledger.run) main\n")
    let result = read([ledger.run.rawValue])
    let expected = try ledger.events().map { String(decoding: $0.line, as: UTF8.self) + "\n" }
    #expect(result.text == expected.joined())
    #expect(result.status == 0, "\(result.errors)")
    let forged = try forge(
      ledger, tree: changing(ledger) { $0.replacing("heartbeat", with: "landed") })
    #expect(read([ledger.run.rawValue]).errors.hasPrefix("damaged: \(forged)"))
  }
}
