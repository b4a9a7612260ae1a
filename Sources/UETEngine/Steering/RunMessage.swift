import UETModel
import UETScheduling

/// What is asked of a run beyond what its workers report.
enum RunWish: Sendable {
  case steering(RunSteering)
  /// Look at the inboxes of other clones.
  case admission
}

typealias RunMessage = DriverMessage<DispatchInput, RunWish>

extension Mailbox where Message == RunMessage {
  /// Hands over a fact; the stream ends when it is durable, which may take a little longer where it
  /// `canWait`.
  func record(_ draft: EventDraft, canWait: Bool = false) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    ask(.input(.fact(draft)), canWait: canWait) { _ in continuation.finish() }
    return stream
  }
}
