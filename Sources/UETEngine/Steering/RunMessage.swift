import UETModel
import UETScheduling

/// What is asked of a run beyond what its workers report.
enum RunWish: Sendable {
  case steering(RunSteering)
  /// What an attempt asks people.
  case question(AttemptName, String)
  /// What it was answered.
  case answer(AttemptName, Int)
  /// Look at the inboxes of other clones.
  case admission
}

typealias RunMessage = DriverMessage<DispatchInput, RunWish>
