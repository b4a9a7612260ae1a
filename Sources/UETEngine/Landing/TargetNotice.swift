import UETGit
import UETLedger
import UETMergeQueue
import UETModel
import UETPlanning

/// Compares the record of a run with what its target holds: others land by hand, squash, revert,
/// and move branches back.
struct TargetNotice: Sendable {
  let state: RunState
  let presence: TargetPresence

  /// What is to be said of a workstream, beyond its state on record.
  enum Finding: Hashable, Sendable {
    /// On record as landed, and the target does not have its merge any more: it was moved back, or
    /// rewritten.
    case gone
    /// It landed and was taken out again.
    case undone(TargetPresence.Removal)
    /// Others brought it in; the commits with which they did.
    case found([ObjectID])
    /// Others brought it in, and it was taken out again.
    case foundUndone(TargetPresence.Removal)
  }

  /// The branch that a run's work is for: where it landed, else what its configuration says, else
  /// the one it was started on. One that stands for another is that other.
  static func target(
    of state: RunState, _ configuration: Configuration, _ repository: Repository
  ) throws(GitError) -> String? {
    let configured = configuration.integration.target.map { "refs/heads/\($0)" }
    guard let name = state.integration.landedIn ?? configured ?? state.target else { return nil }
    return try repository.resolvedReference(name)
  }

  /// Opens the look at a branch; nil where it does not exist.
  init?(_ state: RunState, in target: String, _ git: SealedGit) throws(GitError) {
    guard let tip = try git.repository.reference(target) else { return nil }
    self.state = state
    presence = try TargetPresence(git, target: target, tip: tip)
  }

  func close() { presence.close() }

  /// The last of those integrated whose merge the target holds already.
  func landedByHand() throws(GitError) -> WorkstreamID? {
    for id in state.integration.chain.reversed() {
      guard let commit = state[id]?.integrated else { continue }
      if try presence.repository.isAncestor(commit, of: presence.tip) { return id }
    }
    return nil
  }

  /// What is found, in the order of the record.
  func findings() async throws -> [(id: WorkstreamID, finding: Finding)] {
    // What nobody has moved since the run began holds nothing of it.
    if presence.tip == state.base, state.integration.landedIn == nil { return [] }
    let patches = PatchIndex(presence, since: [state.base].compactMap { $0 })
    var result: [(id: WorkstreamID, finding: Finding)] = []
    for record in state.workstreams {
      if let finding = try await finding(of: record, patches) {
        result.append((record.id, finding))
      }
    }
    return result
  }

  /// The findings of what is on record as landed alone.
  func findingsOfLanded() async throws -> [(id: WorkstreamID, finding: Finding)] {
    var result: [(id: WorkstreamID, finding: Finding)] = []
    for record in state.workstreams where record.state == .landed {
      if let finding = try await landed(record) { result.append((record.id, finding)) }
    }
    return result
  }

  private func finding(
    of record: WorkstreamRecord, _ patches: PatchIndex
  ) async throws -> Finding? {
    switch record.state {
    case .landed: return try await landed(record)
    case .rolledBack: return try await broughtBack(record)
    case .succeeded, .queued, .ejected: return try await finished(record, patches)
    default: return nil
    }
  }

  private func landed(_ record: WorkstreamRecord) async throws(GitError) -> Finding? {
    guard !record.hasNothing,
      state.integration.landedIn.map({ $0 == presence.target }) ?? true
    else { return nil }
    let repository = presence.repository
    let standing: TargetPresence.Standing
    if let merge = record.integrated {
      standing = try await presence.standing(ofLanded: merge)
    } else if let (tip, base) = try span(record) {
      // It came in several commits.
      let isOut = try await presence.isUnchanged(by: base, since: tip)
      standing = isOut ? .undone(TargetPresence.Removal(was: tip, by: nil)) : .here([])
    } else {
      return nil
    }
    switch standing {
    case .here: return nil
    case .undone(let removal): return .undone(removal)
    // A merge that is not here to be looked at says nothing.
    case .missing:
      guard let merge = record.integrated else { return nil }
      return repository.contains(merge) ? .gone : nil
    }
  }

  /// A revert that was reverted.
  private func broughtBack(_ record: WorkstreamRecord) async throws(GitError) -> Finding? {
    guard let merge = record.integrated,
      case .here(let commits) = try await presence.standing(ofLanded: merge),
      let parent = try presence.repository.commit(merge).parents.first,
      try await presence.isUnchanged(by: merge, since: parent)
    else { return nil }
    return .found(commits)
  }

