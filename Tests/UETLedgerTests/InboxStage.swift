import UETGit
import UETModel
import UETTestSupport

@testable import UETLedger

/// A run with finished workstreams, and other clones that have something to say of them.
struct InboxStage {
  let ledger: Ledger
  let run: RunID
  /// The other clones' own references, in the same object database.
  static let elsewhere = LedgerNames(prefix: "refs/elsewhere")

  init(_ ledger: Ledger, run: RunID) {
    self.ledger = ledger
    self.run = run
  }

  static let workstreams = (1...3).compactMap { WorkstreamID("ws-\($0)") }

  /// The holder's writer, with every workstream finished; each one's result is `tip(of:)`.
  func started() throws -> LedgerWriter {
    let list = Self.workstreams.map { id -> JSONValue in ["id": .string(id.rawValue)] }
    var drafts = [
      EventDraft(.runStarted, data: JSONObject([.workstreams: .array(list), .workers: 1]))
    ]
    for id in Self.workstreams {
      drafts.append(EventDraft(.taskReady, workstream: id))
      drafts.append(EventDraft(.taskAssigned, workstream: id, attempt: 1, worker: "w1"))
      drafts.append(
        EventDraft(
          .taskCompleted, workstream: id, attempt: 1, worker: "w1",
          data: JSONObject([.tip: .commit(tip(of: id))])))
    }
    return try LedgerWriter.create(
      in: ledger.repository, run: run, root: ledger.root, holder: ledger.holder(),
      events: drafts, at: Ledger.start, options: ledger.options
    ).writer
  }

  func taken(_ nonce: String) throws -> LedgerWriter {
    try LedgerWriter.open(
      in: ledger.repository, run: run, holder: ledger.holder(nonce), at: Ledger.start,
      takingOver: true, options: ledger.options)
  }

  func tip(of id: WorkstreamID) -> ObjectID {
    let place = Self.workstreams.firstIndex(of: id) ?? 0
    return ledger.commits[place % ledger.commits.count]
  }

  func decision(
    _ decision: ReviewRecord.Decision, _ id: WorkstreamID, message: String? = nil
  ) -> EventDraft {
    EventDraft(
      .reviewDecided, workstream: id,
      data: JSONObject([
        .decision: .string(decision.rawValue), .tip: .commit(tip(of: id)), .by: "Ada <ada@b>",
        .message: .text(message),
      ]), anchors: [tip(of: id)])
  }

  /// Appends in the clone of that name.
  func append(_ drafts: [EventDraft], as writer: String, at time: Timestamp = Ledger.start) throws {
    var options = ledger.options
    options.names = Self.elsewhere
    try InboxWriter(
      repository: ledger.repository, run: run, writer: writer, options: options
    ).append(drafts, base: ledger.commits[0], program: "1.0", at: time)
  }

  func tip(of writer: String) throws -> ObjectID? {
    try ledger.repository.reference(Self.elsewhere.chain(run, writer))
  }

  /// Shows a clone's chain, or an earlier piece of it, under a reference of this repository.
  func show(_ writer: String, back count: Int = 0, remote: String? = nil) throws {
    guard var commit = try tip(of: writer) else { return }
    let reader = LedgerReader(repository: ledger.repository, names: Self.elsewhere)
    for _ in 0..<count { commit = try reader.commit(commit).previous ?? commit }
    try point(writer, at: commit, remote: remote)
  }

  func point(_ writer: String, at commit: ObjectID, remote: String? = nil) throws {
    try ledger.repository.setReference(
      reference(writer, remote), to: commit, expecting: nil, message: "test")
  }

  func reference(_ writer: String, _ remote: String?) -> String {
    remote.map { "refs/uet-remote/\($0)/runs/\(run)/\(writer)" }
      ?? LedgerNames.standard.chain(
        run, writer)
  }

  func admission(_ policy: InboxPolicy = InboxPolicy()) -> InboxAdmission {
    InboxAdmission(ledger.reader, policy: policy)
  }

  /// Admits what there is, and stages it.
  @discardableResult
  func admit(
    to writer: LedgerWriter, _ policy: InboxPolicy = InboxPolicy()
  ) throws -> InboxAdmission.Result {
    let result = try admission(policy).result(for: writer.state ?? RunState(run: run))
    try writer.append(result.drafts, at: Ledger.start)
    return result
  }
}
