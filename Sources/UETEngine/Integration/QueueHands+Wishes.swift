import UETMergeQueue
import UETModel
import UETWorkers

/// What is asked of a queue that is being worked off.
enum QueueWish: Sendable {
  case steering(QueueSteering)
  /// Lets the results of a wave be merged, whatever its gates said.
  case release(wave: String, reason: String?)
  /// Look at the inboxes of other clones.
  case admission
  /// What was decided on workstreams, for the candidates among them.
  case consequences(Set<WorkstreamID>, SteeringAnswer)
}

extension QueueWish {
  /// Reads a request; throws what is answered where this process does not take it.
  init(_ request: SteeringRequest, _ run: RunID) throws(SteeringRefusal) {
    if request == .admit {
      self = .admission
      return
    }
    if case .release(let wave, let reason)? = try? RunSteering(request) {
      self = .release(wave: wave, reason: reason)
      return
    }
    let steering: QueueSteering?
    do throws(ProcessError) { steering = try QueueSteering(request) } catch {
      throw SteeringRefusal(answer: .refused("\(error)"))
    }
    guard let steering else {
      throw SteeringRefusal(
        answer: .refused("run '\(run)' is being integrated, which starts no workstreams"))
    }
    self = .steering(steering)
  }
}

extension QueueHands {
  typealias QueueReply = Reply<QueueInput, QueueWish>

  func reply(to wish: QueueWish, _ machine: QueueMachine) -> QueueReply {
    switch wish {
    case .steering(let steering):
      return QueueReply(inputs: [steering.input]) { [run = context.run] events, _, _ in
        steering.answer(changed: !events.isEmpty, run)
      }
    case .admission: return admission(machine.state)
    case .release(let wave, let reason): return release(wave, reason, machine.state)
    case .consequences(let decided, let answer):
      // One after the other, so that each is decided on what the one before led to.
      let inputs = reviews.consequences(machine.state, decided: decided)
      return QueueReply(
        Array(inputs.prefix(1)), next: inputs.count > 1 ? wish : nil, saying: answer)
    }
  }

  func answer(to refusal: any Error, _ state: RunState) -> SteeringAnswer? {
    (refusal as? QueueError).map { .refused("\($0)", hint: $0.hint(state.run)) }
  }

  /// What is new in the inboxes, and then what it means for the candidates.
  private func admission(_ state: RunState) -> QueueReply {
    guard let result = context.project.news(for: state) else {
      return QueueReply(saying: .refused("the inboxes cannot be looked at"))
    }
    let decided = Set(result.drafts.compactMap(\.workstream))
    return QueueReply(
      inputs: result.drafts.isEmpty ? [] : [.facts(result.drafts)],
      next: .consequences(decided, result.answer)
    ) { [context] _, _, _ in
      context.project.tell(result)
      return result.answer
    }
  }

  /// What was released, and then the candidates that are free now.
  private func release(_ wave: String, _ reason: String?, _ state: RunState) -> QueueReply {
    let (draft, said) = reviews.waves.release(
      wave, state, reason: reason, by: context.project.person)
    guard let draft, case .waveReleased(let released) = draft.fact else {
      return QueueReply(saying: said)
    }
    let freed = (released.inputs ?? []).map(\.workstream)
    let answer = SteeringAnswer(.done, said.message)
    return QueueReply(
      [.facts([draft])], next: .consequences(Set(freed), answer), saying: answer)
  }
}
