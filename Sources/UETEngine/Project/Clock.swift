import Synchronization
import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where the time comes from; passed in, so that tests decide it.
package struct Clock: Sendable {
  package var now: @Sendable () -> Timestamp

  package init(now: @escaping @Sendable () -> Timestamp) { self.now = now }

  /// The system's real-time clock, which goes on at its pace where somebody sets it back: what is
  /// planned for a moment after the last recorded one would else be waited for as long as the clock
  /// went back.
  package static let system = Clock.steady(after: nil)

  /// The real-time clock, and never before `time`: that of the last event of a record that goes on.
  package static func steady(after time: Timestamp?) -> Clock {
    let start = time.map { $0.microseconds - microseconds(of: CLOCK_MONOTONIC) } ?? .min
    let ahead = Mutex(start)
    return Clock {
      let steady = microseconds(of: CLOCK_MONOTONIC)
      let difference = microseconds(of: CLOCK_REALTIME) - steady
      return ahead.withLock { ahead in
        ahead = max(ahead, difference)
        return Timestamp(microseconds: steady + ahead)
      }
    }
  }

  private static func microseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
