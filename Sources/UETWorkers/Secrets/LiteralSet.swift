#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Many words that are sought in a text at once, in about the time that reading it takes.
///
/// Of each word two neighbouring pairs of bytes are known, the rarest that it has. Every second
/// pair of the text is looked up, so one of the two is met wherever the word stands; only there
/// words are compared.
struct LiteralSet: Sendable {
  private let words: [[UInt8]]
  /// For each pair of bytes, which bucket of words is to be compared; 0 where none is.
  private let filter: [UInt8]
  private let buckets: [[Entry]]
  /// Whether a word begins with a byte.
  private let isFirst: [Bool]
  private let longest: Int

  private struct Entry {
    let word: Int
    /// Where the pair is in the word.
    let offset: Int
  }

  /// Words of less than three bytes are not found.
  init(_ words: [[UInt8]]) {
    self.words = words
    var entries: [Int: [Entry]] = [:]
    for (word, bytes) in words.enumerated() where bytes.count >= 3 {
      let window = Self.rarest(bytes)
      for offset in [window, window + 1] {
        let pair = Int(bytes[offset]) | Int(bytes[offset + 1]) << 8
        entries[pair, default: []].append(Entry(word: word, offset: offset))
      }
    }
    var filter = [UInt8](repeating: 0, count: 1 << 16)
    var buckets: [[Entry]] = Array(repeating: [], count: min(entries.count, 255) + 1)
    for (number, pair) in entries.keys.sorted().enumerated() {
      let bucket = number % 255 + 1
      filter[pair] = UInt8(bucket)
      buckets[bucket] += entries[pair] ?? []
    }
    self.filter = filter
    self.buckets = buckets
    var isFirst = [Bool](repeating: false, count: 256)
    for word in words where word.count >= 3 { isFirst[Int(word[0])] = true }
    self.isFirst = isFirst
    longest = words.map(\.count).max() ?? 0
  }

  /// Calls `found` with the number of a word and where it stands, for all that begin at `start` or
  /// later.
  func search(
    _ text: UnsafeBufferPointer<UInt8>, from start: Int, found: (_ word: Int, _ place: Int) -> Void
  ) {
    guard let base = UnsafeRawPointer(text.baseAddress), text.count >= 3 else { return }
    filter.withUnsafeBufferPointer { filter in
      var place = 0
      let count = text.count
      while place + 8 <= count {
        let pairs = UInt64(
          littleEndian: base.loadUnaligned(fromByteOffset: place, as: UInt64.self))
        let first = filter[Int(pairs & 0xFFFF)]
        let second = filter[Int(pairs >> 16 & 0xFFFF)]
        let third = filter[Int(pairs >> 32 & 0xFFFF)]
        let fourth = filter[Int(pairs >> 48)]
        if first | second | third | fourth != 0 {
          compare(text, first, place, start, found)
          compare(text, second, place + 2, start, found)
          compare(text, third, place + 4, start, found)
          compare(text, fourth, place + 6, start, found)
        }
        place += 8
      }
      while place + 2 <= count {
        let bucket = filter[Int(text[place]) | Int(text[place + 1]) << 8]
        compare(text, bucket, place, start, found)
        place += 2
      }
    }
  }

  private func compare(
    _ text: UnsafeBufferPointer<UInt8>, _ bucket: UInt8, _ place: Int, _ least: Int,
    _ found: (_ word: Int, _ place: Int) -> Void
  ) {
    if bucket == 0 { return }
    for entry in buckets[Int(bucket)] {
      let (word, start) = (words[entry.word], place - entry.offset)
      guard start >= least, start + word.count <= text.count, text[start] == word[0] else {
        continue
      }
      if Self.stands(word, in: text, at: start, word.count) { found(entry.word, start) }
    }
  }

  /// The first place, `start` or later, from which on the text may be the beginning of a word whose
  /// end is not there yet.
  func cutPlace(_ text: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    var place = max(start, text.count - longest + 1)
    while place < text.count {
      if isFirst[Int(text[place])] {
        let rest = text.count - place
        for word in words where word.count > rest && word[0] == text[place] {
          if Self.stands(word, in: text, at: place, rest) { return place }
        }
      }
      place += 1
    }
    return nil
  }

  private static func stands(
    _ word: [UInt8], in text: UnsafeBufferPointer<UInt8>, at start: Int, _ count: Int
  ) -> Bool {
    word.withUnsafeBufferPointer { word in
      guard let one = text.baseAddress, let other = word.baseAddress else { return false }
      return memcmp(one + start, other, count) == 0
    }
  }

  /// Where a word first stands whole between two places.
  static func find(
    _ word: StaticString, in text: UnsafeBufferPointer<UInt8>, from start: Int, to limit: Int
  ) -> Int? {
    let (size, end) = (word.utf8CodeUnitCount, min(limit, text.count))
    guard let base = text.baseAddress, end - start >= size else { return nil }
    var place = start
    while let hit = memchr(base + place, Int32(word.utf8Start[0]), end - size + 1 - place) {
      place = UnsafeRawPointer(hit) - UnsafeRawPointer(base)
      if memcmp(hit, word.utf8Start, size) == 0 { return place }
      place += 1
      if place > end - size { return nil }
    }
    return nil
  }

  /// Where the three bytes of a word begin that a text has least often.
  private static func rarest(_ word: [UInt8]) -> Int {
    let weights = word.map(weight)
    func cost(_ place: Int) -> Int {
      weights[place + 1] * (weights[place] + weights[place + 2])
    }
    return (0...(word.count - 3)).min { cost($0) < cost($1) } ?? 0
  }

  /// About how often logs have a byte.
  private static func weight(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: " "), UInt8(ascii: "e"), UInt8(ascii: "t"): 12
    case UInt8(ascii: "a"), UInt8(ascii: "i"), UInt8(ascii: "n"), UInt8(ascii: "o"),
      UInt8(ascii: "r"), UInt8(ascii: "s"):
      9
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
      UInt8(ascii: "/"), UInt8(ascii: ":"), UInt8(ascii: "_"):
      6
    case UInt8(ascii: "j"), UInt8(ascii: "q"), UInt8(ascii: "x"), UInt8(ascii: "z"): 1
    case UInt8(ascii: "a")...UInt8(ascii: "z"): 4
    default: 2
    }
  }
}
