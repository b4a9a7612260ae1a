import UETGit
import UETModel

/// Decides what the holder of a main chain records of what others appended to their inboxes.
///
/// Each event is admitted or refused once, in the order of its chain; where nothing is recorded of
/// it, the next admission decides the same again. So a crash in between costs nothing.
package struct InboxAdmission: Sendable {
  /// A chain, or an event of one, that does not count.
  package struct Refusal: Hashable, Sendable {
    package let writer: String
    package let reference: String
    /// nil for what is new in the whole chain.
    package let seq: Int?
    package let reason: String
  }

  /// What is to be recorded on the main chain, and what to tell.
  package struct Result: Hashable, Sendable {
    package var drafts: [EventDraft] = []
    package var admitted = 0
    package var refused: [Refusal] = []
    /// Chains that the configuration does not trust: left alone until it does.
    package var untrusted: [Inbox] = []
    /// There is more than is admitted at once.
    package var isCut = false
  }

  private let reader: LedgerReader
  private let policy: InboxPolicy

  package init(_ reader: LedgerReader, policy: InboxPolicy) {
    self.reader = reader
    self.policy = policy
  }

  /// What is new in all inboxes of a run that stands at `state`.
  package func result(for state: RunState) throws(LedgerError) -> Result {
    var trial = state
    var result = Result()
    var writers = Set(state.inboxes.map(\.writer))
    let chains = OwnChains(reader)
    for inbox in try reader.inboxes(of: state.run) {
      // Whoever reads the record knows the name of the holder's own inbox.
      if inbox.writer == policy.own, chains.seal != nil,
        !chains.wrote(inbox.tip, inbox.run, inbox.writer)
      {
        let reason = "it is named after this clone, which did not write it"
        if isNew(inbox, trial) { result.refused.append(refusal(inbox, nil, reason)) }
        continue
      }
      guard policy.trusts(inbox.writer) else {
        if isNew(inbox, trial) { result.untrusted.append(inbox) }
        continue
      }
      writers.insert(inbox.writer)
      guard writers.count <= policy.limits.writers || trial.inbox(inbox.writer) != nil else {
        result.refused.append(refusal(inbox, nil, "the run has too many writers"))
        continue
      }
      admit(inbox, &trial, &result)
    }
    return result
  }

  private func isNew(_ inbox: Inbox, _ state: RunState) -> Bool {
    state.inbox(inbox.writer)?.last?.commit != inbox.tip
  }

  private func admit(_ inbox: Inbox, _ state: inout RunState, _ result: inout Result) {
    guard isNew(inbox, state) || isPartlyAdmitted(inbox, state) else { return }
    let room = policy.limits.events - result.drafts.count
    let reading = InboxReading(
      reader: reader, inbox: inbox, limits: policy.limits, last: state.inbox(inbox.writer)?.last)
    let (entries, fault) = reading.entries(atMost: max(room, 0))
    for entry in entries { admit(entry, inbox, &state, &result) }
    if entries.count == room { result.isCut = true }
    guard let fault else { return }
    result.refused.append(refusal(inbox, nil, fault.reason))
    let problem = InboxRecord.Problem(reference: inbox.reference, reason: fault.reason)
    guard state.inbox(inbox.writer)?.problems.contains(problem) != true else { return }
    let draft = EventDraft(
      .inboxRefused(
        .init {
          ($0.writer, $0.reference, $0.reason) = (inbox.writer, inbox.reference, fault.reason)
        }))
    if fold(draft, into: &state) == nil { result.drafts.append(draft) }
  }

  /// The tip's commit was the last of which an event was admitted, but not its last event.
  private func isPartlyAdmitted(_ inbox: Inbox, _ state: RunState) -> Bool {
    guard let last = state.inbox(inbox.writer)?.last, last.commit == inbox.tip,
      let commit = try? reader.commit(inbox.tip)
    else { return false }
    return last.seq < commit.message.events?.upperBound ?? 0
  }

  private func refusal(_ inbox: Inbox, _ seq: Int?, _ reason: String) -> Refusal {
    Refusal(writer: inbox.writer, reference: inbox.reference, seq: seq, reason: reason)
  }
}

extension InboxAdmission {
  private func admit(
    _ entry: InboxReading.Entry, _ inbox: Inbox, _ state: inout RunState, _ result: inout Result
  ) {
    let event = entry.event
    let origin = EventOrigin(
      writer: inbox.writer, seq: event.seq, id: event.id, at: event.at, commit: entry.commit,
      isOwn: inbox.writer == policy.own)
    var data = event.data
    data[Event.from] = origin.json
    var draft = EventDraft(
      Fact(event.type, data), workstream: event.workstream, attempt: event.attempt,
      worker: event.worker)
    if let reason = objection(to: event, state) ?? fold(draft, into: &state) {
      result.refused.append(refusal(inbox, event.seq, reason))
      draft = EventDraft(
        .inboxRefused(
          .init {
            ($0.reason, $0.type) = (reason, String(event.type.rawValue.prefix(64)))
            $0.members[Event.from] = origin.json
          }))
      _ = fold(draft, into: &state)
    } else {
      result.admitted += 1
    }
    result.drafts.append(draft)
  }

  /// Why an event that is whole does not count; nil where it does. What an inbox may carry is
  /// decisions of people on results: whatever a machine found out counts only where the holder
  /// found it out itself.
  private func objection(to event: Event, _ state: RunState) -> String? {
    guard case .reviewDecided(let fact) = event.fact else {
      return "events of type \(event.type.rawValue.quoted(limit: 64)) are not taken from others"
    }
    guard event.attempt == nil, event.worker == nil else {
      return "it names an attempt or a worker"
    }
    guard event.data[Event.from] == nil else { return "it says itself where it was admitted from" }
    guard let id = event.workstream, let record = state[id] else {
      return "the run has no such workstream"
    }
    guard fact.decision != nil else {
      return "it neither approves nor rejects"
    }
    guard let tip = fact.tip, record.hasResult(tip) else {
      return "the commit it speaks of is no result of '\(id)'"
    }
    return nil
  }

  /// Folds a draft as it would be recorded; gives why that cannot be.
  private func fold(_ draft: EventDraft, into state: inout RunState) -> String? {
    let event = Event(
      draft, seq: state.sequence + 1, writer: LedgerNames.mainWriter,
      at: state.updatedAt ?? Timestamp(seconds: 0), identify: { _ in .zero })
    do {
      try state.apply(event)
      return nil
    } catch {
      return error.message
    }
  }
}

extension WorkstreamRecord {
  /// Whether a commit was ever recorded as what the workstream came to.
  package func hasResult(_ commit: ObjectID) -> Bool {
    tip == commit || candidate?.tip == commit || attempts.contains { $0.tip == commit }
  }
}
