import UETModel

/// An index file as bytes: versions 2 to 4 are read, 2 and 3 are written.
///
/// Format: `gitformat-index(5)`. Read and written here rather than by libgit2, which knows no
/// sparse index, and rather than by git, since the file is small work that would cost a process.
enum IndexFile {
  /// The entries in their order; nil where the bytes are no index that can be read as a whole.
  static func entries(_ bytes: [UInt8]) -> [IndexEntry]? {
    bytes.withUnsafeBytes { buffer in
      var reader = IndexReader(buffer)
      return reader.entries()
    }
  }

  /// The bytes of an index of `entries`, which are in order; `isSealed`: with the checksum that git
  /// wants.
  static func bytes(_ entries: [IndexEntry], isSealed: Bool = true) -> [UInt8] {
    let hasDirectories = entries.contains(where: \.isDirectory)
    let size = entries.reduce(12) { $0 + length(of: $1) } + (hasDirectories ? 8 : 0)
    return [UInt8](unsafeUninitializedCapacity: size + 20) { buffer, count in
      let out = UnsafeMutableRawBufferPointer(buffer)
      out.initializeMemory(as: UInt8.self, repeating: 0)
      out.copyBytes(from: "DIRC".utf8)
      store(UInt32(entries.contains(where: \.isSkipped) ? 3 : 2), in: out, at: 4)
      store(UInt32(entries.count), in: out, at: 8)
      var position = 12
      for entry in entries {
        store(entry, in: out, at: position)
        position += length(of: entry)
      }
      if hasDirectories {
        UnsafeMutableRawBufferPointer(rebasing: out[position...]).copyBytes(from: "sdir".utf8)
      }
      if isSealed {
        let digest = SHA1.digest(UnsafeRawBufferPointer(rebasing: out[..<size]))
        UnsafeMutableRawBufferPointer(rebasing: out[size...]).copyBytes(from: digest)
      }
      count = size + 20
    }
  }

  /// Bytes before an entry's path.
  private static func head(of entry: IndexEntry) -> Int { entry.isSkipped ? 64 : 62 }

  /// One zero byte at least ends the path, and as many as make the whole a multiple of eight.
  private static func length(of entry: IndexEntry) -> Int {
    (head(of: entry) + entry.path.count + 8) / 8 * 8
  }

  private static func store(
    _ entry: IndexEntry, in out: UnsafeMutableRawBufferPointer, at start: Int
  ) {
    for place in 0..<6 { store(entry.stamp[place], in: out, at: start + 4 * place) }
    store(entry.mode, in: out, at: start + 24)
    for place in 6..<FileStamp.count {
      store(entry.stamp[place], in: out, at: start + 4 + 4 * place)
    }
    entry.id.store(in: UnsafeMutableRawBufferPointer(rebasing: out[start + 40..<start + 60]))
    let length = UInt16(min(entry.path.count, 0xFFF))
    let flags = UInt16(entry.isSkipped ? 0x4000 : 0) | length
    out.storeBytes(of: flags.bigEndian, toByteOffset: start + 60, as: UInt16.self)
    if entry.isSkipped {
      out.storeBytes(of: UInt16(0x4000).bigEndian, toByteOffset: start + 62, as: UInt16.self)
    }
    let path = start + head(of: entry)
    entry.path.withUnsafeBytes { bytes in
      UnsafeMutableRawBufferPointer(rebasing: out[path..<path + bytes.count]).copyMemory(
        from: bytes)
    }
  }

  private static func store(
    _ word: UInt32, in out: UnsafeMutableRawBufferPointer, at position: Int
  ) {
    out.storeBytes(of: word.bigEndian, toByteOffset: position, as: UInt32.self)
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
