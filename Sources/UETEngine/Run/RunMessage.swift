import UETModel
import UETScheduling

/// What reaches a run's loop: an input, and who waits until what follows from it is durable.
struct RunMessage: Sendable {
  let input: DispatchInput
  let receipt: AsyncStream<Void>.Continuation?
}

extension Mailbox where Message == RunMessage {
  func send(_ input: DispatchInput) { send(RunMessage(input: input, receipt: nil)) }

  /// Hands over a fact; the stream ends when it is durable.
  func record(_ draft: EventDraft) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    send(RunMessage(input: .fact(draft), receipt: continuation))
    return stream
  }
}
