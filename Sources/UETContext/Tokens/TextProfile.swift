/// How often each kind of piece occurs in a text: words by where they start, their case and their
/// length, numbers, runs of signs and of blanks, and characters by script. From these counts the
/// tokens of every vocabulary are estimated, so that a text is read once.
package struct TextProfile: Hashable, Sendable {
  /// For each kind of piece how many there are; the order is `Piece`'s.
  package private(set) var counts: [UInt32]
  /// How many bytes were read.
  package private(set) var bytes = 0

  package init() { counts = [UInt32](repeating: 0, count: Piece.count) }

  /// One pass over UTF-8; bytes that are none count as single signs.
  package init(_ text: some Collection<UInt8>) {
    self.init()
    add(text)
  }

  /// Counts another text.
  package mutating func add(_ text: some Collection<UInt8>) {
    let isDone: Void? = text.withContiguousStorageIfAvailable { add(buffer: $0) }
    if isDone == nil { Array(text).withUnsafeBufferPointer { add(buffer: $0) } }
  }

  private mutating func add(buffer: UnsafeBufferPointer<UInt8>) {
    bytes += buffer.count
    counts.withUnsafeMutableBufferPointer { counts in
      ByteClass.table.withUnsafeBufferPointer { classes in
        Piece.rarePairs.withUnsafeBufferPointer { pairs in
          var scanner = TextScanner(
            bytes: buffer, classes: classes, rarePairs: pairs, counts: counts)
          scanner.run()
        }
      }
    }
  }
}

/// The places of the counts of a profile.
enum Piece {
  /// What stands before a word or a number.
  enum Start {
    static let blank = 0, line = 1, sign = 2, underscore = 3, word = 4, digit = 5, all = 6
  }
  enum Case { static let lower = 0, capital = 1, upper = 2, all = 3 }

  static let longestWord = 12
  static let longestNumber = 10
  static let longestSigns = 8
  static let longestBlanks = 16
  static let longestTabs = 8
  static let longestLines = 4
  /// Pairs of letters that are rare in words; so many of them and more are one.
  static let mostRare = 4
  /// Bytes that are signs.
  static let oneSign = 94
  /// Into so many groups fall the beginnings of runs of signs.
  static let signGroups = 128
  static let scripts = 13

  static let words = 0
  static let rare = words + Start.all * Case.all * longestWord
  static let numbers = rare + mostRare * longestWord
  static let single = numbers + Start.all * longestNumber
  static let signs = single + 2 * oneSign
  static let groups = signs + 4 * longestSigns
  static let blanks = groups + signGroups
  static let lines = blanks + 2 * longestBlanks
  static let tabs = lines + longestLines
  static let characters = tabs + longestTabs
  static let scriptRuns = characters + scripts
  /// By how many bytes pieces are longer than the longest that have a place of their own: words,
  /// numbers, signs that are all the same, others, and blanks.
  static let excess = scriptRuns + scripts
  static let count = excess + 5

  /// For each letter those that rarely follow it, a bit each: less than 3 of 10,000 pairs in the
  /// source code and prose of public repositories.
  static let rarePairs: [UInt32] = [
    0x2014291, 0x2e1b4ee, 0x3e1b26a, 0x2e1b6e6, 0x2100280, 0x3e196ce, 0x3e1962e, 0x3e5beee,
    0x1510780, 0x3fbbfef, 0x3fbfeef, 0x2e3b6c4, 0x2eb26e4, 0x2c31282, 0x3010090, 0x26136e6,
    0x3efffff, 0x2c182a2, 0x281324a, 0x2210662, 0x3f10680, 0x3ffbeae, 0x3f99e6e, 0x3f77eea,
    0x3f317ff, 0x3ffffef,
  ]
}

/// What a byte begins.
enum ByteClass {
  static let lower: UInt8 = 0
  static let upper: UInt8 = 1
  static let digit: UInt8 = 2
  static let sign: UInt8 = 3
  static let underscore: UInt8 = 4
  static let space: UInt8 = 5
  static let tab: UInt8 = 6
  static let line: UInt8 = 7
  /// The scripts follow, by the first byte of a character, and last what begins no character.
  static let script: UInt8 = 8

  static let table: [UInt8] = (0...255).map { byte in
    switch UInt8(byte) {
    case UInt8(ascii: "a")...UInt8(ascii: "z"): lower
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): upper
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit
    case UInt8(ascii: "_"): underscore
    case UInt8(ascii: " "): space
    case UInt8(ascii: "\t"): tab
    case UInt8(ascii: "\n"), UInt8(ascii: "\r"): line
    case 0x21...0x7E: sign
    // Latin with marks; Greek and what is near; Cyrillic; Hebrew, Arabic and what is near.
    case 0xC2...0xC9: script
    case 0xCA...0xCF: script + 1
    case 0xD0...0xD4: script + 2
    case 0xD5...0xDF: script + 3
    // India and Thailand; what is between; signs; kana; Chinese characters; Korean; the rest.
    case 0xE0: script + 4
    case 0xE1: script + 5
    case 0xE2: script + 6
    case 0xE3: script + 7
    case 0xE4...0xE9: script + 8
    case 0xEA...0xED: script + 9
    case 0xEE...0xEF: script + 10
    case 0xF0...0xF4: script + 11
    default: script + 12
    }
  }
}

