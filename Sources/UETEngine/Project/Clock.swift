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

  /// The system's real-time clock.
  package static let system = Clock {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}
