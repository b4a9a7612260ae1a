import UETGit
import UETLedger
import UETModel
import UETScheduling
import UETWorkers

/// A run that was interrupted or whose orchestrator died, changed in the record alone: nothing is
/// started.
struct IdleRun: Sendable {
  private let run: RunID
  private let project: Project
  private let recorded: RecordedPlan

  /// `isOver` says whether a run that has ended is taken as well.
  init(_ run: RunID, in project: Project, evenOver isOver: Bool = false) throws {
    let state = try project.reader.state(of: run)
    guard isOver || !state.status.isOver || [.interrupted, .halted].contains(state.status) else {
      throw Refusal.isOver(run, state.status)
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
    try await project.claiming(run, driving: recorded.dispatcher) { driver in
      let machine = await driver.machine
      let wish = DispatchInput.cancelAll(ids, reason: reason)
      // Nothing is ended for what is refused.
      _ = try machine.decide(wish, at: project.clock.now())
      let wanted = machine.underWay.filter { ids.isEmpty || ids.contains($0.workstream) }
      var inputs = [wish]
      let left = await LeftAttempts(RunFacts(recorded, run)).end(wanted, machine.state)
      inputs += left.spent.map { .fact($0) }
      inputs += LeftUsage(RunFacts(recorded, run)).drafts(of: wanted, machine.state)
        .map { .fact($0) }
      inputs += wanted.compactMap { name in
        left.outcomes[name].map { .attemptEnded(name, $0) }
      }
      if ids.isEmpty { inputs += Self.end(machine.state, reason, as: .failed) }
      let events = try await driver.once(inputs, drawing: false)
      return request.answer(events, machine.state, await driver.state)
    }
  }

  /// Has workstreams tried again when the run goes on; one that was over can go on then.
  func retry(_ request: RetryRequest) async throws -> SteeringAnswer {
    try await project.claiming(run, driving: recorded.dispatcher) { driver in
      let state = await driver.state
      let end = state.status.isOver ? Self.end(state, request.reason, as: .interrupted) : []
      do {
        let events = try await driver.once([.retry(request)] + end, drawing: false)
        return request.answer(events, await driver.state)
      } catch let error as DispatchError {
        return .refused("\(error)", hint: error.hint(run))
      }
    }
  }

  /// Lets the results of a wave be merged.
  func release(_ wave: String, _ reason: String?) async throws -> SteeringAnswer {
    try await project.claiming(run, driving: Facts.init) { driver in
      let (draft, answer) = recorded.waves.release(
        wave, await driver.state, reason: reason, by: project.person)
      if let draft { try await driver.once([[draft]]) }
      return answer
    }
  }

  /// Answers what a workstream asks that goes on with the run.
  func answer(
    _ id: WorkstreamID, _ number: Int?, _ text: String
  ) async throws -> SteeringAnswer {
    try await project.claiming(run, driving: recorded.dispatcher) { driver in
      let state = await driver.state
      let reply = Questions(state).answer(id, number, text, by: project.person)
      guard !reply.inputs.isEmpty else { return reply.answer([], state, state) }
      let events = try await driver.once(reply.inputs, drawing: false)
      var answer = reply.answer(events, state, await driver.state)
      if answer.outcome == .done { answer.hint = "let it go on: git uet resume \(run)" }
      return answer
    }
  }

  /// Changes the plan, for when the run goes on.
  func replan(_ request: RunSteering) async throws -> SteeringAnswer {
    let state = try project.reader.state(of: run)
    let (answer, change, _) = try request.replan(state, in: project)
    guard change != nil else { return answer }
    return try await project.claiming(run, driving: recorded.dispatcher) { driver in
      // Made again under the claim: somebody may have changed the plan in between.
      let (answer, change, _) = try request.replan(await driver.state, in: project)
      if let change { try await driver.once([.changePlan(change)], drawing: false) }
      return answer
    }
  }

  /// The end of the run, without what would follow from it on a live one.
  private static func end(
    _ state: RunState, _ reason: String, as status: RunState.Status
  ) -> [DispatchInput] {
    let workers = state.pool.filter { $0.state != .terminated }
      .map { EventDraft(.workerTerminated(.init()), worker: $0.name) }
    let end = EventDraft(.runFinished(.init { ($0.status, $0.reason) = (status, reason) }))
    return (workers + [end]).map { .fact($0) }
  }
}

extension Refusal {
  /// There is nothing to go on with.
  static func isOver(_ run: RunID, _ status: RunState.Status) -> Refusal {
    Refusal(
      .usage, "run '\(run)' is over: \(status.rawValue)", hint: "start another: git uet run",
      status == .failed ? "or open it again: git uet retry \(run) WORKSTREAM" : nil)
  }
}
