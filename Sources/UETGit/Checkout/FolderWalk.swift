import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How what stands in a worktree differs from what is on record of it.
///
/// One walk over the disk: known files are compared by their stamps, unknown ones are listed, and
/// nothing is read. No link is followed.
struct FolderWalk {
  /// Known paths whose stamp is another, or too young to be trusted.
  private(set) var touched: [Int] = []
  /// Paths that are known and not there.
  private(set) var missing: [Int] = []
  /// Files and links of no known path.
  private(set) var files: [[UInt8]] = []
  /// Directories that hold no known path; a `/` at the end.
  private(set) var folders: [[UInt8]] = []
  /// Directories on the disk in which nothing known stands; without a `/` at the end.
  private(set) var bare: [[UInt8]] = []
  /// A repository stands in a directory that holds known paths.
  private(set) var holdsRepository = false

  /// Those of the record while the walk lasts.
  private var entries: [IndexEntry]
  private let time: FileTime
  private var seen: [Bool]
  /// The rights that a directory gets which lacks some of the owner's.
  private var rights: mode_t = 0o755

  /// Nothing on the disk differs from the record, but that there may be more.
  var isIntact: Bool { touched.isEmpty && missing.isEmpty && !holdsRepository }

  /// Throws where a directory cannot be read.
  init(_ root: String, _ record: CheckoutRecord) throws(GitError) {
    entries = record.entries
    time = record.time
    seen = [Bool](repeating: false, count: entries.count)
    let descriptor = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw .system(root) }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & 0o700 == 0o700 {
      rights = status.st_mode & 0o7777
    }
    try walk(descriptor, [], 0..<entries.count)
    missing = entries.indices.filter { !seen[$0] && !entries[$0].isSkipped }
    (entries, seen) = ([], [])
  }

  /// This walk after `changes` were taken into the record; nil where it does not say then what else
  /// there is.
  func settled(_ changes: [[UInt8]: IndexEntry?], record: CheckoutRecord) -> FolderWalk? {
    let gone = Set(missing.map { record.entries[$0].path })
    for (path, entry) in changes {
      // Ignored now: it stands there, and is on record no more.
      if entry == nil, !gone.contains(path) { return nil }
      if folders.contains(where: { path.starts(with: $0) }) { return nil }
    }
    if holdsRepository { return nil }
    var result = self
    (result.touched, result.missing) = ([], [])
    result.files.removeAll { changes[$0] != nil }
    return result
  }

  /// Takes over the descriptor. `prefix` ends in `/`, and all entries of `range` begin with it.
  private mutating func walk(
    _ descriptor: Int32, _ prefix: [UInt8], _ range: Range<Int>
  ) throws(GitError) {
    guard let directory = fdopendir(descriptor) else {
      close(descriptor)
      throw .system(String(decoding: prefix, as: UTF8.self))
    }
    defer { closedir(directory) }
    var isBare = true
    defer { if isBare { bare.append(Array(prefix.dropLast())) } }
    while let entry = readdir(directory) {
      let name = DirectoryName(entry)
      if name.isSpecial {
        if !prefix.isEmpty, name.bytes.count == 4 { holdsRepository = true }
        continue
      }
      var status = stat()
      if name.isFolder != true {
        guard fstatat(descriptor, name.characters, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
          continue
        }
      }
      if name.isFolder ?? (status.st_mode & S_IFMT == S_IFDIR) {
        let below = folder(name, prefix.count, in: range)
        let path = prefix + name.bytes + [UInt8(ascii: "/")]
        if below.isEmpty {
          folders.append(path)
        } else {
          isBare = false
          try walk(try opened(descriptor, name), path, below)
        }
      } else if let index = file(name, prefix.count, in: range) {
        isBare = false
        look(at: index, status)
      } else if IndexEntry.mode(of: status) != nil {
        files.append(prefix + name.bytes)
      }
    }
  }

  private func opened(
    _ descriptor: Int32, _ name: DirectoryName
  ) throws(GitError) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
    var child = openat(descriptor, name.characters, flags)
    if child < 0, errno == EACCES {
      fchmodat(descriptor, name.characters, rights, AT_SYMLINK_NOFOLLOW)
      child = openat(descriptor, name.characters, flags)
    }
    guard child >= 0 else {
      throw .system(String(decoding: name.bytes, as: UTF8.self))
    }
    var status = stat()
    if fstat(child, &status) == 0, status.st_mode & 0o700 != 0o700 {
      // What is in it could not be removed; git does not track the rights of directories.
      fchmod(child, rights)
    }
    return child
  }

  private mutating func look(at index: Int, _ status: stat) {
    let entry = entries[index]
    seen[index] = true
    let isSame =
      !entry.isSkipped && IndexEntry.mode(of: status) == entry.mode
      && FileStamp(status) == entry.stamp && entry.stamp.modified < time
    if isSame { return }
    if IndexEntry.mode(of: status) == nil {
      seen[index] = entry.isSkipped
    } else {
      touched.append(index)
    }
  }

  /// The entry of `range` that is the file `name` in the directory of which the path has so many
  /// bytes.
  private func file(_ name: DirectoryName, _ skipped: Int, in range: Range<Int>) -> Int? {
    let index = position(in: range) { Self.order($0, skipped, name.bytes) < 0 }
    guard index < range.upperBound, Self.order(entries[index].path, skipped, name.bytes) == 0
    else { return nil }
    return index
  }

  /// The entries of `range` below the directory `name`; empty where nothing is known there.
  private func folder(_ name: DirectoryName, _ skipped: Int, in range: Range<Int>) -> Range<Int> {
    let slash = UInt8(ascii: "/")
    let end = skipped + name.bytes.count
    let start = position(in: range) { path in
      let order = Self.order(path, skipped, name.bytes, upTo: end)
      return order < 0 || order == 0 && (path.count <= end || path[end] < slash)
    }
    let behind = position(in: start..<range.upperBound) { path in
      path.count > end && path[end] == slash
        && Self.order(path, skipped, name.bytes, upTo: end) == 0
    }
    return start..<behind
  }

  /// The first position of `range` whose path is not `before`, which holds for a beginning only.
  private func position(in range: Range<Int>, _ before: ([UInt8]) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if before(entries[middle].path) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How the bytes of `path` from `skipped` to `end` compare to those of a name: below, at or above
  /// 0.
  private static func order(
    _ path: [UInt8], _ skipped: Int, _ name: UnsafeRawBufferPointer, upTo end: Int = .max
  ) -> Int {
    path.withUnsafeBytes { path in
      let count = min(path.count, end) - skipped
      let order = memcmp(path.baseAddress! + skipped, name.baseAddress!, min(count, name.count))
      return order != 0 ? Int(order) : count - name.count
    }
  }
}

