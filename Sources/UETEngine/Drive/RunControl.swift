import Synchronization

/// Steers a driver from outside by signals; other processes reach it through the socket.
package final class RunControl: Sendable {
  enum Word: Sendable {
    /// What runs may finish, nothing more is begun.
    case drain
    /// What runs ends at once.
    case stop
  }

  private struct State {
    var listener: (@Sendable (Word) -> Void)?
    var early: [Word] = []
  }

  private let state = Mutex(State())
  /// For what follows on the driver's own work: landed work that goes out again, gates on what has
  /// landed.
  let rollback = RollbackControl()

  package init() {}

  /// Lets what runs finish, starts nothing more.
  package func drain() {
    rollback.drain()
    say(.drain)
  }

  /// Ends what runs at once.
  package func stop() {
    rollback.stop()
    say(.stop)
  }

  private func say(_ word: Word) {
    state.withLock { state in
      if let listener = state.listener { listener(word) } else { state.early.append(word) }
    }
  }

  /// What was said before is said to the listener now.
  func connect(_ listener: @escaping @Sendable (Word) -> Void) {
    state.withLock { state in
      for word in state.early { listener(word) }
      (state.early, state.listener) = ([], listener)
    }
  }
}
