import UETModel
import UETScheduling

/// What reaches a run's loop, and who waits until what follows from it is durable.
struct RunMessage: Sendable {
  enum Content: Sendable {
    case input(DispatchInput)
    case steering(RunSteering)
    /// Look at the inboxes of other clones.
    case admission
  }

  let content: Content
  /// Called once: when what followed is durable, or when nothing will follow.
  let answer: (@Sendable (SteeringAnswer) -> Void)?
}

extension Mailbox where Message == RunMessage {
  func send(_ input: DispatchInput) { send(RunMessage(content: .input(input), answer: nil)) }

  /// Hands over a fact; the stream ends when it is durable, which may take a little longer where it `canWait`.
  func record(_ draft: EventDraft, canWait: Bool = false) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    ask(.input(.fact(draft)), canWait: canWait) { _ in continuation.finish() }
    return stream
  }

  /// Hands over an input or a user's request and waits for what came of it.
  func ask(_ content: RunMessage.Content) async -> SteeringAnswer {
    await withCheckedContinuation { continuation in
      ask(content) { continuation.resume(returning: $0) }
    }
  }

  private func ask(
    _ content: RunMessage.Content, canWait: Bool = false,
    then answer: @escaping @Sendable (SteeringAnswer) -> Void
  ) {
    let message = RunMessage(content: content, answer: answer)
    if !send(message, canWait: canWait) { answer(.runIsOver) }
  }
}

extension SteeringAnswer {
  static let runIsOver = refused("the run has just ended")
}
