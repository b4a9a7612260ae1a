import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETSystem

/// Takes landed work out of its branch again: what is to go, in which order, and how.
package struct Rollback: Sendable {
  package let run: RunID
  private let project: Project
  private let recorded: RecordedPlan
  /// What is to be done, from the branch as it was when this was made.
  private let plan: RollbackRecord
  private let state: RunState
  private let reason: String?

  /// Finds the run and what is to go; records what others did to it meanwhile, and changes nothing
  /// else.
  package static func prepare(
    _ request: RollbackRequest, in project: Project
  ) async throws -> Rollback {
    _ = try await SealedGit.requireVersion(environment: project.environment)
    try await project.git.requireSigning()
    let run = try RollbackSubject.run(of: request, in: project)
    try project.requireFree(run)
    let recorded = try RecordedPlan(of: run, in: project)
    guard try project.reader.state(of: run).rollback == nil else {
      throw RollbackRefusal.unfinished(run)
    }
    // What somebody landed by hand can be taken out like any other.
    let state = try await project.claiming(run, driving: Facts.init) { facts in
      try await project.notice(facts, recorded)
      return await facts.state
    }
    let subject = RollbackSubject(
      state: state, phases: recorded.phases, repository: project.repository)
    let plan: RollbackRecord
    do {
      plan = try subject.record(request)
    } catch RollbackRefusal.notLanded(let id, .rolledBack) {
      throw RollbackRefusal.alreadyOut(id, try earlier(id, state, in: project))
    }
    return Rollback(
      run: run, project: project, recorded: recorded, plan: plan, state: state,
      reason: request.reason)
  }

  /// What would be done; reverses in the object store to see what conflicts.
  package func preview() async throws -> RollbackPreview {
    return RollbackPreview(
      run: run, target: plan.target, steps: try await previewSteps(),
      gates: RollbackGates(plan.workstreams, recorded.plan, recorded.project)
        .gates.map(\.gate.name),
      stranded: stranded)
  }

  /// Seconds that a step or gate may go on once the rollback is to be stopped.
  package var drain: Double { recorded.project.configuration.run.drain }

  /// Finished work that contains what goes and did not land: it is held from now on.
  package var stranded: [WorkstreamID] {
    guard plan.part == nil else { return [] }
    let gone = Set(plan.workstreams)
    return state.workstreams.filter { record in
      record.state.isFinished && record.state != .landed
        && (record.attempts.last { $0.outcome == .succeeded }?.inputs ?? [])
          .contains { gone.contains($0.workstream) }
    }.map(\.id)
  }

  private func previewSteps() async throws -> [RollbackPreview.Step] {
    let reversal = Reversal(repository: project.repository, git: project.git, run: run)
    var tip: ObjectID? = plan.old
    var steps: [RollbackPreview.Step] = []
    for id in plan.workstreams {
      let actions =
        recorded.plan.index(of: id)
        .map { recorded.plan.workstreams[$0].compensationActions } ?? []
      guard plan.part != nil || actions.isEmpty else {
        steps.append(.init(workstream: id, method: .actions(actions.reversed()), conflicts: nil))
        tip = nil
        continue
      }
      guard let undone = plan.part ?? state[id]?.integrated else { continue }
      var conflicts: [String]?
      if let onto = tip {
        switch try await reversal.reverse(undone, of: id, onto: onto, by: project.identity()) {
        case .clean(let commit): (tip, conflicts) = (commit, [])
        case .conflict(let paths): (tip, conflicts) = (nil, paths)
        }
      }
      steps.append(
        .init(
          workstream: id, method: plan.part == nil ? .revert(undone) : .revertPart(undone),
          conflicts: conflicts))
    }
    return steps
  }

  /// Carries it out; `observer` hears of all that is recorded.
  package func perform(
    updatesCheckout: Bool = false, control: RollbackControl = RollbackControl(),
    observer: @escaping RunObserver
  ) async throws -> RollbackEnd {
    try await Self.session(
      run, project, recorded, updatesCheckout: updatesCheckout, control, observer
    ) { session in
      try await session.begin(plan, reason: reason)
      return try await session.complete()
    }
  }

  private static func session(
    _ run: RunID, _ project: Project, _ recorded: RecordedPlan, updatesCheckout: Bool,
    _ control: RollbackControl, _ observer: @escaping RunObserver,
    _ body: (RollbackSession) async throws -> RollbackEnd
  ) async throws -> RollbackEnd {
    let context = try Ground(RunFacts(recorded, run))
    try Files.makeDirectory(context.logs.folder)
    return try await project.claiming(run, driving: Facts.init, observer: observer) { facts in
      let end = try await body(
        RollbackSession(
          recorded, context, facts, updatesCheckout: updatesCheckout, control: control))
      await KeptApart.removeObjects(of: run, project)
      return end
    }
  }
}

/// What may be done with a rollback that a person or a crash interrupted.
package enum RollbackDecision: Sendable {
  /// The worktree holds the failed step as a person mended it.
  case goOn
  /// The failed step is made once more.
  case tryAgain
  case abandon
}

extension Rollback {
  /// Ends the rollback that was begun, as `decision` says.
  package static func resume(
    _ decision: RollbackDecision, run name: String?, updatesCheckout: Bool = false,
    in project: Project, control: RollbackControl = RollbackControl(),
    observer: @escaping RunObserver
  ) async throws -> RollbackEnd {
    let run = try unfinished(name, in: project)
    let recorded = try RecordedPlan(of: run, in: project)
    return try await session(
      run, project, recorded, updatesCheckout: updatesCheckout, control, observer
    ) { session in
      switch decision {
      case .abandon: return try await session.abandon()
      case .goOn: try await session.takeMended()
      case .tryAgain: break
      }
      return try await session.complete()
    }
  }

  /// The run that is meant, or the newest with a rollback that has not ended.
  private static func unfinished(
    _ name: String?, in project: Project
  ) throws -> RunID {
    let runs =
      name == nil
      ? try project.reader.runs().filter { try project.isOwn($0) }
      : [try project.run(named: name)]
    for run in runs where try project.reader.state(of: run).rollback != nil { return run }
    guard let first = runs.first else { throw Refusal.noRuns }
    throw RollbackRefusal.noneUnfinished(first)
  }
}

extension RollbackSession {
  /// Takes what stands in the worktree for the step that failed, or for what a gate was red on.
  func takeMended() async throws {
    guard let rollback = await state.rollback, let failure = rollback.failure,
      let handle = worktree.handle
    else { return }
    let unresolved = try await worktree.unresolved(handle)
    guard unresolved.isEmpty else {
      throw RollbackRefusal.unresolved(worktree: handle.path, paths: unresolved)
    }
    let message = """
      roll back \(failure.workstream), mended by hand

      UET-Run: \(context.run)
      UET-Workstream: \(failure.workstream)

      """
    let commit = try await worktree.commit(handle, base: rollback.tip, message: message)
    let marked = try ConflictMarkers(context.repository).paths(from: rollback.tip, to: commit)
    guard marked.isEmpty else {
      throw RollbackRefusal.unresolved(worktree: handle.path, paths: marked)
    }
    let isStep = failure.gate == nil
    guard isStep || commit != rollback.tip else { return }
    let onto = isStep ? rollback.tip : rollback.steps.last?.onto ?? rollback.tip
    try await record([step(failure.workstream, commit, onto: onto)])
    try await context.git.reset(handle, to: commit)
  }
}
