import Synchronization

/// A queue with many senders and one receiver, which takes all that is waiting at once.
///
/// Taking all at once is what makes one durable write serve many events.
package final class Mailbox<Message: Sendable>: Sendable {
  private struct State {
    var messages: [Message] = []
    var isClosed = false
    var waiting: CheckedContinuation<[Message], Never>?
  }

  private let state = Mutex(State())

  package init() {}

  /// False when nobody receives any more.
  @discardableResult
  package func send(_ message: Message) -> Bool {
    let (isOpen, delivery) = state.withLock {
      state -> (Bool, (CheckedContinuation<[Message], Never>, [Message])?) in
      if state.isClosed { return (false, nil) }
      state.messages.append(message)
      guard let waiting = state.waiting else { return (true, nil) }
      state.waiting = nil
      defer { state.messages = [] }
      return (true, (waiting, state.messages))
    }
    if let (waiting, messages) = delivery { waiting.resume(returning: messages) }
    return isOpen
  }

  /// Takes nothing more, and gives what nobody received.
  package func close() -> [Message] {
    state.withLock { state in
      precondition(state.waiting == nil, "a mailbox is closed by its receiver")
      state.isClosed = true
      defer { state.messages = [] }
      return state.messages
    }
  }

  /// All that was sent since the last call; waits for the first message where there is none.
  package func receive() async -> [Message] {
    await withCheckedContinuation { continuation in
      let messages = state.withLock { state -> [Message]? in
        precondition(state.waiting == nil, "a mailbox has one receiver")
        guard !state.messages.isEmpty else {
          state.waiting = continuation
          return nil
        }
        defer { state.messages = [] }
        return state.messages
      }
      if let messages { continuation.resume(returning: messages) }
    }
  }
}
