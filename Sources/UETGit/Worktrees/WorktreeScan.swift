import CLibgit2

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finds the files of a worktree that no longer look as a saved index has them.
///
/// Files whose times, size, inode and rights are the same to the nanosecond count as unchanged;
/// the others are for git to read.
struct WorktreeScan {
  private(set) var removed: [[UInt8]] = []
  private(set) var modified: [[UInt8]] = []
  /// Those of `modified` that look unchanged where times are compared in whole seconds.
  private(set) var unseenByGit: [[UInt8]] = []

  /// The root with a `/`, and behind it whatever is looked at.
  private var buffer: [UInt8]
  private let rootLength: Int
  private let heedsMode: Bool
  /// The directory of the last entry: entries of one directory follow each other.
  private var lastParent: (path: [UInt8], isReached: Bool) = ([], true)
  /// What is known of directories: true for one that is reached without a link.
  private var directories: [[UInt8]: Bool] = [:]

  init(_ worktree: WorktreeHandle, index: SavedIndex, heedsMode: Bool) throws(GitError) {
    buffer = Array(worktree.path.utf8) + [UInt8(ascii: "/")]
    rootLength = buffer.count
    self.heedsMode = heedsMode
    try IndexEntries(at: index.path).visit { entry throws(GitError) in look(at: entry) }
  }

  private mutating func look(at entry: git_index_entry) {
    guard let name = entry.path else { return }
    let path = UnsafeRawBufferPointer(start: name, count: strlen(name))
    // A file outside the sparse checkout is not on the disk by intent; one that is there is work.
    if UInt32(entry.flags_extended) & GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue != 0 {
      guard isReached(path), status(of: path) != nil else { return }
      modified.append(Array(path))
      return unseenByGit.append(Array(path))
    }
    guard isReached(path), let status = status(of: path) else {
      return removed.append(Array(path))
    }
    if entry.mode & UInt32(S_IFMT) == FileMode.submodule.rawValue {
      let isDirectory = status.st_mode & S_IFMT == S_IFDIR
      let file = self.status(of: Array(path) + Self.gitFile)
      if !isDirectory || file != nil { modified.append(Array(path)) }
      return
    }
    let isSameKind = isSameKind(entry, status)
    let isSameInSeconds =
      isSameKind && entry.file_size == UInt32(truncatingIfNeeded: status.st_size)
      && entry.ino == UInt32(truncatingIfNeeded: status.st_ino)
      && entry.mtime.seconds == Int32(truncatingIfNeeded: status.modified.tv_sec)
    let isSame =
      isSameInSeconds && Self.isSame(entry.mtime, status.modified)
      && Self.isSame(entry.ctime, status.changed)
    if isSame { return }
    modified.append(Array(path))
    if isSameInSeconds { unseenByGit.append(Array(path)) }
  }

  private static func isSame(_ kept: git_index_time, _ found: timespec) -> Bool {
    kept.seconds == Int32(truncatingIfNeeded: found.tv_sec)
      && kept.nanoseconds == UInt32(truncatingIfNeeded: found.tv_nsec)
  }

  private static let gitFile = Array("/.git".utf8)

  private func isSameKind(_ entry: git_index_entry, _ status: stat) -> Bool {
    let kind = status.st_mode & S_IFMT
    guard entry.mode & UInt32(S_IFMT) == UInt32(kind) else { return false }
    if kind != S_IFREG || !heedsMode { return true }
    return (entry.mode & 0o100 != 0) == (status.st_mode & S_IXUSR != 0)
  }

  /// Whether no directory above `path` has become a link, a file, or nothing.
  private mutating func isReached(_ path: UnsafeRawBufferPointer) -> Bool {
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return true }
    if path[..<slash].elementsEqual(lastParent.path) { return lastParent.isReached }
    lastParent = (Array(path[..<slash]), isDirectory(Array(path[..<slash])))
    return lastParent.isReached
  }

  private mutating func isDirectory(_ path: [UInt8]) -> Bool {
    if let known = directories[path] { return known }
    var result = status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    if result, let slash = path.lastIndex(of: UInt8(ascii: "/")) {
      result = isDirectory(Array(path[..<slash]))
    }
    directories[path] = result
    return result
  }

  private mutating func status(of path: some Collection<UInt8>) -> stat? {
    buffer.removeSubrange(rootLength...)
    buffer += path
    buffer.append(0)
    var result = stat()
    let code = buffer.withUnsafeBytes { buffer in
      buffer.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { lstat($0, &result) } }
    }
    return code == 0 ? result : nil
  }
}
