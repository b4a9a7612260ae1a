import UETGit
import UETLedger
import UETMergeQueue
import UETModel
import UETPlanning

extension TargetNotice {
  /// What a look at the target adds to the record of a run, and what of it is bad news.
  struct Outcome: Sendable {
    var drafts: [EventDraft] = []
    /// On record as landed, and not in the target any more.
    var gone: [WorkstreamID] = []
  }

  /// Looks at all of a run; `named` is the branch that somebody asked for.
  static func outcome(
    _ state: RunState, _ policy: QueuePolicy, _ configuration: Configuration, named: String? = nil,
    _ git: SealedGit
  ) async throws -> Outcome {
    // A rollback or a landing under way has its own way to its end.
    guard state.rollback == nil, state.integration.landing == nil,
      let target = try named ?? self.target(of: state, configuration, git.repository),
      let notice = try TargetNotice(state, in: target, git)
    else { return Outcome() }
    defer { notice.close() }
    var outcome = Outcome()
    var seen = state
    if let last = try notice.landedByHand(), let commit = state[last]?.integrated {
      outcome.drafts = QueueMachine(policy: policy, state: state).landedByHand(
        upTo: last, tree: try git.repository.treeID(of: commit), in: target)
      seen = try state.foreseeing(outcome.drafts)
    }
    guard let rest = try TargetNotice(seen, in: target, git) else { return outcome }
    defer { rest.close() }
    let findings = try await rest.findings()
    outcome.gone = findings.compactMap { $0.finding == .gone ? $0.id : nil }
    outcome.drafts += rest.drafts(findings)
    return outcome
  }
}

extension RunState {
  /// The state as it would be with these facts on record.
  func foreseeing(_ drafts: [EventDraft]) throws(FoldError) -> RunState {
    var state = self
    for draft in drafts {
      try state.apply(
        Event(
          draft, seq: state.sequence + 1, writer: LedgerNames.mainWriter,
          at: updatedAt ?? Timestamp(seconds: 0), identify: Repository.hashBlob))
    }
    (state.sequence, state.updatedAt) = (sequence, updatedAt)
    return state
  }
}

extension Project {
  /// A run's state with what its target shows of it, though nobody has recorded that yet: landings by hand,
  /// squashes, reverts, a branch that was moved back. Where it cannot be told, the state as recorded.
  package func asItStands(_ state: RunState) async -> RunState {
    do {
      let recorded = try RecordedPlan(reading: state.run, in: self)
      let outcome = try await TargetNotice.outcome(
        state, QueuePolicy(recorded.project, recorded.plan), recorded.project.configuration, git)
      return try state.foreseeing(outcome.drafts)
    } catch {
      return state
    }
  }

  /// Records what the target shows of a run; who wrote it down is told of it by `observer`.
  func notice(
    _ ledger: LedgerWriter, _ recorded: RecordedPlan, named target: String? = nil,
    _ observer: RunObserver
  ) async throws -> TargetNotice.Outcome {
    guard let state = ledger.state else { return TargetNotice.Outcome() }
    let outcome = try await TargetNotice.outcome(
      state, QueuePolicy(recorded.project, recorded.plan), recorded.project.configuration,
      named: target, git)
    guard !outcome.drafts.isEmpty else { return outcome }
    let events = try ledger.append(outcome.drafts, at: clock.now())
    try await ledger.flush()
    observer(events, ledger.state ?? state)
    return outcome
  }
}
