import UETModel

/// Objects put together as a pack (version 2), and the index (version 2) of it.
///
/// Source: git's `gitformat-pack`.
struct PackFile: Sendable {
  private struct Entry: Sendable {
    let id: ObjectID
    let offset: Int
    let checksum: UInt32
    /// How many deltas lead from a whole object to this one.
    let depth: Int
  }

  private var bytes: [UInt8]
  private var entries: [Entry] = []
  private var places: [ObjectID: Int] = [:]

  /// How long a chain of deltas may get: a reader follows all of it.
  private static let deepest = 40
  /// What is shorter, and what is mostly object names, hardly gets shorter.
  private static let worthCompressing = 192

  init() { bytes = Array("PACK".utf8) + UInt32(2).bigEndianBytes + [0, 0, 0, 0] }

  var count: Int { entries.count }

  var size: Int { bytes.count }

  func contains(_ id: ObjectID) -> Bool { places[id] != nil }

  /// Adds an object; where `other`, of which the content is given, is here already and alike, only
  /// what differs is stored.
  mutating func add(
    _ id: ObjectID, _ kind: ObjectKind, _ content: [UInt8],
    like other: (id: ObjectID, content: [UInt8])? = nil
  ) {
    guard places[id] == nil else { return }
    let offset = bytes.count
    var depth = 0
    if let other, let place = places[other.id], entries[place].depth < Self.deepest,
      let delta = PackDelta.between(other.content, content)
    {
      depth = entries[place].depth + 1
      appendHeader(type: 6, size: delta.count)
      appendDistance(offset - entries[place].offset)
      ZlibStream.append(delta, isCompressed: false, to: &bytes)
    } else {
      appendHeader(type: kind.rawValue, size: content.count)
      let isLong = kind == .blob && content.count >= Self.worthCompressing
      ZlibStream.append(content, isCompressed: isLong, to: &bytes)
    }
    places[id] = entries.count
    entries.append(
      Entry(id: id, offset: offset, checksum: CRC32.checksum(bytes[offset...]), depth: depth))
  }

  private mutating func appendHeader(type: UInt8, size: Int) {
    var rest = size >> 4
    bytes.append((rest > 0 ? 0x80 : 0) | type << 4 | UInt8(size & 0xF))
    while rest > 0 {
      bytes.append((rest > 0x7F ? 0x80 : 0) | UInt8(rest & 0x7F))
      rest >>= 7
    }
  }

  /// How far back the object is that a delta starts from.
  private mutating func appendDistance(_ distance: Int) {
    var reversed = [UInt8(distance & 0x7F)]
    var rest = distance >> 7
    while rest > 0 {
      rest -= 1
      reversed.append(0x80 | UInt8(rest & 0x7F))
      rest >>= 7
    }
    bytes += reversed.reversed()
  }

  /// What to write: the pack's bytes, the index's bytes, and the name of both without an ending.
  func finished() -> (pack: [UInt8], index: [UInt8], name: String) {
    var pack = bytes
    pack.replaceSubrange(8..<12, with: UInt32(entries.count).bigEndianBytes)
    let digest = SHA1.digest(pack)
    pack += digest
    let name = digest.reduce(into: "") { text, byte in
      text += (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    return (pack, index(digest), "pack-" + name)
  }

  private func index(_ digest: [UInt8]) -> [UInt8] {
    let sorted = entries.sorted { $0.id < $1.id }
    var index: [UInt8] = [0xFF, 0x74, 0x4F, 0x63] + UInt32(2).bigEndianBytes
    var counts = [UInt32](repeating: 0, count: 256)
    for entry in sorted { counts[Int(entry.id.bytes[0])] += 1 }
    var total: UInt32 = 0
    for count in counts {
      total += count
      index += total.bigEndianBytes
    }
    for entry in sorted { index += entry.id.bytes }
    for entry in sorted { index += entry.checksum.bigEndianBytes }
    // Below 2 GiB: the owner starts another pack long before.
    for entry in sorted { index += UInt32(entry.offset).bigEndianBytes }
    index += digest
    return index + SHA1.digest(index)
  }
}

/// The kinds of object, numbered as packs number them.
enum ObjectKind: UInt8, Sendable {
  case commit = 1
  case tree = 2
  case blob = 3

  var name: String {
    switch self {
    case .commit: "commit"
    case .tree: "tree"
    case .blob: "blob"
    }
  }
}

/// A pack's way to say how one object differs from another.
enum PackDelta {
  /// nil where it would not be shorter. Keeps what both have at their beginnings and ends: of one
  /// tree to the next in a chain of merges, a name or two between those has changed.
  static func between(_ old: [UInt8], _ new: [UInt8]) -> [UInt8]? {
    let limit = min(old.count, new.count)
    var head = 0
    while head < limit, old[head] == new[head] { head += 1 }
    var tail = 0
    while tail < limit - head, old[old.count - 1 - tail] == new[new.count - 1 - tail] { tail += 1 }
    let middle = new[head..<(new.count - tail)]
    guard middle.count + 32 < new.count else { return nil }
    var delta = length(old.count) + length(new.count)
    append(copyFrom: 0, count: head, to: &delta)
    for start in stride(from: middle.startIndex, to: middle.endIndex, by: 127) {
      let part = middle[start..<min(start + 127, middle.endIndex)]
      delta.append(UInt8(part.count))
      delta += part
    }
    append(copyFrom: old.count - tail, count: tail, to: &delta)
    return delta
  }

  private static func length(_ value: Int) -> [UInt8] {
    var result: [UInt8] = []
    var rest = value
    repeat {
      result.append((rest > 0x7F ? 0x80 : 0) | UInt8(rest & 0x7F))
      rest >>= 7
    } while rest > 0
    return result
  }

  private static func append(copyFrom start: Int, count: Int, to delta: inout [UInt8]) {
    var (start, count) = (start, count)
    while count > 0 {
      let part = min(count, 0xFF_FFFF)
      var flags: UInt8 = 0x80
      var fields: [UInt8] = []
      for index in 0..<4 where start >> (8 * index) & 0xFF != 0 {
        flags |= 1 << index
        fields.append(UInt8(start >> (8 * index) & 0xFF))
      }
      for index in 0..<3 where part >> (8 * index) & 0xFF != 0 {
        flags |= 0x10 << index
        fields.append(UInt8(part >> (8 * index) & 0xFF))
      }
      delta.append(flags)
      delta += fields
      (start, count) = (start + part, count - part)
    }
  }
}
