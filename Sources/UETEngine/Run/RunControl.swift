import Synchronization
import UETModel
import UETScheduling

/// Called after events are durable, with the state they led to.
package typealias RunObserver = @Sendable ([Event], RunState) -> Void

/// Steers a run from outside its loop: by signals now, by other processes through the socket.
package final class RunControl: Sendable {
  private struct State {
    var mailbox: Mailbox<RunMessage>?
    var early: [DispatchInput] = []
  }

  private let state = Mutex(State())
  /// For landed work that goes out again while the run goes on.
  let rollback = RollbackControl()

  package init() {}

  /// Lets what runs finish, starts nothing more.
  package func drain() {
    rollback.drain()
    send(.drain)
  }

  /// Ends what runs at once.
  package func stop() {
    rollback.stop()
    send(.stopNow)
  }

  private func send(_ input: DispatchInput) {
    state.withLock { state in
      if let mailbox = state.mailbox { mailbox.send(input) } else { state.early.append(input) }
    }
  }

  func connect(_ mailbox: Mailbox<RunMessage>) {
    state.withLock { state in
      for input in state.early { mailbox.send(input) }
      state.early = []
      state.mailbox = mailbox
    }
  }
}
