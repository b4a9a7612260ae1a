import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// Everything around a chain that `verify` compares with it, damaged one by one.
@Suite struct RunReportTests {
  private let first = InboxStage.workstreams[0]
  private let writer = "clone-0123abcd"

  private struct Scene {
    let stage: InboxStage
    let holder: LedgerWriter
    let tip: ObjectID
    let merge: ObjectID
    var ledger: Ledger { stage.ledger }

    func report() throws -> RunReport {
      try ledger.reader.examine(stage.run, notes: try NotesIndex(ledger.repository))
    }
  }

  /// A run with one workstream that made a commit with trailers and was merged, and an inbox.
  private func scene(
    trailers: String, merged: String? = nil, anchored: Bool = true
  ) async throws -> Scene {
    let ledger = try Ledger()
    let stage = InboxStage(ledger, run: ledger.run)
    let base = ledger.commits[2]
    let tip = try commit(ledger, [base], "ws-1: work\n\n\(trailers)\n")
    let about = merged ?? "UET-Run: \(stage.run)\nUET-Workstream: ws-1\nUET-Candidate: \(tip)"
    let merge = try commit(ledger, [base, tip], "merge ws-1\n\n\(about)\n")
    let holder = try stage.started()
    let data = JSONObject([.tip: .commit(tip), .base: .commit(base)])
    try holder.append(
      [
        EventDraft(.taskReady, workstream: first),
        EventDraft(.taskAssigned, workstream: first, attempt: 2),
      ], at: Ledger.start)
    var done = EventDraft(.taskCompleted, workstream: first, attempt: 2, data: data)
    done.anchors = anchored ? [tip] : []
    var verdict = EventDraft(
      .gatePassed, workstream: first,
      data: JSONObject([
        .gate: "GATE_UNIT", .stage: "integration",
        .tree: .commit(try ledger.repository.commit(merge).tree),
      ]))
    verdict.anchors = anchored ? [merge] : []
    try holder.append(
      [
        done, EventDraft(.candidateQueued, workstream: first), verdict,
        EventDraft(
          .mergeSucceeded, workstream: first, data: JSONObject([.commit: .commit(merge)])),
      ], at: Ledger.start)
    try stage.append([stage.decision(.approved, InboxStage.workstreams[1])], as: writer)
    try stage.append([stage.decision(.rejected, InboxStage.workstreams[1])], as: writer)
    try stage.show(writer)
    try stage.admit(to: holder)
    try await holder.release()
    try LedgerNotes(repository: ledger.repository, options: ledger.options).update(stage.run)
    return Scene(stage: stage, holder: holder, tip: tip, merge: merge)
  }

  private func commit(
    _ ledger: Ledger, _ parents: [ObjectID], _ message: String
  ) throws -> ObjectID {
    let old = try ledger.repository.commit(parents[0])
    return try ledger.repository.writeCommit(
      tree: old.tree, parents: parents, message: message, author: old.author,
      committer: old.committer)
  }

  @Test func whatAgreesIsSound() async throws {
    let scene = try await scene(trailers: "UET-Run: 20261121-013055-beef\nUET-Attempt: 2")
    let report = try scene.report()
    #expect(report.isSound, "\(report.findings) \(report.main.problems)")
    #expect(report.works == 2 && report.inboxes.map(\.events) == [2] && (report.notes ?? 0) > 0)
  }

  @Test(arguments: [
    "UET-Run: 20200101-000000-dead", "UET-Workstream: ws-2", "UET-Attempt: 7",
  ])
  func aTrailerThatSaysOtherwiseIsFound(trailer: String) async throws {
    let scene = try await scene(trailers: trailer)
    let report = try scene.report()
    #expect(report.findings.map(\.kind) == [.trailer])
    #expect(report.findings.first?.commit == scene.tip)
    #expect(!report.isDerivedOnly)
  }

