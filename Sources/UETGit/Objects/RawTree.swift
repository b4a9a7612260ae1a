import CLibgit2
import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A tree's bytes as git stores them, whose entries are read in place, one after the other.
///
/// Nothing is parsed ahead: a merge steps over what all sides have in common by comparing bytes.
struct RawTree: ~Copyable {
  let content: UnsafeRawBufferPointer
  private let object: OpaquePointer?
  private let copy: UnsafeMutableRawBufferPointer?

  /// The tree that nothing is in.
  init() { (content, object, copy) = (UnsafeRawBufferPointer(start: nil, count: 0), nil, nil) }

  init(copying bytes: [UInt8]) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
    buffer.copyBytes(from: bytes)
    (content, object, copy) = (UnsafeRawBufferPointer(buffer), nil, buffer)
  }

  init(_ id: ObjectID, in objects: OpaquePointer) throws(GitError) {
    var oid = id.oid
    var object: OpaquePointer?
    let code = git_odb_read(&object, objects, &oid)
    guard code == 0, let object else {
      throw code == GIT_ENOTFOUND.rawValue
        ? .objectMissing(id) : .corruptObject(id, detail: Libgit2.lastMessage)
    }
    guard git_odb_object_type(object) == GIT_OBJECT_TREE else {
      git_odb_object_free(object)
      throw .wrongKind(id, expected: "tree")
    }
    content = UnsafeRawBufferPointer(
      start: git_odb_object_data(object), count: git_odb_object_size(object))
    (self.object, copy) = (object, nil)
  }

  deinit {
    git_odb_object_free(object)
    copy?.deallocate()
  }

  /// The entry that begins at `offset`, valid as long as the tree is; nil at the end.
  func entry(at offset: Int) throws(GitError) -> RawTreeEntry? {
    guard offset < content.count, let start = content.baseAddress else { return nil }
    let rest = content.count - offset
    guard let end = memchr(start + offset, 0, rest),
      let entry = RawTreeEntry(
        start + offset, nameEnd: UnsafeRawPointer(end), limit: rest)
    else { throw .corruptObject(.zero, detail: "a tree's entry cannot be read") }
    return entry
  }

  /// Whether the name stands for a file here and for a directory there, or the other way round.
  func hasOtherKind(_ entry: RawTreeEntry) throws(GitError) -> Bool {
    var offset = 0
    while let other = try self.entry(at: offset) {
      if other.hasName(of: entry) { return other.isTree != entry.isTree }
      offset += other.size
    }
    return false
  }
}

/// An entry within a `RawTree` that is still there.
struct RawTreeEntry: Equatable {
  private let start: UnsafeRawPointer
  /// Bytes of the whole entry.
  let size: Int
  private let nameStart: UnsafeRawPointer
  private let length: Int
  /// As git reads it: an odd file mode counts as one of the two usual ones.
  let mode: UInt32

  fileprivate init?(_ start: UnsafeRawPointer, nameEnd: UnsafeRawPointer, limit: Int) {
    var raw: UInt32 = 0
    var place = start
    while place < nameEnd, case let byte = place.load(as: UInt8.self), byte != 0x20 {
      guard (0x30...0x37).contains(byte), raw < 1 << 24 else { return nil }
      raw = raw << 3 | UInt32(byte - 0x30)
      place += 1
    }
    guard place < nameEnd, let mode = FileMode(raw: raw) else { return nil }
    self.start = start
    size = nameEnd - start + 21
    guard size <= limit else { return nil }
    nameStart = place + 1
    length = nameEnd - nameStart
    self.mode = mode.rawValue
  }

  /// Valid as long as the tree is.
  var name: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: nameStart, count: length) }

  var nameBytes: [UInt8] { [UInt8](name) }

  var isTree: Bool { mode == FileMode.tree.rawValue }

  private var idBytes: UnsafeRawPointer { start + (size - 20) }

  var id: ObjectID {
    ObjectID(bytes: UnsafeRawBufferPointer(start: idBytes, count: 20)) ?? .zero
  }

  static func == (left: RawTreeEntry, right: RawTreeEntry) -> Bool {
    left.mode == right.mode && memcmp(left.idBytes, right.idBytes, 20) == 0
  }

  func hasName(of other: RawTreeEntry) -> Bool {
    length == other.length && memcmp(nameStart, other.nameStart, length) == 0
  }

  /// Git's order of a tree, in which a directory's name ends in `/`.
  func isBefore(_ other: RawTreeEntry) -> Bool {
    let common = min(length, other.length)
    let order = memcmp(nameStart, other.nameStart, common)
    if order != 0 { return order < 0 }
    return byte(at: common) < other.byte(at: common)
  }

  private func byte(at position: Int) -> UInt8 {
    if position < length { return nameStart.load(fromByteOffset: position, as: UInt8.self) }
    return isTree ? UInt8(ascii: "/") : 0
  }

  /// Appends the entry as a tree object holds it, with another object where one is given.
  func append(to content: inout [UInt8], id other: ObjectID? = nil) {
    content += String(mode, radix: 8).utf8
    content.append(0x20)
    content += name
    content.append(0)
    if let other {
      content += other.bytes
    } else {
      content += UnsafeRawBufferPointer(start: idBytes, count: 20)
    }
  }
}
