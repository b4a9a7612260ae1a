import Synchronization
import UETWorkers

/// How a person ends a rollback, or the gates after a landing, that is under way. What is on record
/// stays: it is continued from there.
package final class RollbackControl: Sendable {
  /// Ends the gate or action that runs.
  let end = StopSwitch()
  private let drains = Mutex(false)

  package init() {}

  /// Lets the step or gate that runs finish, begins nothing more.
  package func drain() { drains.withLock { $0 = true } }

  /// Ends what runs at once.
  package func stop() {
    drain()
    end.kill()
  }

  var isDraining: Bool { drains.withLock { $0 } }

  /// Whether what came of a command may only say that it was ended.
  var isEnded: Bool { end.level != .off }
}
