import Synchronization

/// A queue with many senders and one receiver, which takes all that is waiting at once.
///
/// Taking all at once is what makes one durable write serve many events.
package final class Mailbox<Message: Sendable>: Sendable {
  private struct State {
    var messages: [Message] = []
    var waiting: CheckedContinuation<[Message], Never>?
  }

  private let state = Mutex(State())

  package init() {}

  package func send(_ message: Message) {
    let delivery = state.withLock { state -> (CheckedContinuation<[Message], Never>, [Message])? in
      state.messages.append(message)
      guard let waiting = state.waiting else { return nil }
      state.waiting = nil
      defer { state.messages = [] }
      return (waiting, state.messages)
    }
    if let (waiting, messages) = delivery { waiting.resume(returning: messages) }
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
