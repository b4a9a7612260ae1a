/// A moment in UTC, in microseconds since 1970-01-01.
package struct Timestamp: Hashable, Sendable, Comparable {
  package var microseconds: Int64

  package init(microseconds: Int64) { self.microseconds = microseconds }

  package init(seconds: Int64) { microseconds = seconds * 1_000_000 }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// Seconds from `earlier` to this moment; negative when the clock went back.
  package func seconds(since earlier: Timestamp) -> Double {
    Double(microseconds - earlier.microseconds) / 1_000_000
  }

  package func advanced(bySeconds seconds: Double) -> Timestamp {
    Timestamp(microseconds: microseconds + Int64((seconds * 1_000_000).rounded()))
  }

  /// Whole seconds since 1970, rounded down.
  package var wholeSeconds: Int64 { microseconds.floorDivided(by: 1_000_000) }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339 in UTC with six decimals, as `2026-11-21T01:30:55.123456Z`.
  package var description: String {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(27)
    append(to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the text that `description` gives.
  package func append(to bytes: inout [UInt8]) {
    let parts = components
    Self.append(parts.year, 4, UInt8(ascii: "-"), to: &bytes)
    Self.append(parts.month, 2, UInt8(ascii: "-"), to: &bytes)
    Self.append(parts.day, 2, UInt8(ascii: "T"), to: &bytes)
    Self.append(parts.hour, 2, UInt8(ascii: ":"), to: &bytes)
    Self.append(parts.minute, 2, UInt8(ascii: ":"), to: &bytes)
    Self.append(parts.second, 2, UInt8(ascii: "."), to: &bytes)
    Self.append(parts.microsecond, 6, UInt8(ascii: "Z"), to: &bytes)
  }

  /// Appends a number with leading zeros up to `width` digits, and what ends it.
  private static func append(
    _ value: Int, _ width: Int, _ end: UInt8, to bytes: inout [UInt8]
  ) {
    var power = 1
    for _ in 1..<width { power *= 10 }
    if value < 0 || value / power > 9 {
      bytes += pad(value, width).utf8
    } else {
      while power > 0 {
        bytes.append(UInt8(ascii: "0") + UInt8(value / power % 10))
        power /= 10
      }
    }
    bytes.append(end)
  }

  /// Reads RFC 3339 in UTC: date, `T` or a space, time, up to six decimals, and `Z` (may be
  /// absent).
  package init?(_ text: some StringProtocol) {
    let bytes = Array(text.utf8)
    func number(_ start: Int, _ count: Int) -> Int? {
      guard start + count <= bytes.count else { return nil }
      var value = 0
      for byte in bytes[start..<start + count] {
        guard (48...57).contains(byte) else { return nil }
        value = value * 10 + Int(byte - 48)
      }
      return value
    }
    guard let year = number(0, 4), let month = number(5, 2), let day = number(8, 2),
      let hour = number(11, 2), let minute = number(14, 2), let second = number(17, 2),
      bytes[4] == 45, bytes[7] == 45, bytes[10] == 84 || bytes[10] == 32, bytes[13] == 58,
      bytes[16] == 58, (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60,
      second < 60
    else { return nil }
    var end = 19
    var fraction = 0
    if end < bytes.count, bytes[end] == 46 {
      var digits = 0
      end += 1
      while end < bytes.count, (48...57).contains(bytes[end]), digits < 6 {
        fraction = fraction * 10 + Int(bytes[end] - 48)
        digits += 1
        end += 1
      }
      guard digits > 0 else { return nil }
      for _ in digits..<6 { fraction *= 10 }
    }
    guard end == bytes.count || (end + 1 == bytes.count && bytes[end] == 90) else { return nil }
    let days = Self.days(year: year, month: month, day: day)
    let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    microseconds = seconds * 1_000_000 + Int64(fraction)
  }
}

extension Timestamp {
  package struct Components: Sendable {
    package var (year, month, day) = (1970, 1, 1)
    package var (hour, minute, second, microsecond) = (0, 0, 0, 0)
  }

  /// The parts of the moment in UTC.
  package var components: Components {
    let seconds = wholeSeconds
    let days = seconds.floorDivided(by: 86_400)
    let rest = Int(seconds - days * 86_400)
    var parts = Components()
    (parts.year, parts.month, parts.day) = Self.civil(days: days)
    (parts.hour, parts.minute, parts.second) = (rest / 3600, rest / 60 % 60, rest % 60)
    parts.microsecond = Int(microseconds - seconds * 1_000_000)
    return parts
  }

  /// Days since 1970-01-01 of a proleptic Gregorian date.
  ///
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`.
  private static func days(year: Int, month: Int, day: Int) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return Int64(era * 146_097 + dayOfEra - 719_468)
  }

  /// The inverse of `days(year:month:day:)`; the same source, `civil_from_days`.
  private static func civil(days: Int64) -> (Int, Int, Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = Int(shifted - era * 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0), month, day)
  }
}

extension Int64 {
  fileprivate func floorDivided(by divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}

/// A number in decimal with leading zeros up to `width` digits.
func pad(_ value: Int, _ width: Int) -> String {
  let digits = String(value)
  return String(repeating: "0", count: max(0, width - digits.count)) + digits
}

extension Timestamp {
  /// For people: `2026-11-21 04:05:06`, in UTC.
  package var plain: String { String(description.prefix(19)).replacing("T", with: " ") }
}
