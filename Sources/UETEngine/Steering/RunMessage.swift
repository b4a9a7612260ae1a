import UETModel
import UETScheduling
import UETWorkers

/// What is asked of a run beyond what its workers report.
enum RunWish: Sendable {
  case steering(RunSteering)
  /// What an attempt asks people.
  case question(AttemptName, WorkerQuestion)
  /// What it was answered.
  case answer(AttemptName, Int)
  /// Which of its questions must be answered before a result of it counts.
  case openQuestion(AttemptName)
  /// Look at the inboxes of other clones.
  case admission
}

typealias RunMessage = DriverMessage<DispatchInput, RunWish>
