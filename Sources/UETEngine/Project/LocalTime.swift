import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The machine's own time.
enum LocalTime {
  /// Seconds east of UTC at a moment.
  static func offset(at moment: Timestamp) -> Int {
    var seconds = time_t(moment.wholeSeconds)
    var parts = tm()
    localtime_r(&seconds, &parts)
    return Int(parts.tm_gmtoff)
  }
}
