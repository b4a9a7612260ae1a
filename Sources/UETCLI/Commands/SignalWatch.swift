@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into calls: the first asks for a drain, a second for a stop.
final class SignalWatch: Sendable {
  enum Request: Sendable {
    case drain
    case stop
  }

  private struct State {
    var count = 0
    var first: Int32?
  }

  private let state = Mutex(State())
  private let sources: [any DispatchSourceSignal]

  init(_ handler: @escaping @Sendable (Request) -> Void) {
    let queue = DispatchQueue(label: "git-uet.signals")
    let signals = [SIGINT, SIGTERM, SIGHUP]
    sources = signals.map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (number, source) in zip(signals, sources) {
      source.setEventHandler { [weak self] in
        guard let self else { return }
        let count = state.withLock { state in
          state.count += 1
          state.first = state.first ?? number
          return state.count
        }
        handler(count == 1 ? .drain : .stop)
      }
      source.resume()
    }
  }

  /// The status to leave with, where a signal came.
  var exitStatus: ExitStatus? {
    switch state.withLock({ $0.first }) {
    case nil: nil
    case SIGINT: .interrupted
    default: .terminated
    }
  }
}
