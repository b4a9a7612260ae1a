import UETModel
import UETScheduling
import UETWorkers

/// What people and other processes ask of a run.
extension DispatchHands {
  typealias RunReply = Reply<DispatchInput, RunWish>

  func reply(to wish: RunWish, _ machine: DispatchMachine) throws -> RunReply {
    switch wish {
    case .question(let name, let question):
      return Questions(machine.state).ask(name, question)
    case .answer(let name, let number):
      return Questions(machine.state).look(name, number)
    case .openQuestion(let name): return Questions(machine.state).open(of: name)
    case .steering(let request): return try reply(to: request, machine)
    case .admission:
      guard let result = context.project.news(for: machine.state) else {
        return RunReply(saying: .refused("the inboxes cannot be looked at"))
      }
      return RunReply(inputs: result.drafts.map { .fact($0) }) { [context] _, _, _ in
        context.project.tell(result)
        return result.answer
      }
    }
  }

  /// What each waits for that is not done and does not run: of a large run the first ones.
  private func reasons(_ ids: [WorkstreamID], _ machine: DispatchMachine) -> SteeringAnswer {
    let now = context.project.clock.now()
    let wanted = ids.isEmpty ? machine.plan.items.map(\.id) : ids
    let waiting = Array(
      wanted.lazy.filter { [.pending, .ready].contains(machine.state[$0]?.state) }
        .prefix(Self.mostReasons))
    var answer = SteeringAnswer(.unchanged, "\(waiting.count) wait")
    for id in waiting {
      answer.details.append(id.rawValue, machine.why(id, at: now).map { .string("\($0)") })
    }
    return answer
  }

  private static let mostReasons = 1000

  func answer(to refusal: any Error, _ state: RunState) -> SteeringAnswer? {
    switch refusal {
    case let refusal as DispatchError: .refused("\(refusal)", hint: refusal.hint(state.run))
    case let refusal as SteeringRefusal: refusal.answer
    default: nil
    }
  }

  private func reply(
    to request: RunSteering, _ machine: DispatchMachine
  ) throws -> RunReply {
    if let input = request.input { return RunReply(inputs: [input], answer: request.answer) }
    let state = machine.state
    switch request {
    case .why(let ids): return RunReply(saying: reasons(ids, machine))
    case .answer(let id, let number, let text):
      return Questions(state).answer(id, number, text, by: context.project.person)
    case .release(let wave, let reason):
      let (draft, answer) = context.facts.waves.release(
        wave, state, reason: reason, by: context.project.person)
      return RunReply(draft.map { [.fact($0)] } ?? [], saying: answer)
    default: return try replan(request, state)
    }
  }

  private func replan(_ request: RunSteering, _ state: RunState) throws -> RunReply {
    let (answer, change, plan) = try SteeringRefusal.catching {
      try request.replan(state, in: context.project)
    }
    guard let change else { return RunReply(saying: answer) }
    return RunReply(inputs: [.changePlan(change)]) { [self] _, _, _ in
      if let plan {
        amend {
          for workstream in plan.workstreams { $0.facts.workstreams[workstream.id] = workstream }
          $0.facts.waves = WavePlan(plan, $0.facts.configuration)
        }
      }
      return answer
    }
  }
}
