import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Moments as the clock on the wall shows them.
enum LocalTime {
  /// `18:40:12`.
  static func clock(_ moment: Timestamp) -> String { format(moment, "%H:%M:%S") }

  /// `18:40:12 CET`.
  static func clockWithZone(_ moment: Timestamp) -> String { format(moment, "%H:%M:%S %Z") }

  private static func format(_ moment: Timestamp, _ pattern: String) -> String {
    var seconds = time_t(moment.wholeSeconds)
    var parts = tm()
    guard localtime_r(&seconds, &parts) != nil else { return "" }
    var bytes = [CChar](repeating: 0, count: 80)
    let count = strftime(&bytes, bytes.count, pattern, &parts)
    return String(decoding: bytes.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self)
      .terminalSafe
  }
}
