/// What a workstream's time goes into, from the start of its run until it is done with.
///
/// Every moment in which anything of the run was at work counts for exactly one of these, so that
/// their sum is the workstream's time.
package enum TimeUse: String, CaseIterable, Hashable, Sendable {
  /// An attempt is under way, but for its gates.
  case work
  /// A gate of an attempt runs.
  case gate
  /// A dependency has no result yet.
  case dependency
  /// One runs that may change the same paths.
  case overlap
  /// All workers are taken.
  case worker
  /// Something else is scarce: money, requests to a provider, an amount of the machine.
  case limit
  /// The time between two attempts that the rules for retries say.
  case backOff = "back_off"
  /// A person has to answer its question.
  case answer
  /// The run is paused, or the machine spared.
  case paused
  /// A person has to look at its result.
  case review
  /// It has a result, and waits to be merged.
  case queue
  /// A gate of the queue runs on it.
  case queueGate = "queue_gate"
  /// It is merged, and waits to land.
  case landing
  /// It was given up, cancelled or set aside, until a person wanted it again.
  case person

  /// For people.
  package var words: String {
    switch self {
    case .work: "work"
    case .gate: "gates of attempts"
    case .dependency: "waits for dependencies"
    case .overlap: "waits for what overlaps"
    case .worker: "waits for a worker"
    case .limit: "waits for money, providers, machine"
    case .backOff: "waits between attempts"
    case .answer: "waits for an answer"
    case .paused: "paused"
    case .review: "waits for a review"
    case .queue: "waits to be merged"
    case .queueGate: "gates of the queue"
    case .landing: "waits to land"
    case .person: "given up, until wanted again"
    }
  }
}
