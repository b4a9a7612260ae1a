import UETModel

/// Why a plan or a request is refused; nothing was recorded.
package enum DispatchError: Error, Hashable, Sendable {
  case duplicate(WorkstreamID)
  case noSuchPlace(Int)
  /// Workstreams that wait for each other, or that wait for those.
  case cycle([WorkstreamID])
  case unknown(WorkstreamID)
  /// What was asked for cannot be done in its state.
  case notPossible(WorkstreamID, WorkstreamState)
  /// The dependency has to be asked for first.
  case needs(WorkstreamID, WorkstreamID)
  case tooFewWorkers
  /// Workers do not come and go in this run.
  case workersAreFixed
  /// The run has neither a phase nor a workstream of that name.
  case noBudget(String)
}

extension DispatchError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .duplicate(let id): "workstream '\(id)' stands in the plan twice"
    case .noSuchPlace(let place): "the plan has no item \(place)"
    case .cycle(let ids):
      "workstreams wait for each other: " + ids.prefix(8).map { "'\($0)'" }.joined(separator: ", ")
    case .unknown(let id): "the run has no workstream '\(id)'"
    case .notPossible(let id, let state): "workstream '\(id)' is \(state.rawValue)"
    case .needs(let id, let other): "'\(id)' needs '\(other)', which will not finish as it stands"
    case .noBudget(let name):
      "the run has no phase and no workstream '\(name.terminalSafe)' to set a budget for"
    case .tooFewWorkers: "a run needs at least one worker"
    case .workersAreFixed: "the run was not started with 'auto' workers"
    }
  }
}

extension DispatchError: Refusing {
  package var refusal: Refusal { Refusal(.usage, description) }
}
