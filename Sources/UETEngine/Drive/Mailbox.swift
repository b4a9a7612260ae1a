import Synchronization
import UETModel
import UETWorkers

/// A queue with many senders and one receiver, which takes all that is waiting at once.
///
/// Taking all at once is what makes one durable write serve many events.
package final class Mailbox<Message: Sendable>: Sendable {
  private struct State {
    var messages: [Message] = []
    /// Whether one of them is to be received at once.
    var isUrgent = false
    /// Whether the others have their time set.
    var isTimed = false
    var isClosed = false
    var waiting: CheckedContinuation<[Message], Never>?

    mutating func take() -> [Message] {
      defer { (messages, isUrgent) = ([], false) }
      return messages
    }
  }

  private let state = Mutex(State())

  package init() {}

  /// What a change of the state asks for, outside the lock.
  private enum Turn {
    case none
    case deliver(CheckedContinuation<[Message], Never>, [Message])
    case setTimer
  }

  /// False when nobody receives any more. A message that `canWait` is received with the next that
  /// cannot, or after some milliseconds.
  @discardableResult
  package func send(_ message: Message, canWait: Bool = false) -> Bool {
    let (isOpen, turn) = state.withLock { state -> (Bool, Turn) in
      if state.isClosed { return (false, .none) }
      state.messages.append(message)
      state.isUrgent = state.isUrgent || !canWait
      return (true, Self.turn(&state))
    }
    follow(turn)
    return isOpen
  }

  private static func turn(_ state: inout State) -> Turn {
    guard !state.messages.isEmpty else { return .none }
    if state.isUrgent {
      guard let waiting = state.waiting else { return .none }
      state.waiting = nil
      return .deliver(waiting, state.take())
    }
    if state.isTimed { return .none }
    state.isTimed = true
    return .setTimer
  }

  private func follow(_ turn: Turn) {
    switch turn {
    case .none: break
    case .deliver(let waiting, let messages): waiting.resume(returning: messages)
    case .setTimer:
      Task {
        try? await Task.sleep(for: .milliseconds(10))
        follow(
          state.withLock { state in
            state.isTimed = false
            state.isUrgent = !state.messages.isEmpty
            return Self.turn(&state)
          })
      }
    }
  }

  /// Takes nothing more, and gives what nobody received.
  package func close() -> [Message] {
    state.withLock { state in
      precondition(state.waiting == nil, "a mailbox is closed by its receiver")
      state.isClosed = true
      return state.take()
    }
  }

  /// What has come by now; does not wait.
  package func receiveNow() -> [Message] { state.withLock { $0.take() } }

  /// All that was sent since the last call; waits for the first message where there is none.
  package func receive() async -> [Message] {
    await withCheckedContinuation { continuation in
      follow(
        state.withLock { state in
          precondition(state.waiting == nil, "a mailbox has one receiver")
          state.waiting = continuation
          return Self.turn(&state)
        })
    }
  }
}

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

  /// The same for work that a driver waits for when it ends: nil where the task is cancelled
  /// before there is an answer, as nobody may give one any more.
  func askUntilCancelled<Input, Wish>(
    _ content: DriverMessage<Input, Wish>.Content
  ) async -> SteeringAnswer? where Message == DriverMessage<Input, Wish> {
    let (stream, continuation) = AsyncStream<SteeringAnswer>.makeStream()
    ask(content) {
      continuation.yield($0)
      continuation.finish()
    }
    return await stream.first { _ in true }
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