/// A name in a directory that is being read; good until the next one is.
private struct DirectoryName {
  let characters: UnsafePointer<CChar>
  let bytes: UnsafeRawBufferPointer
  /// Nil where the file system does not say.
  let isFolder: Bool?

  init(_ entry: UnsafeMutablePointer<dirent>) {
    let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
    let start = UnsafeRawPointer(entry) + offset
    characters = start.assumingMemoryBound(to: CChar.self)
    bytes = UnsafeRawBufferPointer(start: start, count: strlen(characters))
    let kind = Int(entry.pointee.d_type)
    isFolder = kind == Int(DT_UNKNOWN) ? nil : kind == Int(DT_DIR)
  }

  /// Nothing, `.`, `..` and `.git` in any case.
  var isSpecial: Bool {
    guard let first = bytes.first else { return true }
    guard first == UInt8(ascii: ".") else { return false }
    if bytes.count == 1 || bytes.count == 2 && bytes[1] == UInt8(ascii: ".") { return true }
    return bytes.count == 4 && bytes.elementsEqual(".git".utf8) { $0 | 0x20 == $1 | 0x20 }
  }
}

/// A name as C calls take it.
func cString(_ name: some Sequence<UInt8>) -> [CChar] {
  name.map(CChar.init(bitPattern:)) + [0]
}
