@preconcurrency import Dispatch
import Foundation
import Synchronization
import UETModel
import UETReporting

/// Turns SIGINT, SIGTERM and SIGHUP into calls: the first lets what runs finish for a while, a
/// second ends it at once. Lives as long as the process.
final class SignalWatch: Sendable {
  /// What is asked for, and how it is said.
  struct Drain: Sendable {
    /// What may finish, as the subject of a sentence: `what runs`.
    let subject: String
    /// Seconds that it has.
    let limit: Double
    let begin: @Sendable () -> Void
    let end: @Sendable () -> Void

    /// One that ends what runs itself when its time is over.
    static func timed(
      _ subject: String, _ limit: Double, _ begin: @escaping @Sendable () -> Void,
      _ end: @escaping @Sendable () -> Void
    ) -> Drain {
      Drain(
        subject: subject, limit: limit,
        begin: {
          begin()
          DispatchQueue.global().asyncAfter(deadline: .now() + limit, execute: end)
        }, end: end)
    }
  }

  private struct State {
    var count = 0
    var first: Int32?
    /// When the last one that counted came.
    var last: DispatchTime?
    var isOver = false
  }

  /// Of signals within so many nanoseconds only the first counts: git passes on to us what the
  /// terminal has sent to both.
  private static let echo: UInt64 = 500_000_000

  private let state = Mutex(State())
  private let drain: Drain
  private let say: @Sendable (String) -> Void

  init(_ drain: Drain, say: @escaping @Sendable (String) -> Void) {
    self.drain = drain
    self.say = say
    SignalSources([SIGINT, SIGTERM, SIGHUP], on: DispatchQueue(label: "git-uet.signals"))
      .hear { [self] in take($0) }
  }

  /// The work is done: from now on a signal ends the process, as it does others.
  func finish() { state.withLock { $0.isOver = true } }

  /// The status to leave with, where a signal came.
  var exitStatus: ExitStatus? {
    switch state.withLock({ $0.first }) {
    case nil: nil
    case SIGINT: .interrupted
    default: .terminated
    }
  }

  private func take(_ number: Int32) {
    let now = DispatchTime.now()
    let count: Int? = state.withLock { state in
      if let last = state.last, now.uptimeNanoseconds - last.uptimeNanoseconds < Self.echo {
        return nil
      }
      state.last = now
      if state.isOver { _exit(128 + number) }
      state.count += 1
      state.first = state.first ?? number
      return state.count
    }
    switch count {
    case nil: return
    case 1: begin(number)
    default:
      say("ending \(drain.subject) at once")
      drain.end()
    }
  }

  private func begin(_ number: Int32) {
    let again = number == SIGINT ? "Ctrl-C again" : "a second signal"
    if drain.limit > 0 {
      say(
        "stopping: \(drain.subject) may take \(Span.text(drain.limit)) more; \(again) ends it at once"
      )
    } else {
      say("stopping: \(drain.subject) is ended")
    }
    drain.begin()
  }
}
