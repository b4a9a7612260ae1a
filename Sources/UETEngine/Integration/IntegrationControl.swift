import UETMergeQueue
import UETModel

/// What reaches an integration's loop, and who waits until what follows from it is durable.
struct IntegrationMessage: Sendable {
  /// What came of an input: the events that it led to, or why it was refused.
  typealias Outcome = Result<[Event], QueueError>

  let input: QueueInput
  let answer: (@Sendable (Outcome) -> Void)?
}

/// Steers an integration from outside its loop.
package final class IntegrationControl: Sendable {
  let mailbox = Mailbox<IntegrationMessage>()
  /// For what is done once the queue has come to its end.
  let rollback = RollbackControl()

  package init() {}

  /// Lets gates that run finish, begins nothing more.
  package func drain() {
    rollback.drain()
    mailbox.send(.drain)
  }

  /// Ends what runs at once.
  package func stop() {
    rollback.stop()
    mailbox.send(.stopNow)
  }
}

extension Mailbox where Message == IntegrationMessage {
  func send(_ input: QueueInput) { send(IntegrationMessage(input: input, answer: nil)) }

  /// Hands an input over and waits until what follows is durable; nil when nobody takes it any more.
  func ask(_ input: QueueInput) async -> IntegrationMessage.Outcome? {
    await withCheckedContinuation { continuation in
      let message = IntegrationMessage(input: input) { continuation.resume(returning: $0) }
      if !send(message) { continuation.resume(returning: nil) }
    }
  }
}
