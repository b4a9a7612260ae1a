import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

@Suite struct InboxTests {
  private let writer = "clone-0123abcd"
  private let first = InboxStage.workstreams[0]

  private func stage() throws -> (InboxStage, LedgerWriter) {
    let ledger = try Ledger()
    let stage = InboxStage(ledger, run: ledger.run)
    return (stage, try stage.started())
  }

  @Test func anApprovalIsAdmittedWithWhereItCameFrom() async throws {
    let (stage, holder) = try stage()
    try stage.append([stage.decision(.approved, first, message: "fine")], as: writer)
    try stage.show(writer, remote: "team/origin")
    let result = try stage.admit(to: holder)
    #expect(result.admitted == 1 && result.refused.isEmpty)
    try await holder.release()
    let state = try stage.ledger.reader.state(of: stage.run)
    let review = try #require(state[first]?.reviews.first)
    #expect(review.writer == writer && review.seq == 1 && review.message == "fine")
    #expect(state[first]?.review() == .approved([review]))
    var events: [Event] = []
    try stage.ledger.reader.events(of: stage.run) { events.append($0) }
    let event = try #require(events.last)
    let tip = try #require(try stage.tip(of: writer))
    #expect(event.origin?.commit == tip)
    // What was admitted gives back the very event of the inbox, with its id.
    let original = try #require(event.original)
    #expect(Repository.hashBlob(original.lineWithoutID) == original.id)
    #expect(try stage.ledger.reader.state(of: stage.run).inboxes.map(\.sequence) == [1])
  }

  @Test func theWritersOfOneCloneShareAChain() async throws {
    let (stage, _) = try stage()
    let first = first
    await withTaskGroup(of: Void.self) { group in
      for index in 0..<8 {
        group.addTask {
          for _ in 0..<5 {
            do {
              let own = InboxStage(try stage.ledger.reopened(), run: stage.run)
              try own.append(
                [own.decision(.approved, first, message: "\(index)")], as: "clone-0123abcd")
            } catch { Issue.record("\(error)") }
          }
        }
      }
    }
    let reader = LedgerReader(repository: stage.ledger.repository, names: InboxStage.elsewhere)
    let report = try reader.verify(stage.run, writer: writer)
    #expect(report.problems == [] && report.events == 40 && report.epochs == 1)
  }

  @Test func aRejectionStandsUntilItsWriterOrTheHolderDecidesAnew() throws {
    let (stage, holder) = try stage()
    try stage.append([stage.decision(.rejected, first)], as: writer)
    try stage.append([stage.decision(.approved, first)], as: "server")
    for name in [writer, "server"] { try stage.show(name) }
    try stage.admit(to: holder)
    #expect(holder.standing(of: first) == "rejected")
    try holder.append([stage.decision(.approved, first)], at: Ledger.start)
    #expect(holder.standing(of: first) == "rejected", "not given in knowledge of the rejection")
    var draft = stage.decision(.approved, first)
    draft.data[.overrules] = [["writer": .string(writer), "seq": 1]]
    try holder.append([draft], at: Ledger.start)
    #expect(holder.standing(of: first) == "approved")
    try stage.append([stage.decision(.rejected, first)], as: writer)
    try stage.show(writer)
    try stage.admit(to: holder)
    #expect(holder.standing(of: first) == "rejected", "a new rejection is not the one overruled")
    try stage.append([stage.decision(.approved, first)], as: writer)
    try stage.show(writer)
    try stage.admit(to: holder)
    #expect(holder.standing(of: first) == "approved")
  }

  @Test func overrulingIsTheHoldersAlone() throws {
    let (stage, holder) = try stage()
    try stage.append([stage.decision(.rejected, first)], as: writer)
    var draft = stage.decision(.approved, first)
    draft.data[.overrules] = [["writer": .string(writer), "seq": 1]]
    try stage.append([draft], as: "server")
    for name in [writer, "server"] { try stage.show(name) }
    try stage.admit(to: holder)
    #expect(holder.standing(of: first) == "rejected")
    // The inbox of the clone that holds the run speaks for the holder.
    try stage.append([draft], as: "clone-00000000")
    try stage.show("clone-00000000")
    try stage.admit(to: holder, InboxPolicy(own: "clone-00000000"))
    #expect(holder.standing(of: first) == "approved")
  }

  @Test func anUntrustedInboxWaitsUntilItIsTrusted() throws {
    let (stage, holder) = try stage()
    try stage.append([stage.decision(.approved, first)], as: writer)
    try stage.show(writer)
    let nobody = try stage.admit(to: holder, InboxPolicy(trust: .only([])))
    #expect(nobody.drafts.isEmpty && nobody.untrusted.map(\.writer) == [writer])
    #expect(try stage.admit(to: holder, InboxPolicy(trust: .only([writer]))).admitted == 1)
  }

  @Test(arguments: ["heartbeat", "gate_passed", "landed", "task_cancelled", "from_a_newer_version"])
  func onlyDecisionsOfPeopleAreTaken(type: String) throws {
    let (stage, holder) = try stage()
    let draft = EventDraft(EventType(rawValue: type), workstream: first)
    try stage.append([draft, stage.decision(.approved, first)], as: writer)
    try stage.show(writer)
    let result = try stage.admit(to: holder)
    #expect(result.admitted == 1, "what follows a refused event still counts")
    #expect(result.refused.map(\.seq) == [1])
    #expect(result.refused.first?.reason.contains("'\(type)'") == true)
    #expect(holder.state?.inbox(writer)?.refused == 1)
    #expect(try stage.admit(to: holder).drafts.isEmpty, "refused once and for all")
  }

  @Test func whatMayNotFollowIsRefused() throws {
    let (stage, holder) = try stage()
    var drafts = Array(repeating: stage.decision(.approved, first), count: 7)
    drafts[0].workstream = WorkstreamID("ws-none")
    drafts[1].workstream = nil
    drafts[2].data[.tip] = .string(String(repeating: "1", count: 40))
    drafts[3].data[.decision] = "perhaps"
    drafts[4].attempt = 1
    drafts[5].data[.from] = ["writer": "main"]
    try stage.append(drafts, as: writer)
    try stage.show(writer)
    let result = try stage.admit(to: holder)
    #expect(result.refused.compactMap(\.seq) == [1, 2, 3, 4, 5, 6], "\(result.refused)")
    #expect(result.admitted == 1)
  }

  @Test func muchIsAdmittedInParts() throws {
    let (stage, holder) = try stage()
    let drafts = (0..<9).map { stage.decision($0 % 2 == 0 ? .approved : .rejected, first) }
    try stage.append(Array(drafts.prefix(5)), as: writer)
    try stage.append(Array(drafts.dropFirst(5)), as: writer)
    try stage.show(writer)
    var policy = InboxPolicy()
    policy.limits.events = 2
    var rounds = 0
    while try stage.admit(to: holder, policy).isCut, rounds < 20 { rounds += 1 }
    #expect(holder.state?.inbox(writer)?.sequence == 9)
    #expect(rounds >= 4)
  }
}

extension LedgerWriter {
  /// How the reviews of a workstream's result stand, in one word.
  fileprivate func standing(of id: WorkstreamID) -> String {
    switch state?[id]?.review() {
    case .approved: "approved"
    case .rejected: "rejected"
    case .undecided, nil: "undecided"
    }
  }
}
