/// A run's name: `YYYYMMDD-HHMMSS-xxxx`, the UTC time of its start and four hexadecimal digits.
package struct RunID: Hashable, Sendable {
  package let rawValue: String

  package init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count == 20, bytes[8] == UInt8(ascii: "-"), bytes[15] == UInt8(ascii: "-") else {
      return nil
    }
    for (index, byte) in bytes.enumerated() where index != 8 && index != 15 {
      let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      let isHex = index > 15 && (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
      guard isDigit || isHex else { return nil }
    }
    rawValue = text
  }

  /// Names a run that starts at `time`; `salt` tells runs of the same second apart.
  package init(startedAt time: Timestamp, salt: UInt16) {
    let parts = time.components
    let date = pad(parts.year, 4) + pad(parts.month, 2) + pad(parts.day, 2)
    let clock = pad(parts.hour, 2) + pad(parts.minute, 2) + pad(parts.second, 2)
    let hex = String(salt, radix: 16)
    rawValue = "\(date)-\(clock)-" + String(repeating: "0", count: 4 - hex.count) + hex
  }
}

extension RunID {
  /// Names a run that starts at `time`, so that it comes after those of `known` that started in the
  /// same second.
  package init(startedAt time: Timestamp, after known: [RunID]) {
    let first = RunID(startedAt: time, salt: 0)
    let second = first.rawValue.dropLast(4)
    let salts = known.filter { $0.rawValue.hasPrefix(second) }
      .compactMap { UInt16($0.rawValue.suffix(4), radix: 16) }
    // Room is left for those that come after: half of what there is.
    let lowest = salts.max().map { $0 == .max ? $0 : $0 + 1 } ?? 0
    self.init(startedAt: time, salt: .random(in: lowest...(lowest + (UInt16.max - lowest) / 2)))
  }
}

extension RunID: Comparable {
  package static func < (left: RunID, right: RunID) -> Bool { left.rawValue < right.rawValue }
}

extension RunID: CustomStringConvertible {
  package var description: String { rawValue }
}
