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
  /// Seconds for which the machine slept since it was started, as far as it can be told.
  package var asleep: @Sendable () -> Double

  package init(
    now: @escaping @Sendable () -> Timestamp, asleep: @escaping @Sendable () -> Double = { 0 }
  ) {
    self.now = now
    self.asleep = asleep
  }

  /// The system's real-time clock, which goes on at its pace where somebody sets it back: what is
  /// planned for a moment after the last recorded one would else be waited for as long as the clock
  /// went back.
  package static let system = Clock.steady(after: nil)

  /// The real-time clock, and never before `time`: that of the last event of a record that goes on.
  package static func steady(after time: Timestamp?) -> Clock {
    let start = time.map { $0.microseconds - microseconds(of: CLOCK_MONOTONIC) } ?? .min
    let ahead = Mutex(start)
    let now: @Sendable () -> Timestamp = {
      let steady = microseconds(of: CLOCK_MONOTONIC)
      let difference = microseconds(of: CLOCK_REALTIME) - steady
      return ahead.withLock { ahead in
        ahead = max(ahead, difference)
        return Timestamp(microseconds: steady + ahead)
      }
    }
    return Clock(now: now, asleep: timeAsleep)
  }

  /// One clock goes on while the machine sleeps, the other does not: on Linux CLOCK_BOOTTIME and
  /// CLOCK_MONOTONIC; elsewhere these have other names.
  private static let timeAsleep: @Sendable () -> Double = {
    #if canImport(Glibc)
      let (all, awake) = (CLOCK_BOOTTIME, CLOCK_MONOTONIC)
    #else
      let (all, awake) = (CLOCK_MONOTONIC_RAW, CLOCK_UPTIME_RAW)
    #endif
    let woken = microseconds(of: awake)
    return Double(max(0, microseconds(of: all) - woken)) / 1_000_000
  }

  private static func microseconds(of clock: clockid_t) -> Int64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
