import UETModel

/// An index file as bytes: versions 2 to 4 are read, 2 and 3 are written.
///
/// Format: `gitformat-index(5)`. Read and written here rather than by libgit2, which knows no sparse
/// index, and rather than by git, since the file is small work that would cost a process.
enum IndexFile {
  /// The entries in their order; nil where the bytes are no index that can be read as a whole.
  static func entries(_ bytes: [UInt8]) -> [IndexEntry]? {
    bytes.withUnsafeBytes { buffer in
      var reader = IndexReader(buffer)
      return reader.entries()
    }
  }

  /// The bytes of an index of `entries`, which are in order.
  static func bytes(_ entries: [IndexEntry]) -> [UInt8] {
    let hasFlags = entries.contains(where: \.isSkipped)
    var out: [UInt8] = []
    out.reserveCapacity(entries.reduce(64) { $0 + 72 + $1.path.count })
    out += "DIRC".utf8
    append(UInt32(hasFlags ? 3 : 2), to: &out)
    append(UInt32(entries.count), to: &out)
    for entry in entries { append(entry, to: &out) }
    if entries.contains(where: \.isDirectory) {
      out += "sdir".utf8
      append(UInt32(0), to: &out)
    }
    return out + SHA1.digest(out)
  }

  private static func append(_ entry: IndexEntry, to out: inout [UInt8]) {
    let start = out.count
    for position in 0..<6 { append(entry.stamp[position], to: &out) }
    append(entry.mode, to: &out)
    for position in 6..<FileStamp.count { append(entry.stamp[position], to: &out) }
    out += entry.id.bytes
    let length = UInt16(min(entry.path.count, 0xFFF))
    append(UInt16(entry.isSkipped ? 0x4000 : 0) | length, to: &out)
    if entry.isSkipped { append(UInt16(0x4000), to: &out) }
    out += entry.path
    let padding = 8 - (out.count - start) % 8
    for _ in 0..<padding { out.append(0) }
  }

  private static func append(_ word: UInt32, to out: inout [UInt8]) {
    withUnsafeBytes(of: word.bigEndian) { out += $0 }
  }

  private static func append(_ word: UInt16, to out: inout [UInt8]) {
    withUnsafeBytes(of: word.bigEndian) { out += $0 }
  }
}

/// Reads an index entry by entry; every length is checked against the end.
private struct IndexReader {
  private let bytes: UnsafeRawBufferPointer
  private var position = 0
  /// Where the checksum begins.
  private let end: Int
  private var lastPath: [UInt8] = []

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    end = bytes.count - 20
  }

  mutating func entries() -> [IndexEntry]? {
    guard end >= 12, bytes[..<4].elementsEqual("DIRC".utf8) else { return nil }
    position = 4
    guard let version = word(), (2...4).contains(version), let count = word(),
      Int(count) <= bytes.count / 62
    else { return nil }
    var entries: [IndexEntry] = []
    entries.reserveCapacity(Int(count))
    for _ in 0..<count {
      guard let entry = entry(version) else { return nil }
      entries.append(entry)
    }
    return hasKnownExtensions() ? entries : nil
  }

  private mutating func word() -> UInt32? {
    guard position + 4 <= end else { return nil }
    defer { position += 4 }
    return UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
  }

  private mutating func half() -> UInt16? {
    guard position + 2 <= end else { return nil }
    defer { position += 2 }
    return UInt16(bigEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt16.self))
  }

  private mutating func entry(_ version: UInt32) -> IndexEntry? {
    let start = position
    guard position + 62 <= end else { return nil }
    var stamp = FileStamp()
    for index in 0..<6 { stamp[index] = word() ?? 0 }
    guard let mode = word() else { return nil }
    for index in 6..<FileStamp.count { stamp[index] = word() ?? 0 }
    guard
      let id = ObjectID(
        bytes: UnsafeRawBufferPointer(rebasing: bytes[position..<position + 20]))
    else { return nil }
    position += 20
    guard let flags = half() else { return nil }
    var isSkipped = false
    if flags & 0x4000 != 0 {
      guard let more = half() else { return nil }
      isSkipped = more & 0x4000 != 0
    }
    // A conflict's stages are nobody's checkout.
    guard flags & 0x3000 == 0, let path = path(version, start, Int(flags & 0xFFF)) else {
      return nil
    }
    return IndexEntry(
      path: path, mode: mode, id: id, stamp: stamp, isSkipped: isSkipped)
  }

  private mutating func path(_ version: UInt32, _ start: Int, _ length: Int) -> [UInt8]? {
    var prefix: [UInt8] = []
    if version == 4 {
      guard let dropped = varint(), dropped <= lastPath.count else { return nil }
      prefix = Array(lastPath.dropLast(dropped))
    }
    guard let zero = bytes[position..<end].firstIndex(of: 0) else { return nil }
    let path = prefix + bytes[position..<zero]
    position = version == 4 ? zero + 1 : start + (zero - start) / 8 * 8 + 8
    lastPath = version == 4 ? path : []
    return position <= end && (length == 0xFFF || path.count == length) ? path : nil
  }

  private mutating func varint() -> Int? {
    var value = 0
    while position < end, value < 1 << 24 {
      let byte = bytes[position]
      position += 1
      value = value << 7 | Int(byte & 0x7F)
      if byte & 0x80 == 0 { return value }
      value += 1
    }
    return nil
  }

  /// An extension whose name begins with a lower-case letter changes what the entries mean.
  private mutating func hasKnownExtensions() -> Bool {
    while position + 8 <= end {
      let name = bytes[position..<position + 4]
      position += 4
      guard let size = word(), position + Int(size) <= end else { return false }
      if let first = name.first, first >= UInt8(ascii: "a"), !name.elementsEqual("sdir".utf8) {
        return false
      }
      position += Int(size)
    }
    return true
  }
}
