import Synchronization
import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Ends a supervised command from outside: gracefully, and then, if need be, at once.
///
/// Serves any number of runs, one after the other. Once pulled it stays so: what is run with it
/// later is not started.
package final class StopSwitch: Sendable {
  package enum Level: Int, Comparable, Sendable {
    case off, graceful, immediate

    package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
  }

  private struct State {
    var level = Level.off
    var control: Int32?
  }

  private let state = Mutex(State())

  package init() {}

  /// TERM to the whole tree, KILL after the order's grace.
  package func stop() { pull(.graceful) }

  /// KILL to the whole tree.
  package func kill() { pull(.immediate) }

  package var level: Level { state.withLock { $0.level } }

  private func pull(_ level: Level) {
    state.withLock { state in
      guard level > state.level else { return }
      state.level = level
      Self.tell(state)
    }
  }

  /// Connects the switch to a supervisor's control channel, which stays the caller's.
  func attach(_ control: Int32) {
    state.withLock { state in
      state.control = control
      Self.tell(state)
    }
  }

  /// After this the switch no longer touches the channel, which may then be closed.
  func detach() { state.withLock { $0.control = nil } }

  /// One byte into an empty socket buffer: never blocks, so it may be done under the lock, which
  /// keeps the descriptor from being closed and re-used meanwhile.
  private static func tell(_ state: State) {
    guard let control = state.control, state.level != .off else { return }
    var command = UInt8(ascii: state.level == .immediate ? "K" : "T")
    _ = Descriptor.send(&command, 1, to: control, Int32(MSG_DONTWAIT))
  }
}
