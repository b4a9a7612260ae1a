/// A set of ASCII characters, as those that a token may be made of.
struct ByteSet: Hashable, Sendable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  init(_ characters: String) {
    for byte in characters.utf8 { insert(byte) }
  }

  init() {}

  mutating func insert(_ byte: UInt8) {
    if byte < 64 { low |= 1 << UInt64(byte) } else { high |= 1 << UInt64(byte & 63) }
  }

  var count: Int { low.nonzeroBitCount + high.nonzeroBitCount }

  func contains(_ byte: UInt8) -> Bool {
    if byte >= 128 { return false }
    return (byte < 64 ? low >> UInt64(byte) : high >> UInt64(byte & 63)) & 1 == 1
  }

  static func + (one: ByteSet, other: ByteSet) -> ByteSet {
    var sum = one
    sum.low |= other.low
    sum.high |= other.high
    return sum
  }

  static let upper = ByteSet("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
  static let lower = ByteSet("abcdefghijklmnopqrstuvwxyz")
  static let digits = ByteSet("0123456789")
  static let letters = upper + lower
  static let alphanumeric = letters + digits
  static let hex = ByteSet("0123456789abcdef")
  static let word = alphanumeric + ByteSet("_")
  /// What base64 for URLs is made of.
  static let webSafe = word + ByteSet("-")
  static let base64 = alphanumeric + ByteSet("+/=")
  static let blank = ByteSet(" \t")
}
