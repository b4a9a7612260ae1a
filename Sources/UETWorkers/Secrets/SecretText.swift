/// A piece of text in which secrets are sought, and what is known of what surrounds it.
struct SecretText {
  let bytes: UnsafeBufferPointer<UInt8>
  /// So many bytes at the beginning were given before, and are only looked back at.
  let lead: Int
  /// Whether nothing follows.
  let isLast: Bool

  /// So many bytes back is looked at most.
  static let longestLead = 3
  /// A run of characters that is longer is known to be one, whatever follows.
  static let longestRun = 4096

  var count: Int { bytes.count }

  /// Nil behind the end.
  func byte(_ place: Int) -> UInt8? { place < bytes.count ? bytes[place] : nil }

  /// Where a run of characters of a set ends.
  func end(of set: ByteSet, from start: Int, limit: Int = .max) -> Int {
    let last = limit < bytes.count - start ? start + limit : bytes.count
    var place = start
    while place < last, set.contains(bytes[place]) { place += 1 }
    return place
  }

  /// Whether a place is where a word begins: also behind `\n` as JSON writes it, `%20` as addresses
  /// do, and a colour's `ESC [31m`.
  func isWordStart(_ place: Int) -> Bool {
    guard place > 0, ByteSet.word.contains(bytes[place - 1]) else { return true }
    guard place > 1 else { return false }
    let (last, before) = (bytes[place - 1], bytes[place - 2])
    if before == UInt8(ascii: "\\") { return Self.escapes.contains(last) }
    if last == UInt8(ascii: "m"), Self.colours.contains(before) { return true }
    return place > 2 && bytes[place - 3] == UInt8(ascii: "%")
      && Self.hexDigits.contains(before) && Self.hexDigits.contains(last)
  }

  private static let escapes = ByteSet("nrtbf")
  private static let colours = ByteSet("[;0123456789")
  private static let hexDigits = ByteSet("0123456789abcdefABCDEF")
}

/// What is known of a place at which a secret may begin.
enum SecretVerdict {
  case none
  /// What follows has to be seen first.
  case undecided
  /// From where to where; `open` names the characters with which it may go on behind the end.
  case found(Range<Int>, open: ByteSet?)
}
