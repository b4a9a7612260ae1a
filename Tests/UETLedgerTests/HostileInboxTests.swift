import Testing
import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// Inboxes as an attacker, or a defect, would write them: what is before the damage counts, nothing
/// of what is behind it, the reason is recorded once, and the holder goes on.
@Suite struct HostileInboxTests {
  private let writer = "clone-0123abcd"
  private let first = InboxStage.workstreams[0]

  private func stage() throws -> (InboxStage, LedgerWriter) {
    let ledger = try Ledger()
    let stage = InboxStage(ledger, run: ledger.run)
    let holder = try stage.started()
    try stage.append([stage.decision(.approved, first)], as: writer)
    try stage.append([stage.decision(.rejected, first)], as: writer)
    return (stage, holder)
  }

  /// The chain's last commit with other parts.
  private func forged(
    _ stage: InboxStage, events: ((String) -> String)? = nil, message: ((String) -> String)? = nil,
    parents: [ObjectID]? = nil
  ) throws -> ObjectID {
    let repository = stage.ledger.repository
    let tip = try repository.commit(try #require(try stage.tip(of: writer)))
    var entries = try repository.tree(tip.tree)
    if let events {
      let index = try #require(entries.firstIndex { $0.name == LedgerFile.events })
      let text = String(decoding: try repository.blob(entries[index].id), as: UTF8.self)
      let blob = try repository.writeBlob(Array(events(text).utf8))
      entries[index] = TreeEntry(name: LedgerFile.events, mode: .file, id: blob)
    }
    return try repository.writeCommit(
      tree: try repository.writeTree(entries), parents: parents ?? tip.parents,
      message: message?(tip.message) ?? tip.message, author: tip.author, committer: tip.committer)
  }

  /// Only the first event counts, the reason is said and recorded once, and later admissions are
  /// quiet.
  private func expect(
    _ stage: InboxStage, _ holder: LedgerWriter, _ commit: ObjectID, says reason: String,
    admitted: Int = 1, _ policy: InboxPolicy = InboxPolicy()
  ) async throws {
    try stage.point(writer, at: commit, remote: "origin")
    let result = try stage.admit(to: holder, policy)
    #expect(result.admitted == admitted, "\(result)")
    #expect(result.refused.map(\.reason).joined().contains(reason), "\(result.refused)")
    let record = try #require(holder.state?.inbox(writer))
    #expect(record.problems.count == 1 && record.sequence == admitted)
    #expect(try stage.admit(to: holder, policy).drafts.isEmpty, "recorded once")
    try await holder.flush()
    #expect(try stage.ledger.reader.verify(stage.run).isSound)
  }

  @Test func aForgedEventIsRefused() async throws {
    let (stage, holder) = try stage()
    let bad = try forged(stage, events: { $0.replacing("rejected", with: "approved") })
    try await expect(stage, holder, bad, says: "event 2 is not what its id says")
    // The true chain, when it comes, is admitted after all.
    try stage.show(writer)
    #expect(try stage.admit(to: holder).admitted == 1)
    #expect(holder.state?.inbox(writer)?.sequence == 2)
    let problems = holder.state?.inbox(writer)?.problems ?? []
    #expect(problems.count == 1 && problems[0].reason.contains("it does not contain commit"))
  }

  @Test func aForgedSequenceIsRefused() async throws {
    let (stage, holder) = try stage()
    let bad = try forged(
      stage, events: { $0.replacing("\"seq\":2", with: "\"seq\":7") },
      message: { $0.replacing("UET-Events: 2-2", with: "UET-Events: 7-7") })
    try await expect(stage, holder, bad, says: "event 7 follows event 1")
  }

  @Test func anotherRunsChainIsRefused() async throws {
    let (stage, holder) = try stage()
    let bad = try forged(
      stage, message: { $0.replacing(stage.run.rawValue, with: "20200101-000000-dead") })
    try await expect(stage, holder, bad, says: "it belongs to 20200101-000000-dead", admitted: 0)
  }

  @Test func anotherWritersNameIsRefused() async throws {
    let (stage, holder) = try stage()
    let bad = try forged(stage, events: { $0.replacing(self.writer, with: "main") })
    try await expect(stage, holder, bad, says: "event 2 says that another writer wrote it")
  }

  @Test func aChangedFormIsRefused() async throws {
    let (stage, holder) = try stage()
    let bad = try forged(stage, events: { $0.replacing("\"seq\":2,", with: "\"seq\": 2,") })
    try await expect(stage, holder, bad, says: "not in canonical form")
  }

  @Test func whatIsNoEventIsRefused() async throws {
    let (stage, holder) = try stage()
    let bad = try forged(
      stage, events: { _ in String(repeating: "[", count: 5000) + "\n" })
    try await expect(stage, holder, bad, says: "event 2 is no event")
  }

  @Test func aMissingFileIsRefused() async throws {
    let (stage, holder) = try stage()
    let repository = stage.ledger.repository
    let tip = try repository.commit(try #require(try stage.tip(of: writer)))
    let bad = try repository.writeCommit(
      tree: try repository.writeTree([]), parents: tip.parents, message: tip.message,
      author: tip.author, committer: tip.committer)
    try await expect(stage, holder, bad, says: "it has no 'events.jsonl'")
  }

  @Test func aCommitOfSomethingElseIsRefused() async throws {
    let (stage, holder) = try stage()
    try await expect(stage, holder, stage.ledger.commits[1], says: "trailers", admitted: 0)
  }

  @Test func aHugeEventIsRefused() async throws {
    let (stage, holder) = try stage()
    try stage.append(
      [stage.decision(.approved, first, message: String(repeating: "x", count: 20_000))],
      as: writer)
    let tip = try #require(try stage.tip(of: writer))
    try await expect(stage, holder, tip, says: "event 3 is longer than", admitted: 2)
  }

  @Test func aHugeBatchIsRefusedBeforeItIsRead() async throws {
    let (stage, holder) = try stage()
    let bad = try forged(stage, events: { $0 + String(repeating: " ", count: 2 << 20) })
    try await expect(stage, holder, bad, says: "'events.jsonl' is larger than")
  }

  @Test func anEndlessChainIsRefused() async throws {
    let (stage, holder) = try stage()
    for _ in 0..<6 { try stage.append([stage.decision(.approved, first)], as: writer) }
    var policy = InboxPolicy()
    policy.limits.commits = 5
    let tip = try #require(try stage.tip(of: writer))
    try await expect(
      stage, holder, tip, says: "more than 5 new commits", admitted: 0, policy)
  }

  @Test func rewrittenHistoryIsRefused() async throws {
    let (stage, holder) = try stage()
    try stage.show(writer)
    #expect(try stage.admit(to: holder).admitted == 2)
    let tip = try #require(try stage.tip(of: writer))
    let bad = try forged(stage, message: { "another subject" + $0.drop { $0 != "\n" } })
    #expect(bad != tip)
    try stage.point(writer, at: bad, remote: "origin")
    let result = try stage.admit(to: holder)
    #expect(result.admitted == 0 && result.drafts.count == 1)
    #expect(result.refused.first?.reason.contains("does not contain commit \(tip)") == true)
    #expect(holder.state?.inbox(writer)?.sequence == 2)
  }

  @Test func anEarlierPieceIsNoDamage() throws {
    let (stage, holder) = try stage()
    try stage.show(writer)
    try stage.admit(to: holder)
    try stage.show(writer, back: 1, remote: "origin")
    let result = try stage.admit(to: holder)
    #expect(result == InboxAdmission.Result())
  }

  @Test func aBadChainStopsNoOther() throws {
    let (stage, holder) = try stage()
    try stage.point("attacker", at: stage.ledger.commits[0])
    try stage.show(writer)
    let result = try stage.admit(to: holder)
    #expect(result.admitted == 2 && result.refused.count == 1)
  }

  @Test func tooManyWritersAreRefusedWithoutFillingTheRecord() throws {
    let (stage, holder) = try stage()
    for index in 0..<6 { try stage.point("w-\(index)", at: stage.ledger.commits[0]) }
    var policy = InboxPolicy()
    policy.limits.writers = 3
    let result = try stage.admit(to: holder, policy)
    #expect(result.drafts.count == 3 && result.refused.count == 6)
  }
}
