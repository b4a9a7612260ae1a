import UETGit
import UETLedger
import UETMergeQueue
import UETModel
import UETPlanning

/// What a rollback came to.
package enum RollbackEnd: Sendable {
  case landed(branch: String, commit: ObjectID)
  /// A step or a gate failed: all is kept, and a person goes on from there.
  case needsPerson(RollbackRecord.Failure, worktree: String)
  /// The result is tested, but the branch is somebody's checkout.
  case checkedOut(branch: String, path: String, commit: ObjectID)
  /// Others moved the branch each time.
  case targetMoves(branch: String)
  case abandoned
  /// A person stopped it; it goes on from what is on record.
  case interrupted
}

/// Carries out a rollback under the run's claim: each step is on record as soon as it is made, the
/// branch moves last and at once. So whoever goes on after a crash does nothing twice.
struct RollbackSession {
  let context: Ground
  let plan: Plan
  let facts: FactDriver
  let worktree: RollbackWorktree
  /// Whether a clean checkout of the branch may be moved along.
  let updatesCheckout: Bool
  let control: RollbackControl

  init(
    _ recorded: RecordedPlan, _ context: Ground, _ facts: FactDriver,
    updatesCheckout: Bool, control: RollbackControl
  ) {
    self.control = control
    plan = recorded.plan
    self.updatesCheckout = updatesCheckout
    self.context = context
    self.facts = facts
    worktree = RollbackWorktree(context.facts)
  }

  static let restarts = 10

  var state: RunState { get async { await facts.state } }

  func record(
    _ drafts: [EventDraft], beside files: [(name: String, bytes: [UInt8])] = []
  ) async throws {
    try await facts.once([drafts], beside: files)
  }

  /// `finding` is the sequence number of the event that made a policy want it.
  func begin(
    _ record: RollbackRecord, reason: String?, becauseOf finding: Int? = nil
  ) async throws {
    try await self.record([started(record, reason: reason, becauseOf: finding)])
  }

  private func started(
    _ record: RollbackRecord, reason: String?, becauseOf finding: Int? = nil
  ) -> EventDraft {
    EventDraft(
      .compensationStarted(
        .init {
          ($0.workstreams, $0.part) = (record.workstreams, record.part)
          ($0.target, $0.old) = (record.target, record.old)
          ($0.reason, $0.evidence) = (reason, finding)
        }), anchors: [record.old])
  }

  /// Makes the steps that are missing, tests the result and moves the branch.
  func complete() async throws -> RollbackEnd {
    for _ in 0..<Self.restarts {
      if let failure = try await makeSteps() { return needsPerson(failure) }
      if control.isDraining { return .interrupted }
      if let failure = try await test() { return needsPerson(failure) }
      if control.isDraining { return .interrupted }
      if let end = try await land() { return end }
    }
    return .targetMoves(branch: await state.rollback?.target ?? "")
  }

  private func needsPerson(_ failure: RollbackRecord.Failure) -> RollbackEnd {
    .needsPerson(failure, worktree: worktree.path)
  }

  private func makeSteps() async throws -> RollbackRecord.Failure? {
    let steps = RollbackSteps(context: context, plan: plan, worktree: worktree, control: control)
    while !control.isDraining, let rollback = await state.rollback, let id = rollback.next {
      switch try await steps.make(id, rollback, await state) {
      case .made(let commit):
        try await record([step(id, commit, onto: rollback.tip)])
      case .failed where control.isEnded: return nil
      case .failed(let reason):
        return try await fail(RollbackRecord.Failure(workstream: id, reason: reason))
      }
    }
    return nil
  }

  func step(_ id: WorkstreamID, _ commit: ObjectID, onto: ObjectID) -> EventDraft {
    EventDraft(
      .compensationStep(.init { ($0.commit, $0.onto) = (commit, onto) }), workstream: id,
      anchors: [commit])
  }

  func fail(_ failure: RollbackRecord.Failure) async throws -> RollbackRecord.Failure {
    try await record([
      EventDraft(
        .compensationFailed(.init { ($0.reason, $0.gate) = (failure.reason, failure.gate) }),
        workstream: failure.workstream)
    ])
    return failure
  }

  /// Moves the branch; nil when it was moved by others and the rollback begins again on their work.
  private func land() async throws -> RollbackEnd? {
    guard let rollback = await state.rollback else { return .abandoned }
    let (branch, tip) = (rollback.target, rollback.tip)
    guard let current = try context.repository.reference(branch) else {
      throw Refusal.unknownBranch(branch)
    }
    if try context.repository.isAncestor(tip, of: current) {
      return try await finish(rollback, at: current)
    }
    if current != rollback.old {
      try await restart(rollback, on: current)
      return nil
    }
    if let checkout = try await context.git.checkout(of: branch) {
      if !checkout.isThere {
        throw Refusal.checkedOutOnAbsent(branch, at: checkout.path, lock: checkout.lock)
      }
      if !updatesCheckout {
        return .checkedOut(branch: branch, path: checkout.path, commit: tip)
      }
    }
    let move = TargetMove(
      git: context.git,
      fence: TargetMove.Fence(
        chain: context.project.ledgerNames.chain(context.run), tip: await facts.recordTip),
      updatesCheckout: updatesCheckout, message: "git-uet: roll back run \(context.run)")
    switch await move(branch, from: current, to: tip) {
    case .landed: return try await finish(rollback, at: tip)
    case .moved: return nil
    case .refused(let reason), .fault(let reason):
      throw Refusal.landingRefused(in: branch, reason)
    }
  }

  private func finish(_ rollback: RollbackRecord, at commit: ObjectID) async throws -> RollbackEnd {
    try await record([
      EventDraft(
        .compensationFinished(
          .init {
            ($0.status, $0.workstreams) = (RunState.rollbackLanded, rollback.workstreams)
            ($0.target, $0.old, $0.commit) = (rollback.target, rollback.old, commit)
          }), anchors: [commit])
    ])
    try? await worktree.remove(keepingAs: await state.sequence)
    return .landed(branch: rollback.target, commit: commit)
  }

  /// Carries the steps over to where the branch is now, without doing anything of them again; from
  /// the first that does not apply there they are made anew.
  private func restart(_ rollback: RollbackRecord, on current: ObjectID) async throws {
    let reversal = Reversal(
      repository: context.repository, git: context.git, run: context.run)
    var again = rollback
    again.old = current
    var drafts = [started(again, reason: "the branch was moved meanwhile")]
    var tip = current
    for old in rollback.steps {
      guard let commit = try await reversal.transplant(old, onto: tip) else { break }
      drafts.append(step(old.workstream, commit, onto: tip))
      tip = commit
    }
    try await record(drafts)
  }

  func abandon() async throws -> RollbackEnd {
    try await worktree.remove(keepingAs: await state.sequence)
    try await record([
      EventDraft(.compensationFinished(.init { $0.status = "abandoned" }))
    ])
    return .abandoned
  }
}
