import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Moments by the machine's own time, as the clock on the wall shows them.
package enum LocalTime {
  /// `18:40:12`.
  package static func clock(_ moment: Timestamp) -> String { format(moment, "%H:%M:%S") }

  /// `18:40:12 CET`.
  package static func clockWithZone(_ moment: Timestamp) -> String {
    format(moment, "%H:%M:%S %Z")
  }

  /// `2026-11-21 18:40:12 CET`.
  package static func dateWithZone(_ moment: Timestamp) -> String {
    format(moment, "%Y-%m-%d %H:%M:%S %Z")
  }

  /// Seconds east of UTC at a moment.
  static func offset(at moment: Timestamp) -> Int {
    var parts = tm()
    fill(&parts, moment)
    return Int(parts.tm_gmtoff)
  }

  private static func fill(_ parts: inout tm, _ moment: Timestamp) {
    var seconds = time_t(moment.wholeSeconds)
    localtime_r(&seconds, &parts)
  }

  private static func format(_ moment: Timestamp, _ pattern: String) -> String {
    var parts = tm()
    fill(&parts, moment)
    var bytes = [CChar](repeating: 0, count: 80)
    let count = strftime(&bytes, bytes.count, pattern, &parts)
    return String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
      .terminalSafe
  }
}
