import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct LedgerWriterTests {
  @Test func aRunReadsBackAsItWasWritten() async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 1)
    let writer = try ledger.create([walk.next().draft])
    var staged: [Event] = []
    for index in 0..<200 {
      let (draft, at) = walk.next()
      staged += try writer.append([draft], at: at)
      if index % 7 == 0 { try await writer.flush() }
    }
    try await writer.flush()
    #expect(writer.state == walk.state)
    #expect(try ledger.reader.state(of: ledger.run) == walk.state)
    let events = try ledger.events()
    #expect(events.count == 201)
    #expect(Array(events.dropFirst()) == staged)
    #expect(events.map(\.seq) == Array(1...201))
    #expect(try ledger.reader.root(of: ledger.run) == ledger.root)
    #expect(try ledger.reader.runs() == [ledger.run])
    #expect(ledger.test.git("fsck", "--strict").isEmpty)
  }

  @Test func theRootIsReadableWithPlainGit() async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 1)
    _ = try ledger.create([walk.next().draft])
    let names = ledger.test.git("ls-tree", "-r", "--name-only", ledger.reference)
    #expect(
      names.split(separator: "\n") == [
        "bundles/a.json", "bundles/deep/er/b.yaml", "config.yaml", "events.jsonl", "holder.json",
        "plan.json", "run.json",
      ])
    #expect(
      ledger.test.git("log", "-1", "--format=%B", ledger.reference) == """
        run started

        UET-Run: \(ledger.run)
        UET-Writer: main
        UET-Epoch: 1
        UET-Events: 1-1

        """)
    let parents = ledger.test.git("log", "-1", "--format=%P", ledger.reference)
    #expect(parents == ledger.commits[0].hex)
  }

  @Test func aRunCannotBeCreatedTwice() throws {
    let ledger = try Ledger()
    _ = try ledger.create()
    let error = #expect(throws: LedgerError.self) { try ledger.create() }
    guard case .runExists(ledger.run) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func anAnchorThatDoesNotExistIsRefusedBeforeAnythingIsStaged() async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 1)
    let writer = try ledger.create([walk.next().draft])
    let missing = try #require(ObjectID(String(repeating: "12", count: 20)))
    let good = EventDraft(.heartbeat)
    let bad = EventDraft(.heartbeat, anchors: [missing])
    #expect(throws: LedgerError.self) { try writer.append([good, bad], at: Ledger.start) }
    let tip = writer.tip
    try await writer.flush()
    #expect(writer.tip == tip)
    #expect(try writer.append([good], at: Ledger.start).first?.seq == 2)
  }

  @Test func anEventThatCannotFollowIsRefused() async throws {
    let ledger = try Ledger()
    var walk = ledger.walk(seed: 1)
    let writer = try ledger.create([walk.next().draft])
    let id = WorkstreamID("ws-1")
    let drafts = [
      EventDraft(.taskReady, workstream: id), EventDraft(.taskCompleted, workstream: id),
    ]
    #expect(throws: LedgerError.self) { try writer.append(drafts, at: Ledger.start) }
    #expect(writer.state == walk.state)
    #expect(try writer.append([drafts[0]], at: Ledger.start).first?.seq == 2)
  }

  @Test func aClockThatGoesBackDoesNotTakeTheChainBack() async throws {
    let ledger = try Ledger()
    let writer = try ledger.create()
    let late = Ledger.start.advanced(bySeconds: 3600)
    try writer.append([EventDraft(.heartbeat)], at: late)
    let events = try writer.append([EventDraft(.heartbeat)], at: Ledger.start)
    #expect(events.first?.at == late)
    try await writer.flush()
    let again = try ledger.open()
    #expect(try again.append([EventDraft(.heartbeat)], at: Ledger.start).first?.at == late)
  }

  @Test func attachmentsGetIntoTheLogsOfTheCommit() async throws {
    let ledger = try Ledger()
    let writer = try ledger.create()
    try writer.attach("ws-1.1.log", Array("one".utf8))
    try writer.attach("ws-1.1.log", Array("two".utf8))
    try writer.append([EventDraft(.heartbeat)], at: Ledger.start)
    try await writer.flush()
    #expect(ledger.test.git("show", "\(ledger.reference):logs/ws-1.1.log") == "one")
    #expect(ledger.test.git("show", "\(ledger.reference):logs/ws-1.1.log.2") == "two")
    for name in ["", "..", ".git", "a/b", "a\u{1b}[31m", "a b"] {
      #expect(throws: LedgerError.self) { try writer.attach(name, []) }
    }
  }

  @Test func anchorsKeepTheirCommitsFromCollection() async throws {
    let ledger = try Ledger()
    let writer = try ledger.create()
    let lost = ledger.test.commit("soon unreachable", ["b.txt": "b\n"])
    ledger.test.git("reset", "-q", "--hard", "HEAD~1")
    try writer.append([EventDraft(.heartbeat, anchors: [lost, lost])], at: Ledger.start)
    try await writer.flush()
    try writer.append([EventDraft(.heartbeat, anchors: [lost])], at: Ledger.start)
    try await writer.flush()
    ledger.test.git("reflog", "expire", "--expire=now", "--all")
    ledger.test.git("gc", "-q", "--prune=now")
    #expect(ledger.test.git("cat-file", "-t", lost.hex) == "commit")
    let counts = ledger.test.git("log", "--first-parent", "--format=%P", ledger.reference)
      .split(separator: "\n").map { $0.split(separator: " ").count }
    #expect(Array(counts.prefix(3)) == [1, 2, 1])
  }

  @Test func manyAnchorsAreBundled() async throws {
    let ledger = try Ledger()
    let writer = try ledger.create()
    let tree = ledger.test.git("rev-parse", "HEAD^{tree}")
    let loose = (0..<150).compactMap { index in
      ObjectID(ledger.test.git("commit-tree", tree, "-m", "loose \(index)"))
    }
    #expect(loose.count == 150)
    try writer.append([EventDraft(.heartbeat, anchors: loose)], at: Ledger.start)
    try await writer.flush()
    let parents = try ledger.repository.commit(writer.tip).parents
    #expect(parents.count == 4)
    let reached = Set(ledger.test.git("rev-list", ledger.reference).split(separator: "\n"))
    #expect(loose.allSatisfy { reached.contains($0.hex[...]) })
  }
}
