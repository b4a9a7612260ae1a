import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct LedgerNotesTests {
  private func id(_ name: String) throws -> WorkstreamID { try #require(WorkstreamID(name)) }

  /// A run whose workstream `ws-1` failed once, then made the second commit and was gated.
  private func recorded() async throws -> Ledger {
    let ledger = try Ledger()
    let one = try id("ws-1")
    let writer = try ledger.create([
      EventDraft(.runStarted, data: JSONObject([.workstreams: [["id": "ws-1"]]]))
    ])
    func later(_ seconds: Double) -> Timestamp { Ledger.start.advanced(bySeconds: seconds) }
    let tip = ledger.commits[1]
    let tree = ledger.test.id("\(tip)^{tree}")
    try writer.append(
      [
        EventDraft(.taskReady, workstream: one),
        EventDraft(.taskAssigned, workstream: one, attempt: 1),
        EventDraft(
          .taskFailed, workstream: one, attempt: 1,
          data: JSONObject([.kind: "E_TIMEOUT", .tip: .commit(ledger.commits[0])])),
        EventDraft(.taskRetried, workstream: one),
        EventDraft(.taskAssigned, workstream: one, attempt: 2),
      ], at: later(1))
    try writer.append([EventDraft(.taskStarted, workstream: one)], at: later(2))
    try writer.append(
      [
        EventDraft(
          .gatePassed, workstream: one,
          data: JSONObject([
            .gate: "GATE_UNIT\u{1b}[31m", .stage: "attempt", .seconds: 3.25,
            .tree: .commit(tree),
          ])),
        EventDraft(
          .taskCompleted, workstream: one, attempt: 2, data: JSONObject([.tip: .commit(tip)])),
      ], at: later(95))
    try await writer.flush()
    return ledger
  }

  @Test func gitLogShowsTheNotes() async throws {
    let ledger = try await recorded()
    try LedgerNotes(repository: ledger.repository, options: ledger.options).update(ledger.run)
    let log = ledger.test.git("log", "--notes=uet", "--format=%s%n%N", "-2", "--skip=1")
    #expect(
      log == """
        change 1
        ws-1 in run \(ledger.run): SUCCEEDED
          attempt 2 of 2, 1 min 33 s
          gates: GATE_UNIT [31m passed (3.3 s)

        change 0
        ws-1 in run \(ledger.run): FAILED
          attempt 1 of 2, E_TIMEOUT

        """)
    let verdicts = ledger.test.git("notes", "--ref=uet-verdicts", "list")
    #expect(verdicts.split(separator: "\n").count == 1)
    let tree = ledger.test.id("\(ledger.commits[1])^{tree}")
    let note = try JSONValue(
      parsing: ledger.test.git("notes", "--ref=uet-verdicts", "show", tree.hex))
    #expect(note["result"] == "PASSED")
    #expect(note["workstream"] == "ws-1")
  }

  @Test func doingItAgainChangesNothingAndOthersNotesStay() async throws {
    let ledger = try await recorded()
    let notes = LedgerNotes(repository: ledger.repository, options: ledger.options)
    let tip = ledger.commits[1].hex
    ledger.test.git("notes", "--ref=uet", "add", "-m", "a person's word", tip)
    ledger.test.git("notes", "--ref=uet", "add", "-m", "another", ledger.commits[2].hex)
    try notes.update(ledger.run)
    let first = ledger.test.git("rev-parse", LedgerNotes.runs)
    try notes.update(ledger.run)
    #expect(ledger.test.git("rev-parse", LedgerNotes.runs) == first)
    let note = ledger.test.git("notes", "--ref=uet", "show", tip)
    #expect(note.hasPrefix("a person's word\n\nws-1 in run"))
    #expect(ledger.test.git("notes", "--ref=uet", "show", ledger.commits[2].hex) == "another")
    #expect(ledger.test.git("notes", "--ref=uet", "list").split(separator: "\n").count == 3)
    #expect(ledger.test.git("fsck", "--strict").isEmpty)
  }

  @Test func notesAreFoundWhateverTheSpread() throws {
    let ledger = try Ledger()
    let tree = NotesTree(repository: ledger.repository)
    let id = ledger.commits[0]
    let (hex, flat) = (id.hex, try ledger.repository.writeBlob(Array("flat\n".utf8)))
    func folder(_ name: String, _ inner: ObjectID, _ mode: FileMode = .tree) throws -> ObjectID {
      try ledger.repository.writeTree([TreeEntry(name: name, mode: mode, id: inner)])
    }
    let deep = try folder(
      String(hex.prefix(2)),
      try folder(
        String(hex.dropFirst(2).prefix(2)), try folder(String(hex.dropFirst(4)), flat, .file)))
    for start in [nil, try folder(hex, flat, .file), deep] {
      var log = ObjectLog(ledger.repository)
      let changed = try tree.applying(
        [id: { ($0 ?? []) + Array("more\n".utf8) }], to: start, &log)
      let commit = try ledger.repository.writeCommit(
        tree: changed, parents: [], message: "x",
        author: Signature(name: "a", email: "b", at: Ledger.start),
        committer: Signature(name: "a", email: "b", at: Ledger.start))
      ledger.test.git("update-ref", "refs/notes/spread", commit.hex)
      let expected = start == nil ? "more" : "flat\nmore"
      #expect(ledger.test.git("notes", "--ref=spread", "show", hex) == expected)
    }
  }

  @Test func concurrentWritersLoseNothing() async throws {
    let ledger = try Ledger()
    try await withThrowingTaskGroup(of: Void.self) { group in
      for index in 0..<6 {
        group.addTask {
          let other = try ledger.reopened()
          var options = ledger.options
          options.patience = LockPatience()
          let reference = NotesReference(
            repository: other.repository, name: LedgerNotes.runs, options: options)
          for step in 0..<10 {
            let id = Repository.hashBlob(Array("\(index) \(step)".utf8))
            try reference.apply(
              [id: { _ in Array("x".utf8) }], message: "m", at: Ledger.start)
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(ledger.test.git("notes", "--ref=uet", "list").split(separator: "\n").count == 60)
  }
}
