import UETModel

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

  private let entries: [IndexEntry]
  private let time: FileTime
  private var seen: [Bool]
  /// The rights that a directory gets which lacks some of the owner's.
  private var rights: mode_t = 0o755

  /// Throws where a directory cannot be read.
  init(_ root: String, _ record: CheckoutRecord) throws(GitError) {
    entries = record.entries
    time = record.time
    seen = [Bool](repeating: false, count: entries.count)
    let descriptor = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw FilePaths.failure(root) }
    var status = stat()
    if fstat(descriptor, &status) == 0, status.st_mode & 0o700 == 0o700 {
      rights = status.st_mode & 0o7777
    }
    try walk(descriptor, [], 0..<entries.count)
    missing = entries.indices.filter { !seen[$0] && !entries[$0].isSkipped }
  }

  private enum Child {
    case file(Int)
    case folder(Range<Int>)
  }

  /// Takes over the descriptor.
  private mutating func walk(
    _ descriptor: Int32, _ prefix: [UInt8], _ range: Range<Int>
  ) throws(GitError) {
    guard let directory = fdopendir(descriptor) else {
      close(descriptor)
      throw FilePaths.failure(String(decoding: prefix, as: UTF8.self))
    }
    defer { closedir(directory) }
    let known = children(of: prefix, range)
    var isBare = true
    defer { if isBare { bare.append(Array(prefix.dropLast())) } }
    while let entry = readdir(directory) {
      let name = Self.name(entry)
      if name.isEmpty || Self.isSpecial(name) {
        if !prefix.isEmpty, name.count == 4 { holdsRepository = true }
        continue
      }
      var status = stat()
      guard fstatat(descriptor, cString(name), &status, AT_SYMLINK_NOFOLLOW) == 0 else { continue }
      let isFolder = status.st_mode & S_IFMT == S_IFDIR
      switch known[name] {
      case .file(let index)? where !isFolder:
        isBare = false
        look(at: index, status)
      case .folder(let below)? where isFolder:
        isBare = false
        try walk(try opened(descriptor, name), prefix + name + [UInt8(ascii: "/")], below)
      default:
        if isFolder {
          folders.append(prefix + name + [UInt8(ascii: "/")])
        } else if IndexEntry.mode(of: status) != nil {
          files.append(prefix + name)
        }
      }
    }
  }

  private func opened(_ descriptor: Int32, _ name: [UInt8]) throws(GitError) -> Int32 {
    let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
    var child = openat(descriptor, cString(name), flags)
    if child < 0, errno == EACCES {
      fchmodat(descriptor, cString(name), rights, 0)
      child = openat(descriptor, cString(name), flags)
    }
    guard child >= 0 else { throw FilePaths.failure(String(decoding: name, as: UTF8.self)) }
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

  /// What is known directly below a directory, from the entries of `range`, which all lie below it.
  private func children(of prefix: [UInt8], _ range: Range<Int>) -> [[UInt8]: Child] {
    var result: [[UInt8]: Child] = [:]
    var index = range.lowerBound
    while index < range.upperBound {
      let rest = entries[index].path[prefix.count...]
      guard let slash = rest.firstIndex(of: UInt8(ascii: "/")) else {
        result[Array(rest)] = .file(index)
        index += 1
        continue
      }
      let end = self.end(of: entries[index].path[...slash], from: index, in: range)
      result[Array(rest[..<slash])] = .folder(index..<end)
      index = end
    }
    return result
  }

  /// The first position behind `start` whose path does not begin with `prefix`.
  private func end(of prefix: ArraySlice<UInt8>, from start: Int, in range: Range<Int>) -> Int {
    var (low, high) = (start + 1, range.upperBound)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].path.starts(with: prefix) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private static func name(_ entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
    withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
  }

  /// `.`, `..` and `.git` in any case.
  private static func isSpecial(_ name: [UInt8]) -> Bool {
    guard name[0] == UInt8(ascii: ".") else { return false }
    if name.count == 1 || name.count == 2 && name[1] == UInt8(ascii: ".") { return true }
    return name.count == 4 && name.map { $0 | 0x20 } == Array(".git".utf8)
  }
}

/// A name as C calls take it.
func cString(_ name: some Sequence<UInt8>) -> [CChar] {
  name.map(CChar.init(bitPattern:)) + [0]
}
