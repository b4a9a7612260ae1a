/// The name of a git object: 20 bytes, written as 40 lower-case hexadecimal digits.
package struct ObjectID: Hashable, Sendable {
  private let high: UInt64
  private let middle: UInt64
  private let low: UInt32

  /// All zero: in compare-and-swap calls, "the reference must not exist".
  package static let zero = ObjectID(high: 0, middle: 0, low: 0)

  private init(high: UInt64, middle: UInt64, low: UInt32) {
    (self.high, self.middle, self.low) = (high, middle, low)
  }

  /// Reads exactly 40 hexadecimal digits, upper or lower case; nil for anything else.
  package init?(_ hex: String) {
    var hex = hex
    guard let id = hex.withUTF8({ Self.parse(UnsafeRawBufferPointer($0)) }) else { return nil }
    self = id
  }

  package init?(_ hex: Substring) { self.init(String(hex)) }

  /// Reads exactly 40 hexadecimal digits as UTF-8 bytes; nil for anything else.
  ///
  /// Not generic, like what takes raw bytes: other modules would get the unspecialised code, which
  /// takes more time than all else that is done with an index.
  package init?(hexadecimal bytes: ArraySlice<UInt8>) {
    guard let id = bytes.withUnsafeBytes({ Self.parse($0) }) else { return nil }
    self = id
  }

  package init?(hexadecimal bytes: [UInt8]) { self.init(hexadecimal: bytes[...]) }

  /// Takes the 20 raw bytes that git stores.
  package init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 20 else { return nil }
    self.init(
      high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
      middle: UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self)),
      low: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt32.self)))
  }

  package init?(bytes: ArraySlice<UInt8>) {
    guard let id = bytes.withUnsafeBytes({ ObjectID(bytes: $0) }) else { return nil }
    self = id
  }

  package init?(bytes: [UInt8]) { self.init(bytes: bytes[...]) }

  private static func parse(_ digits: UnsafeRawBufferPointer) -> ObjectID? {
    guard digits.count == 40 else { return nil }
    var words: (UInt64, UInt64, UInt32) = (0, 0, 0)
    for index in 0..<40 {
      guard let digit = value(ofDigit: digits[index]) else { return nil }
      switch index {
      case 0..<16: words.0 = words.0 << 4 | UInt64(digit)
      case 16..<32: words.1 = words.1 << 4 | UInt64(digit)
      default: words.2 = words.2 << 4 | UInt32(digit)
      }
    }
    return ObjectID(high: words.0, middle: words.1, low: words.2)
  }

  /// The 20 raw bytes.
  package var bytes: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 20) { buffer, count in
      store(in: UnsafeMutableRawBufferPointer(buffer))
      count = 20
    }
  }

  /// Puts the 20 raw bytes into a buffer that has room for them.
  package func store(in buffer: UnsafeMutableRawBufferPointer) {
    buffer.storeBytes(of: high.bigEndian, as: UInt64.self)
    buffer.storeBytes(of: middle.bigEndian, toByteOffset: 8, as: UInt64.self)
    buffer.storeBytes(of: low.bigEndian, toByteOffset: 16, as: UInt32.self)
  }

  /// Appends the 20 raw bytes.
  package func append(to bytes: inout [UInt8]) {
    withUnsafeTemporaryAllocation(byteCount: 20, alignment: 8) { buffer in
      store(in: buffer)
      bytes.append(contentsOf: UnsafeRawBufferPointer(buffer))
    }
  }

  /// 40 lower-case hexadecimal digits.
  package var hex: String {
    String(unsafeUninitializedCapacity: 40) { buffer in
      var index = 0
      digits { digit in
        buffer[index] = digit
        index += 1
      }
      return 40
    }
  }

  /// Appends the 40 digits.
  package func appendHex(to bytes: inout [UInt8]) {
    digits { bytes.append($0) }
  }

  private func digits(_ body: (UInt8) -> Void) {
    for shift in stride(from: 60, through: 0, by: -4) {
      body(Self.digit(UInt8(truncatingIfNeeded: high >> UInt64(shift)) & 15))
    }
    for shift in stride(from: 60, through: 0, by: -4) {
      body(Self.digit(UInt8(truncatingIfNeeded: middle >> UInt64(shift)) & 15))
    }
    for shift in stride(from: 28, through: 0, by: -4) {
      body(Self.digit(UInt8(truncatingIfNeeded: low >> UInt32(shift)) & 15))
    }
  }

  /// The first ten digits, for people.
  package var short: String { String(hex.prefix(10)) }

  package var isZero: Bool { self == .zero }

  private static func value(ofDigit byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  private static func digit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") + nibble : UInt8(ascii: "a") + nibble - 10
  }
}

extension ObjectID: CustomStringConvertible {
  package var description: String { hex }
}

extension ObjectID: Comparable {
  package static func < (left: ObjectID, right: ObjectID) -> Bool {
    (left.high, left.middle, left.low) < (right.high, right.middle, right.low)
  }
}
