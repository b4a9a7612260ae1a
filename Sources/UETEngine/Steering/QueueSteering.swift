import UETMergeQueue
import UETModel
import UETWorkers

/// What a user may ask of a run's queue, whether a process works on it or not.
package enum QueueSteering: Hashable, Sendable {
  case pause(reason: String?)
  case resume
  case freeze(reason: String)
  case unfreeze
  case promote(WorkstreamID)
  case dequeue(WorkstreamID, reason: String?)
  case requeue(WorkstreamID, force: Bool)
}

extension QueueSteering {
  private static let prefix = "queue "
  private static let longestReason = 1000

  package var request: SteeringRequest {
    func make(_ name: String, _ data: KeyValuePairs<String, JSONValue?> = [:]) -> SteeringRequest {
      SteeringRequest(Self.prefix + name, JSONObject(data))
    }
    func name(_ id: WorkstreamID) -> JSONValue { .string(id.rawValue) }
    return switch self {
    case .pause(let reason): make("pause", ["reason": .text(reason)])
    case .resume: make("resume")
    case .freeze(let reason): make("freeze", ["reason": .string(reason)])
    case .unfreeze: make("unfreeze")
    case .promote(let id): make("promote", ["workstreams": name(id)])
    case .dequeue(let id, let reason):
      make("dequeue", ["workstreams": name(id), "reason": .text(reason)])
    case .requeue(let id, let force):
      make("requeue", ["workstreams": name(id), "required": .bool(force)])
    }
  }

  /// nil for a request that is not about the queue; throws `.malformed` with a message for the
  /// sender.
  init?(_ request: SteeringRequest) throws(ProcessError) {
    guard request.name.hasPrefix(Self.prefix) else { return nil }
    let verb = String(request.name.dropFirst(Self.prefix.count))
    let reason = request.details["reason"]?.string?.harmless(limit: Self.longestReason)
    let id = request.details["workstreams"]?.workstreamID
    switch (verb, id) {
    case ("pause", _): self = .pause(reason: reason)
    case ("resume", _): self = .resume
    case ("freeze", _): self = .freeze(reason: reason ?? "no reason given")
    case ("unfreeze", _): self = .unfreeze
    case ("promote", let id?): self = .promote(id)
    case ("dequeue", let id?): self = .dequeue(id, reason: reason)
    case ("requeue", let id?):
      self = .requeue(id, force: request.details["required"]?.bool ?? false)
    default: throw .malformed("a queue does not know '\(verb.harmless(limit: 100))'")
    }
  }

  /// What the queue is told.
  var input: QueueInput {
    switch self {
    case .pause(let reason): .pause(reason: reason ?? "by a person")
    case .resume: .resume
    case .freeze(let reason): .freeze(reason: reason)
    case .unfreeze: .unfreeze
    case .promote(let id): .promote(id)
    case .dequeue(let id, let reason): .withdraw(id, reason: reason ?? "taken out by a person")
    case .requeue(let id, let force): .requeue(id, reason: "a person asked for it", force: force)
    }
  }
}

extension QueueSteering {
  /// Says what came of it.
  func answer(changed: Bool, _ run: RunID) -> SteeringAnswer {
    SteeringAnswer(
      changed ? .done : .unchanged, said(changed: changed), hint: hint(run))
  }

  private func said(changed: Bool) -> String {
    switch self {
    case .pause:
      changed ? "the queue is paused; gates under way finish" : "the queue is paused already"
    case .resume: "the queue goes on"
    case .freeze(let reason):
      changed
        ? "landing is frozen: \(reason); merging and testing go on" : "landing is frozen already"
    case .unfreeze: "landing is free again"
    case .promote(let id): changed ? "'\(id)' is next" : "'\(id)' is next already"
    case .dequeue(let id, _): "'\(id)' is out of the queue"
    case .requeue(let id, _): changed ? "'\(id)' is in the queue again" : "'\(id)' is in the queue"
    }
  }

  private func hint(_ run: RunID) -> String? {
    switch self {
    case .pause: "go on: git uet queue resume \(run)"
    case .freeze: "let it land again: git uet queue unfreeze \(run)"
    case .dequeue(let id, _): "bring it back: git uet queue requeue \(run) \(id)"
    default: nil
    }
  }
}

extension QueueError {
  /// The next command to type, where there is one.
  func hint(_ run: RunID) -> String? {
    switch self {
    case .nothingChanged(let id, _): "try it all the same: git uet queue requeue \(id) --force"
    case .notPossible, .notPromotable, .notPaused, .notFrozen:
      "see how they stand: git uet queue \(run)"
    case .unknown: "this is run \(run); name another with --run, of those in: git uet runs"
    default: nil
    }
  }
}
