import UETGit
import UETLedger
import UETMergeQueue
import UETModel
import UETPlanning

extension TargetNotice {
  /// Looks at all of a run; `named` is the branch that somebody asked for.
  static func drafts(
    _ state: RunState, _ policy: QueuePolicy, _ configuration: Configuration, named: String? = nil,
    _ git: SealedGit
  ) async throws -> [EventDraft] {
    // A rollback or a landing under way has its own way to its end.
    guard state.rollback == nil, state.integration.landing == nil,
      let target = try named ?? self.target(of: state, configuration, git.repository),
      let notice = try TargetNotice(state, in: target, git)
    else { return [] }
    defer { notice.close() }
    var drafts: [EventDraft] = []
    var seen = state
    if let last = try notice.landedByHand(), let commit = state[last]?.integrated {
      drafts = QueueMachine(policy: policy, state: state).landedByHand(
        upTo: last, tree: try git.repository.treeID(of: commit), in: target)
      seen = try state.foreseeing(drafts)
    }
    guard let rest = try TargetNotice(seen, in: target, git) else { return drafts }
    defer { rest.close() }
    return try await drafts + rest.drafts(rest.findings())
  }
}

extension RunState {
  /// The state as it would be with these facts on record.
  func foreseeing(_ drafts: [EventDraft]) throws(FoldError) -> RunState {
    var state = self
    for draft in drafts { try state.apply(state.foreseen(draft)) }
    (state.sequence, state.updatedAt) = (sequence, updatedAt)
    return state
  }

  /// The event that a draft would become next.
  func foreseen(_ draft: EventDraft) -> Event {
    Event(
      draft, seq: sequence + 1, writer: LedgerNames.mainWriter,
      at: updatedAt ?? Timestamp(seconds: 0), identify: Repository.hashBlob)
  }
}

extension Project {
  /// A run's state with what its target shows of it, though nobody has recorded that yet: landings
  /// by hand, squashes, reverts, a branch that was moved back. Where it cannot be told, the state
  /// as recorded.
  package func asItStands(_ state: RunState) async -> RunState {
    do {
      let recorded = try RecordedPlan(reading: state.run, in: self)
      let drafts = try await TargetNotice.drafts(
        state, QueuePolicy(recorded.project, recorded.plan), recorded.project.configuration, git)
      return try state.foreseeing(drafts)
    } catch {
      return state
    }
  }

  /// Records what the target shows of a run.
  func notice(
    _ facts: FactDriver, _ recorded: RecordedPlan, named target: String? = nil
  ) async throws {
    let drafts = try await TargetNotice.drafts(
      await facts.state, QueuePolicy(recorded.project, recorded.plan),
      recorded.project.configuration, named: target, git)
    try await facts.once([drafts])
  }
}
