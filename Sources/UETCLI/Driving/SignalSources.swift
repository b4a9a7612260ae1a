@preconcurrency import Dispatch

#if canImport(Darwin)
  import Darwin
#endif

/// Signals that become calls on a queue, from `hear` to the end of the process.
final class SignalSources: Sendable {
  private let sources: [(number: Int32, source: any DispatchSourceSignal)]

  init(_ numbers: [Int32], on queue: DispatchQueue) {
    sources = numbers.map { ($0, DispatchSource.makeSignalSource(signal: $0, queue: queue)) }
  }

  /// Comes back when all are heard, which another thread sees to. Until then a signal does what it
  /// does to any process: were it ignored meanwhile, nobody would ever learn of it.
  func hear(_ take: @escaping @Sendable (Int32) -> Void) {
    let heard = DispatchGroup()
    for (number, source) in sources {
      heard.enter()
      source.setRegistrationHandler { heard.leave() }
      source.setEventHandler { [self] in withExtendedLifetime(self) { take(number) } }
      source.resume()
    }
    heard.wait()
    #if canImport(Darwin)
      // There the source hears of what is sent, and does not keep it from the process.
      for (number, _) in sources { signal(number, SIG_IGN) }
    #endif
  }
}