/// Goes over the bytes, a piece at a time.
private struct TextScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  let classes: UnsafeBufferPointer<UInt8>
  let rarePairs: UnsafeBufferPointer<UInt32>
  let counts: UnsafeMutableBufferPointer<UInt32>
  private var place = 0
  /// What stands before the next piece, as a `Piece.Start`.
  private var start = Piece.Start.line

  init(
    bytes: UnsafeBufferPointer<UInt8>, classes: UnsafeBufferPointer<UInt8>,
    rarePairs: UnsafeBufferPointer<UInt32>, counts: UnsafeMutableBufferPointer<UInt32>
  ) {
    (self.bytes, self.classes) = (bytes, classes)
    (self.rarePairs, self.counts) = (rarePairs, counts)
  }

  mutating func run() {
    while place < bytes.count {
      switch kind(place) {
      case ByteClass.lower, ByteClass.upper: word()
      case ByteClass.digit: number()
      case ByteClass.sign, ByteClass.underscore: signs()
      case ByteClass.space: spaces()
      case ByteClass.tab: tabs()
      case ByteClass.line: lines()
      default: characters()
      }
    }
  }

  @inline(__always) private func kind(_ place: Int) -> UInt8 { classes[Int(bytes[place])] }

  @inline(__always) private func end(of kind: UInt8, from first: Int) -> Int {
    var end = first
    while end < bytes.count, self.kind(end) == kind { end += 1 }
    return end
  }

  @inline(__always) private mutating func count(_ index: Int) { counts[index] &+= 1 }

  @inline(__always) private mutating func exceed(_ kind: Int, _ bytes: Int) {
    if bytes > 0 { counts[Piece.excess + kind] &+= UInt32(truncatingIfNeeded: bytes) }
  }

  /// `name`, `Name`, or `NAME`; of `HTTPServer` first `HTTP`.
  @inline(__always) private mutating func word() {
    let first = place
    var shape = Piece.Case.lower
    var rare = 0
    let large = end(of: ByteClass.upper, from: first)
    place = large
    if large - first > 1 {
      shape = Piece.Case.upper
      if large < bytes.count, kind(large) == ByteClass.lower { place = large - 1 }
    } else {
      if large > first { shape = Piece.Case.capital }
      rare = small()
      if large > first, place == large { shape = Piece.Case.upper }
    }
    let length = min(place - first, Piece.longestWord) - 1
    count(Piece.words + (start * Piece.Case.all + shape) * Piece.longestWord + length)
    exceed(0, place - first - Piece.longestWord)
    if rare > 0 {
      count(Piece.rare + (min(rare, Piece.mostRare) - 1) * Piece.longestWord + length)
    }
    start = Piece.Start.word
  }

  /// Passes over small letters, and counts the pairs that are rare.
  @inline(__always) private mutating func small() -> Int {
    var rare: UInt32 = 0
    var pairs: UInt32 = 0
    while place < bytes.count, kind(place) == ByteClass.lower {
      let letter = UInt32(bytes[place] &- UInt8(ascii: "a"))
      rare &+= (pairs >> letter) & 1
      pairs = rarePairs[Int(letter)]
      place += 1
    }
    return Int(rare)
  }

  @inline(__always) private mutating func number() {
    let first = place
    place = end(of: ByteClass.digit, from: first)
    let length = min(place - first, Piece.longestNumber) - 1
    count(Piece.numbers + start * Piece.longestNumber + length)
    exceed(1, place - first - Piece.longestNumber)
    start = Piece.Start.digit
  }

  @inline(__always) private mutating func signs() {
    let first = place
    let one = bytes[first]
    var isMixed = 0
    place += 1
    while place < bytes.count {
      let next = kind(place)
      guard next == ByteClass.sign || next == ByteClass.underscore else { break }
      if bytes[place] != one { isMixed = 1 }
      place += 1
    }
    let length = place - first
    let isSpaced = start == Piece.Start.blank ? 1 : 0
    if length == 1 {
      count(Piece.single + isSpaced * Piece.oneSign + Int(one) - 0x21)
    } else {
      let shape = isSpaced * 2 + isMixed
      count(Piece.signs + shape * Piece.longestSigns + min(length, Piece.longestSigns) - 1)
      exceed(2 + isMixed, length - Piece.longestSigns)
      count(Piece.groups + (Int(one) * 13 + Int(bytes[first + 1]) * 5) % Piece.signGroups)
    }
    start =
      bytes[place - 1] == UInt8(ascii: "_") && length == 1
      ? Piece.Start.underscore : Piece.Start.sign
  }

  @inline(__always) private mutating func spaces() {
    let first = place
    place = end(of: ByteClass.space, from: first)
    let isLast = place == bytes.count || kind(place) == ByteClass.line ? 1 : 0
    count(
      Piece.blanks + isLast * Piece.longestBlanks + min(place - first, Piece.longestBlanks) - 1)
    exceed(4, place - first - Piece.longestBlanks)
    start = Piece.Start.blank
  }

  @inline(__always) private mutating func tabs() {
    let first = place
    place = end(of: ByteClass.tab, from: first)
    count(Piece.tabs + min(place - first, Piece.longestTabs) - 1)
    start = Piece.Start.line
  }

  @inline(__always) private mutating func lines() {
    let first = place
    place = end(of: ByteClass.line, from: first)
    count(Piece.lines + min(place - first, Piece.longestLines) - 1)
    start = Piece.Start.line
  }

  @inline(__always) private mutating func characters() {
    let kind = kind(place)
    let script = Int(kind - ByteClass.script)
    count(Piece.scriptRuns + script)
    repeat {
      count(Piece.characters + script)
      place += 1
      while place < bytes.count, bytes[place] & 0xC0 == 0x80 { place += 1 }
    } while place < bytes.count && self.kind(place) == kind
    start = Piece.Start.word
  }
}
