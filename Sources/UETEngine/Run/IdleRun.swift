import UETGit
import UETLedger
import UETModel
import UETScheduling

/// A run that was interrupted or whose orchestrator died, changed in the record alone: nothing is started.
struct IdleRun: Sendable {
  private let run: RunID
  private let project: Project
  private let recorded: RecordedPlan

  /// `isOver` says whether a run that has ended is taken as well.
  init(_ run: RunID, in project: Project, evenOver isOver: Bool = false) throws {
    let state = try project.reader.state(of: run)
    guard isOver || !state.status.isOver || [.interrupted, .halted].contains(state.status) else {
      throw EngineError.runIsOver(run, state.status)
    }
    self.run = run
    self.project = project
    recorded = try RecordedPlan(of: run, in: project)
  }

  /// Cancels; what a dead orchestrator left running of it is ended first and its work kept. The run
  /// is over when nothing was named.
  func cancel(
    _ ids: [WorkstreamID], reason: String, _ request: RunSteering
  ) async throws -> SteeringAnswer {
    try await project.claiming(run) { ledger in
      let state = ledger.state ?? RunState(run: run)
      var change = Change(
        machine: try machine(state), ledger: ledger, now: project.clock.now())
      try change.take(.cancelAll(ids, reason: reason))
      let wanted = change.machine.underWay.filter { ids.isEmpty || ids.contains($0.workstream) }
      for (name, outcome) in try await salvage(wanted, state) {
        try change.take(.attemptEnded(name, outcome))
      }
      if ids.isEmpty { try change.finish(reason) }
      try await ledger.flush()
      return request.answer(change.events, state, change.machine.state)
    }
  }

  /// Has workstreams tried again when the run goes on; one that was over can go on then.
  func retry(_ request: RetryRequest) async throws -> SteeringAnswer {
    try await project.claiming(run) { ledger in
      let state = ledger.state ?? RunState(run: run)
      var change = Change(machine: try machine(state), ledger: ledger, now: project.clock.now())
      do throws(DispatchError) {
        _ = try change.machine.decide(.retry(request), at: change.now)
      } catch {
        return .refused("\(error)", hint: error.hint(run))
      }
      try change.take(.retry(request))
      if state.status.isOver { try change.finish(request.reason, as: .interrupted) }
      try await ledger.flush()
      return request.answer(change.events, change.machine.state)
    }
  }

  /// Lets the results of a wave be merged.
  func release(_ wave: String, _ reason: String?) async throws -> SteeringAnswer {
    try await project.claiming(run) { ledger in
      let state = ledger.state ?? RunState(run: run)
      let (draft, answer) = recorded.waves.release(
        wave, state, reason: reason, by: project.person)
      guard let draft else { return answer }
      _ = try ledger.append([draft], at: project.clock.now())
      try await ledger.flush()
      return answer
    }
  }

  /// Changes the plan, for when the run goes on.
  func replan(_ request: RunSteering) async throws -> SteeringAnswer {
    let state = try project.reader.state(of: run)
    let (answer, change, _) = try request.replan(state, in: project)
    guard change != nil else { return answer }
    return try await project.claiming(run) { ledger in
      let state = ledger.state ?? state
      // Made again under the claim: somebody may have changed the plan in between.
      let (answer, change, _) = try request.replan(state, in: project)
      guard let change else { return answer }
      var record = Change(machine: try machine(state), ledger: ledger, now: project.clock.now())
      try record.take(.changePlan(change))
      try await ledger.flush()
      return answer
    }
  }

  private func machine(_ state: RunState) throws -> DispatchMachine {
    DispatchMachine(
      plan: try DispatchPlan(recorded.plan).with(recorded.waves),
      policy: DispatchPolicy(recorded.project.configuration, workers: recorded.workers),
      state: state)
  }

  private func salvage(
    _ names: [AttemptName], _ state: RunState
  ) async throws -> [(AttemptName, AttemptOutcome)] {
    if names.isEmpty { return [] }
    guard let executable = Supervisor.located(environment: project.environment) else {
      throw EngineError.supervisorMissing
    }
    let context = RunContext(
      project: recorded.project, plan: recorded.plan, run: run, base: recorded.base,
      supervisor: Supervisor(executable: executable), reports: nil)
    let outcomes = await Salvage(context).attempts(names, state)
    return names.compactMap { name in outcomes[name].map { (name, $0) } }
  }

  /// Facts on their way into the record, without what would follow from them on a live run.
  private struct Change {
    var machine: DispatchMachine
    let ledger: LedgerWriter
    let now: Timestamp
    var events: [Event] = []

    mutating func take(_ input: DispatchInput) throws {
      try record(try machine.decide(input, at: now))
    }

    mutating func finish(_ reason: String, as status: RunState.Status = .failed) throws {
      let workers = machine.state.pool.filter { $0.state != .terminated }
        .map { EventDraft(.workerTerminated, worker: $0.name) }
      let end = JSONObject([
        .status: .string(status.rawValue), .reason: .string(reason),
      ])
      try record(workers + [EventDraft(.runFinished, data: end)])
    }

    private mutating func record(_ drafts: [EventDraft]) throws {
      for event in try ledger.append(drafts, at: now) {
        _ = try machine.apply(event)
        events.append(event)
      }
    }
  }
}
