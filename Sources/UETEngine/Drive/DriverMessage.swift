import UETModel
import UETWorkers

/// What reaches a driver, and who waits until what follows from it is durable.
struct DriverMessage<Input: Sendable, Wish: Sendable>: Sendable {
  enum Content: Sendable {
    case input(Input)
    case wish(Wish)
  }

  let content: Content
  /// Called once: when what followed is durable, or when nothing will follow.
  let answer: (@Sendable (SteeringAnswer) -> Void)?
}

/// What a wish comes to: what the machine is told, and what the one who asked is told then.
struct Reply<Input: Sendable, Wish: Sendable> {
  var inputs: [Input] = []
  /// What is to be looked at next, on the state that the inputs led to; the answer waits for that
  /// too.
  var next: Wish?
  /// Of the events that the inputs led to, and the states before and after them.
  var answer: ([Event], RunState, RunState) -> SteeringAnswer
}

extension Reply {
  init(_ inputs: [Input] = [], next: Wish? = nil, saying answer: SteeringAnswer) {
    self.init(inputs: inputs, next: next) { _, _, _ in answer }
  }
}

extension Mailbox {
  func send<Input, Wish>(_ input: Input) where Message == DriverMessage<Input, Wish> {
    send(DriverMessage(content: .input(input), answer: nil))
  }

  /// Hands an input or a wish over, and waits for what came of it.
  func ask<Input, Wish>(
    _ content: DriverMessage<Input, Wish>.Content
  ) async -> SteeringAnswer where Message == DriverMessage<Input, Wish> {
    await withCheckedContinuation { continuation in
      ask(content) { continuation.resume(returning: $0) }
    }
  }

  func ask<Input, Wish>(
    _ content: DriverMessage<Input, Wish>.Content, canWait: Bool = false,
    then answer: @escaping @Sendable (SteeringAnswer) -> Void
  ) where Message == DriverMessage<Input, Wish> {
    let message = DriverMessage(content: content, answer: answer)
    if !send(message, canWait: canWait) { answer(.runIsOver) }
  }
}

extension SteeringAnswer {
  static let runIsOver = refused("the run has just ended")
}
