/// One file of a zip archive, as its central directory tells of it (PKWARE's APPNOTE, 4.3).
struct ZipEntry {
  let name: String
  private let method: Int
  private let packedCount: Int
  /// Where its own header is.
  private let place: Int

  /// Those of the directory at the end; none where it is damaged.
  static func all(in bytes: ArraySlice<UInt8>) -> [ZipEntry] {
    let reach = bytes.suffix(22 + 0xFFFF)
    guard bytes.count >= 22,
      let end = (reach.startIndex...(reach.endIndex - 22)).last(where: {
        bytes[$0...].starts(with: [0x50, 0x4B, 5, 6])
      })
    else { return [] }
    var place = bytes.startIndex + number(bytes, end + 16, 4)
    var entries: [ZipEntry] = []
    for _ in 0..<number(bytes, end + 10, 2) {
      guard place >= bytes.startIndex, place + 46 <= end,
        bytes[place...].starts(with: [0x50, 0x4B, 1, 2])
      else { break }
      let lengths = [28, 30, 32].map { number(bytes, place + $0, 2) }
      guard place + 46 + lengths[0] <= end else { break }
      let name = bytes[(place + 46)..<(place + 46 + lengths[0])]
      entries.append(
        ZipEntry(
          name: String(decoding: name, as: UTF8.self), method: number(bytes, place + 10, 2),
          packedCount: number(bytes, place + 20, 4),
          place: bytes.startIndex + number(bytes, place + 42, 4)))
      place += 46 + lengths.reduce(0, +)
    }
    return entries
  }

  /// What it holds; nil for a folder, and where it is too much or cannot be read.
  func content(in bytes: ArraySlice<UInt8>, limit: Int) -> [UInt8]? {
    guard place + 30 <= bytes.endIndex, bytes[place...].starts(with: [0x50, 0x4B, 3, 4]) else {
      return nil
    }
    let skipped = [26, 28].map { Self.number(bytes, place + $0, 2) }.reduce(30, +)
    let start = place + skipped
    guard packedCount > 0, start + packedCount <= bytes.endIndex else { return nil }
    let packed = bytes[start..<(start + packedCount)]
    switch method {
    case 0: return packed.count <= limit ? Array(packed) : nil
    case 8: return Inflation.bytes(of: packed, .none, limit: limit)
    default: return nil
    }
  }

  /// A little-endian number.
  private static func number(_ bytes: ArraySlice<UInt8>, _ place: Int, _ count: Int) -> Int {
    (0..<count).reduce(0) { $0 | Int(bytes[place + $1]) << (8 * $1) }
  }
}
