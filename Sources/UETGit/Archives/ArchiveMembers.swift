/// The files in an archive, also in archives inside of it: zip, tar and gzip. What is damaged or
/// too much is left out.
package struct ArchiveMembers {
  package struct Member: Hashable, Sendable {
    /// As the archive has it; `a.tar/b` where one is in another.
    package let name: String
    package let content: [UInt8]
  }

  package private(set) var members: [Member] = []
  private var room: Int
  private var count: Int

  /// So many bytes and files in all.
  package init(of archive: [UInt8], room: Int = 64 << 20, count: Int = 10_000) {
    (self.room, self.count) = (room, count)
    read(archive[...], "", depth: 3)
  }

  private mutating func read(_ bytes: ArraySlice<UInt8>, _ prefix: String, depth: Int) {
    guard depth > 0 else { return }
    if bytes.starts(with: [0x50, 0x4B, 3, 4]) {
      readZip(bytes, prefix, depth)
    } else if bytes.starts(with: [0x1F, 0x8B, 8]) {
      guard let content = Inflation.bytes(of: bytes, .gzip, limit: room) else { return }
      take(prefix, content, depth)
    } else if TarHeader(bytes) != nil {
      readTar(bytes, prefix, depth)
    }
  }

  private mutating func take(_ name: String, _ content: [UInt8], _ depth: Int) {
    guard count > 0, content.count <= room else { return }
    count -= 1
    room -= content.count
    members.append(Member(name: name, content: content))
    read(content[...], name.isEmpty ? "" : name + "/", depth: depth - 1)
  }

  private mutating func readTar(_ bytes: ArraySlice<UInt8>, _ prefix: String, _ depth: Int) {
    var rest = bytes
    while count > 0, let header = TarHeader(rest) {
      let content = rest.dropFirst(TarHeader.size)
      if header.isFile { take(prefix + header.name, Array(content.prefix(header.count)), depth) }
      let blocks = (header.count + TarHeader.size - 1) / TarHeader.size
      rest = content.dropFirst(blocks * TarHeader.size)
    }
  }

  private mutating func readZip(_ bytes: ArraySlice<UInt8>, _ prefix: String, _ depth: Int) {
    for entry in ZipEntry.all(in: bytes) where count > 0 {
      guard let content = entry.content(in: bytes, limit: room) else { continue }
      take(prefix + entry.name, content, depth)
    }
  }
}
