import UETLedger
import UETModel
import UETPlanning

/// What people's decisions mean for the queue: which finished work is held back, and what is taken
/// out again.
struct ReviewHolds: Sendable {
  let plan: Plan
  let waves: WavePlan

  /// Whether a person has to look at a workstream's result before it is merged: its bundle says so,
  /// or it is one of several that may have changed what is protected.
  func isRequired(_ record: WorkstreamRecord) -> Bool {
    if record.isSuspect { return true }
    return plan.index(of: record.id).map { plan.workstreams[$0].wantsReview } ?? false
  }

  /// Finished, and to be looked at first.
  func unreviewed(_ state: RunState) -> [WorkstreamID] {
    state.workstreams.filter {
      $0.state == .succeeded && (isRequired($0) || $0.waitsForReview)
        && $0.review() == .undecided
    }.map(\.id)
  }

  /// Finished, and rejected; with the reason.
  func rejected(_ state: RunState) -> [(id: WorkstreamID, reason: String)] {
    state.workstreams.compactMap { record in
      guard record.state == .succeeded, let reason = record.rejection else { return nil }
      return (record.id, reason)
    }
  }

  /// Whether nobody's decision stands in the way of merging it.
  func isFree(_ record: WorkstreamRecord) -> Bool {
    switch record.review() {
    case .rejected: false
    case .approved: true
    case .undecided: !isRequired(record) && !record.waitsForReview
    }
  }

  /// What is to be recorded before the queue begins: who is asked for a review, why what was
  /// rejected is held, and that what was rejected after it was merged is taken out again.
  func drafts(for state: RunState) -> [EventDraft] {
    var drafts: [EventDraft] = []
    let waves = WaveHolds(self.waves, state)
    func objection(_ record: WorkstreamRecord) -> String? { record.rejection ?? waves[record.id] }
    if let first = state.workstreams.first(where: {
      $0.state == .integrated && objection($0) != nil
    }) {
      // Whatever was merged on top of it has to be merged again without it.
      drafts.append(
        EventDraft(
          .integrationRestarted(
            .init {
              $0.start = state.integration.start
              $0.reason = "'\(first.id)' is held: \(objection(first) ?? "rejected")"
            })))
    }
    for record in state.workstreams {
      switch (record.state, objection(record)) {
      case (.integrated, let reason?), (.queued, let reason?):
        drafts.append(
          EventDraft(.candidateDequeued(.init { $0.reason = reason }), workstream: record.id))
      case (.succeeded, let reason?):
        guard record.reason != reason else { continue }
        drafts.append(EventDraft(.candidateHeld(.because(reason)), workstream: record.id))
      case (.succeeded, nil):
        if let draft = request(record) { drafts.append(draft) }
      default: break
      }
    }
    return drafts
  }

  /// Asks for the review of a result that has not been asked for yet; nil where none is needed.
  private func request(_ record: WorkstreamRecord) -> EventDraft? {
    guard isRequired(record), record.review() == .undecided, let tip = record.tip,
      record.reviewRequested != tip
    else { return nil }
    let workstream = plan.index(of: record.id).map { plan.workstreams[$0] }
    return .reviewRequest(record.id, tip, workstream?.reviewReason)
  }
}

extension EventDraft {
  static func reviewRequest(
    _ id: WorkstreamID, _ tip: ObjectID, _ reason: String? = nil
  ) -> EventDraft {
    EventDraft(
      .reviewRequested(.init { ($0.tip, $0.reason) = (tip, reason) }), workstream: id,
      anchors: [tip])
  }

  /// A decision on a result; the holder's own names the rejections that it was given in knowledge
  /// of.
  static func review(
    _ decision: ReviewRecord.Decision, _ record: WorkstreamRecord, _ tip: ObjectID, by: String,
    message: String?, overruling: Bool
  ) -> EventDraft {
    let others = record.reviews.filter {
      $0.tip == tip && $0.decision == .rejected && $0.writer != ReviewRecord.holder
    }
    let overrules = overruling && decision == .approved && !others.isEmpty
    let decided = Told<Fact.ReviewDecided> {
      ($0.decision, $0.tip, $0.by, $0.message) = (decision, tip, by, message)
      $0.overrules = overrules ? others.map(\.reference) : nil
    }
    return EventDraft(.reviewDecided(decided), workstream: record.id, anchors: [tip])
  }
}

extension WorkstreamRecord {
  /// Whether the attempt that made its result may have changed what is protected.
  package var isSuspect: Bool {
    attempts.last { $0.outcome == .succeeded && $0.tip == tip }?.isSuspect ?? false
  }
}