  private func finished(
    _ record: WorkstreamRecord, _ patches: PatchIndex
  ) async throws -> Finding? {
    guard let (tip, base) = try span(record), base != presence.tip else { return nil }
    var own: Set<ObjectID> = []
    for attempt in record.attempts {
      guard let tip = attempt.tip, let base = attempt.base else { continue }
      own.formUnion(try presence.repository.commits(in: tip, notIn: [base]))
    }
    // A pick may keep the very commit only as its own line; what is in the history is no earlier
    // attempt.
    own.subtract(try presence.repository.commits(in: tip, notIn: [base]))
    switch try await presence.standing(ofResult: tip, since: base, besides: own, in: patches) {
    case .missing: return nil
    case .here(let commits): return .found(commits)
    case .undone(let removal): return .foundUndone(removal)
    }
  }

  /// A result, and what it was made on.
  private func span(_ record: WorkstreamRecord) throws(GitError) -> (ObjectID, ObjectID)? {
    guard let tip = record.tip, presence.repository.contains(tip) else { return nil }
    let recorded = record.attempts.last { $0.outcome == .succeeded }?.base
    var found = recorded
    if found == nil { found = try presence.repository.mergeBases(presence.tip, tip).first }
    guard let base = found, presence.repository.contains(base) else { return nil }
    // A branch that was merged as a whole is its own merge base: what it began from is not known
    // any more.
    return base == tip ? nil : (tip, base)
  }
}

extension TargetNotice {
  /// What the findings add to the record. What was squashed and reverted waits for a person.
  func drafts(_ findings: [(id: WorkstreamID, finding: Finding)]) -> [EventDraft] {
    let name = RunNames.short(presence.target)
    var drafts: [EventDraft] = []
    for (id, finding) in findings {
      switch finding {
      case .gone:
        drafts += takenOut(id, "not in '\(name)' any more, which is at \(presence.tip.short)")
      case .undone(let removal): drafts += takenOut(id, "\(removal.words) in '\(name)'")
      case .found(let commits): drafts.append(found(id, commits, name))
      case .foundUndone(let removal): drafts += question(id, removal, name)
      }
    }
    return drafts
  }

  private func takenOut(_ id: WorkstreamID, _ reason: String) -> [EventDraft] {
    let begun = Told<Fact.Rollback> {
      ($0.workstreams, $0.reason, $0.status) = ([id], reason, RunState.found)
      ($0.target, $0.old) = (presence.target, presence.tip)
    }
    var ended = begun
    (ended.status, ended.commit) = (RunState.rollbackLanded, presence.tip)
    return [
      EventDraft(.compensationStarted(begun), anchors: [presence.tip]),
      EventDraft(.compensationFinished(ended), anchors: [presence.tip]),
    ]
  }

  private func found(_ id: WorkstreamID, _ commits: [ObjectID], _ name: String) -> EventDraft {
    let merge = Told<Fact.LandedMerge> {
      ($0.workstream, $0.tip) = (id, state[id]?.tip)
      $0.commit = commits.count == 1 ? commits[0] : nil
    }
    let by = commits.isEmpty ? "" : " as " + commits.map(\.short).listed(2)
    return EventDraft(
      .landed(
        .init {
          ($0.status, $0.target, $0.commit) = (RunState.found, presence.target, presence.tip)
          ($0.workstreams, $0.merges) = ([id], [merge])
          $0.reason = "found in '\(name)'\(by)"
        }), anchors: [presence.tip] + commits)
  }

  /// Asks a person about a result that was there already, once.
  private func question(
    _ id: WorkstreamID, _ removal: TargetPresence.Removal, _ name: String
  ) -> [EventDraft] {
    guard let record = state[id], let tip = record.tip, record.reviewRequested != tip else {
      return []
    }
    let reason = "was in '\(name)' as \(removal.was.short), \(removal.words)"
    var drafts: [EventDraft] = []
    if record.state == .queued {
      drafts.append(
        EventDraft(.candidateDequeued(.init { $0.reason = reason }), workstream: id))
    }
    return drafts + [.reviewRequest(id, tip, reason)]
  }
}

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
      let tree = try git.repository.treeID(of: commit)
      let inputs = try GateCuts(git.repository)
        .inputs(of: tree, for: QueuePolicy.reading(configuration, []))
      drafts = QueueMachine(policy: policy, state: state).landedByHand(
        upTo: last, tree: tree, inputs: inputs, in: target)
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
