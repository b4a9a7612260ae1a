import UETModel
import UETScheduling

/// What is asked of a run beyond what its workers report.
enum RunWish: Sendable {
  case steering(RunSteering)
  /// Look at the inboxes of other clones.
  case admission
}

typealias RunMessage = DriverMessage<DispatchInput, RunWish>
