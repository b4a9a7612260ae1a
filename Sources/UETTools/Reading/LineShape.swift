import UETModel

extension ArraySlice<UInt8> {
  /// The line as a JSON object; nil for anything else, a line that was cut short among it.
  var jsonObject: JSONObject? {
    guard first == UInt8(ascii: "{") else { return nil }
    return (try? JSONValue(parsing: self))?.object
  }

  var text: String { String(decoding: self, as: UTF8.self) }

  func begins(with words: StaticString) -> Bool {
    words.withUTF8Buffer { wanted in
      count >= wanted.count && first == wanted.first
        && withUnsafeBytes { $0.prefix(wanted.count).elementsEqual(wanted) }
    }
  }

  func ends(with words: StaticString) -> Bool {
    words.withUTF8Buffer { wanted in
      count >= wanted.count
        && withUnsafeBytes { $0.suffix(wanted.count).elementsEqual(wanted) }
    }
  }

  /// Whether these bytes stand in the first `limit`.
  func holds(_ words: StaticString, within limit: Int) -> Bool {
    words.withUTF8Buffer { wanted in
      var rest = prefix(limit)
      while rest.count >= wanted.count, let place = rest.place(of: wanted[0]) {
        rest = rest[place...]
        if rest.count < wanted.count { return false }
        if rest.withUnsafeBytes({ $0.prefix(wanted.count).elementsEqual(wanted) }) { return true }
        rest = rest.dropFirst()
      }
      return false
    }
  }

  /// The first place of a byte. It looks at eight at a time: nearly all that an agent prints is
  /// passed by.
  func place(of byte: UInt8) -> Int? { place(of: byte, from: startIndex) }

  func place(of byte: UInt8, from start: Int) -> Int? {
    let (ones, highs) = (0x0101_0101_0101_0101 as UInt64, 0x8080_8080_8080_8080 as UInt64)
    let pattern = UInt64(byte) &* ones
    return withUnsafeBytes { buffer in
      var place = start - startIndex
      while place + 8 <= buffer.count {
        let loaded = buffer.loadUnaligned(fromByteOffset: place, as: UInt64.self)
        let word = UInt64(littleEndian: loaded) ^ pattern
        // Set in each byte that was 0, and perhaps in some above it.
        let zeros = (word &- ones) & ~word & highs
        if zeros != 0 { return startIndex + place + zeros.trailingZeroBitCount / 8 }
        place += 8
      }
      while place < buffer.count {
        if buffer[place] == byte { return startIndex + place }
        place += 1
      }
      return nil
    }
  }
}

extension JSONObject {
  func string(_ key: String) -> String? { self[key]?.string }

  /// A count of tokens: a whole number from 0 on; 0 where there is none.
  func count(_ key: String) -> Int { max(0, self[key]?.integer ?? 0) }

  func object(_ key: String) -> JSONObject? { self[key]?.object }
}