  @Test func aMergeOfAnotherCandidateIsFound() async throws {
    let scene = try await scene(
      trailers: "UET-Attempt: 2", merged: "UET-Run: 20261121-013055-beef\nUET-Workstream: ws-1")
    let findings = try scene.report().findings
    #expect(findings.map(\.commit) == [scene.merge])
    #expect(findings.first?.reason.contains("UET-Candidate") == true)
  }

  @Test func whatNothingKeepsAliveIsFound() async throws {
    let scene = try await scene(trailers: "UET-Attempt: 2", anchored: false)
    let findings = try scene.report().findings
    #expect(findings.allSatisfy { $0.kind == .unanchored }, "\(findings)")
    #expect(Set(findings.map(\.commit)).isSuperset(of: [scene.tip, scene.merge]))
  }

  @Test func notesThatSayOtherwiseAreFoundAndMadeAnew() async throws {
    let scene = try await scene(trailers: "UET-Attempt: 2")
    let (test, tip) = (scene.ledger.test, scene.tip.hex)
    let run = scene.stage.run
    // git may spread notes otherwise; what they say must be the same.
    func listed() -> String {
      test.git("notes", "--ref=uet", "list") + test.git("notes", "--ref=uet-verdicts", "list")
    }
    let before = listed()
    let tree = test.git("rev-parse", "\(scene.merge)^{tree}")
    test.git("notes", "--ref=uet", "add", "-f", "-m", "ws-1 in run \(run): LANDED", tip)
    test.git("notes", "--ref=uet", "add", "-m", "ws-9 in run \(run): LANDED", "HEAD:a.txt")
    test.git("notes", "--ref=uet-verdicts", "remove", tree)
    let forged = #"{"gate":"GATE_UNIT","result":"PASSED","run":"\#(run)"}"#
    test.git("notes", "--ref=uet-verdicts", "add", "-m", forged, "HEAD^{tree}")
    let report = try scene.report()
    #expect(report.findings.allSatisfy { $0.kind == .note } && report.findings.count == 3)
    #expect(report.isDerivedOnly)
    try LedgerNotes(repository: scene.ledger.repository, options: scene.ledger.options)
      .repair(run, try NotesIndex(scene.ledger.repository))
    let after = try scene.report()
    #expect(after.isSound, "\(after.findings)")
    #expect(listed() == before)
    #expect(test.tryGit(["fsck", "--strict"]).status == 0)
  }

  @Test func aMissingInboxIsNoErrorAndADifferingOneIs() async throws {
    let scene = try await scene(trailers: "UET-Attempt: 2")
    let (stage, test) = (scene.stage, scene.ledger.test)
    // Another chain of that name, with another first event.
    let other = InboxStage(try scene.ledger.reopened(), run: stage.run)
    test.git("update-ref", "-d", InboxStage.elsewhere.chain(stage.run, writer))
    try other.append([stage.decision(.rejected, first)], as: writer)
    try stage.show(writer, remote: "origin")
    let findings = try scene.report().findings
    #expect(findings.map(\.kind) == [.inbox], "\(findings)")
    #expect(findings.first?.reason.contains("event 1 of 'refs/uet-remote/origin") == true)
    test.git("update-ref", "-d", stage.reference(writer, "origin"))
    #expect(try scene.report().isSound)
    test.git("update-ref", "-d", stage.reference(writer, nil))
    #expect(try scene.report().isSound)
    try stage.point(writer, at: scene.ledger.commits[0])
    let report = try scene.report()
    #expect(!report.isSound && report.main.isSound && report.inboxes.first?.isSound == false)
  }

  @Test func whatWasAdmittedMustBeWhatWasWritten() async throws {
    let scene = try await scene(trailers: "UET-Attempt: 2")
    let again = try scene.stage.taken("2")
    var draft = scene.stage.decision(.approved, first)
    draft.data[.from] =
      EventOrigin(
        writer: writer, seq: 3, id: scene.tip, at: Ledger.start, commit: scene.tip
      ).json
    try again.append([draft], at: Ledger.start)
    try await again.release()
    let report = try scene.report()
    #expect(!report.main.isSound)
    #expect(
      report.main.problems.first?.reason.contains("is not what 'clone-0123abcd' wrote") == true)
  }
}
