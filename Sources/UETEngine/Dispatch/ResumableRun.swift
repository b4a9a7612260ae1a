import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETScheduling

/// A run that was interrupted, or whose orchestrator died: its record, ready to go on.
package struct ResumableRun: Sendable {
  package let run: RunID
  /// With the configuration recorded when the run started.
  private let recorded: RecordedPlan
  /// Other limits than before.
  private let budgets: [BudgetChange]

  package var plan: Plan { recorded.plan }

  /// Seconds that attempts may go on once the run is to be stopped.
  package var drain: Double { recorded.project.configuration.run.drain }

  /// Finds the run and reads what it was started with.
  package static func find(
    _ name: String?, workers: WorkerCount?, budgets: [BudgetChange] = [], in project: Project
  ) async throws -> ResumableRun {
    try project.requireWorkTree()
    _ = try await SealedGit.requireVersion(environment: project.environment)
    try await project.git.requireSigning()
    let run = try project.ownRun(named: name)
    try project.requireNoneHeld()
    try project.requireRoom(for: run)
    let state = try project.reader.state(of: run)
    guard !state.status.isOver || [.interrupted, .halted].contains(state.status) else {
      // Its process may have been ended before it had put away what was left.
      if try !project.reader.claim(of: run).isReleased {
        _ = try? await Recovery(project).recover(run)
      }
      throw Refusal.isOver(run, state.status)
    }
    let recorded = try RecordedPlan(of: run, in: project, workers: workers)
    let dispatcher = try recorded.dispatcher(state)
    do {
      _ = try dispatcher.decide(.changeBudget(budgets), at: project.clock.now())
    } catch {
      throw Refusal(.usage, "\(error)", hint: "see what there is: git uet status \(run)")
    }
    let left = recorded.plan.workstreams.filter { state[$0.id]?.state.isSettled != true }
    if let excess = ResourceExcess(left, recorded.project) { throw excess }
    return ResumableRun(run: run, recorded: recorded, budgets: budgets)
  }

  /// Ends what a dead orchestrator left running, keeps its work, and drives the run to its end.
  package func start(
    observer: @escaping RunObserver, control: RunControl
  ) async throws -> RunState {
    let project = recorded.project
    let dispatch = try DispatchPlan(plan, project.configuration).with(recorded.waves)
    let claim = try RunClaim.take(run, in: project, at: project.clock.now())
    let state = try await project.driving(Facts.init, on: claim.ledger, observer: observer) {
      facts in
      try await project.admitInboxes(into: facts)
      let found = project.changed(since: recorded.guarded, await facts.state)
      if let found { try await facts.once([[found]]) }
      return await facts.state
    }
    observer([], state)
    let facts = RunFacts(
      project: project.notBefore(state.updatedAt), plan: plan, run: run, base: recorded.base,
      waves: recorded.waves)
    // What is carried out elsewhere goes on, whoever drives the run.
    let adopted = Set(
      state.workstreams.compactMap { record -> AttemptName? in
        guard record.state == .running, let last = record.lastAttempt, last.executor != nil,
          last.stop == nil
        else { return nil }
        return AttemptName(record.id, last.number)
      })
    return try await RunLoop(facts: facts, claim: claim, workers: recorded.workers).drive(
      dispatch: dispatch, observer: observer, control: control, adopting: Array(adopted)
    ) { context, machine in
      let names = machine.underWay.filter { !adopted.contains($0) }
      let left = await LeftAttempts(context.facts, telling: context.guardian).end(
        names, machine.state)
      let used = LeftUsage(context.facts).drafts(of: names, machine.state)
      let changes = budgets.isEmpty ? [] : [DispatchInput.changeBudget(budgets)]
      return changes + (left.spent + used).map { .fact($0) }
        + [.recover(ended: left.outcomes, adopted: adopted)]
    }
  }
}
