import Foundation

/// What can be known of processes and the machine; `SystemProcesses` asks the system.
package protocol ProcessTable: Sendable {
  /// Whether the process that `holder` names lives.
  func liveness(of holder: Holder) -> Liveness
  /// Why the owner of a lock file must be dead; nil where one may be alive.
  func evidenceOfDeadOwner(lock path: String) -> String?
}

/// Sleeping, for the few places that wait for another process.
enum Pause {
  static func milliseconds(_ count: UInt32) { usleep(count * 1000) }
}
