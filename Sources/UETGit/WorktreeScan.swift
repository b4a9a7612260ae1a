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

  private let root: [UInt8]
  private let heedsMode: Bool
  /// What is known of directories: true for one that is reached without a link.
  private var directories: [[UInt8]: Bool] = [:]

  init(_ worktree: WorktreeHandle, index: SavedIndex, heedsMode: Bool) throws(GitError) {
    root = Array(worktree.path.utf8) + [UInt8(ascii: "/")]
    self.heedsMode = heedsMode
    try IndexEntries(at: index.path).visit { entry throws(GitError) in look(at: entry) }
  }

  private mutating func look(at entry: git_index_entry) {
    // A file outside the sparse checkout is not on the disk by intent.
    if UInt32(entry.flags_extended) & GIT_INDEX_ENTRY_SKIP_WORKTREE.rawValue != 0 { return }
    guard let name = entry.path else { return }
    let path = Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
    guard isReached(path), let status = status(of: path) else { return removed.append(path) }
    if entry.mode & UInt32(S_IFMT) == FileMode.submodule.rawValue {
      let isEmpty =
        status.st_mode & S_IFMT == S_IFDIR && self.status(of: path + Self.gitFile) == nil
      if !isEmpty { modified.append(path) }
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
    modified.append(path)
    if isSameInSeconds { unseenByGit.append(path) }
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
  private mutating func isReached(_ path: [UInt8]) -> Bool {
    guard let slash = path.lastIndex(of: UInt8(ascii: "/")) else { return true }
    let parent = Array(path[..<slash])
    if let known = directories[parent] { return known }
    let isDirectory = status(of: parent).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
    let result = isDirectory && isReached(parent)
    directories[parent] = result
    return result
  }

  private func status(of path: [UInt8]) -> stat? {
    var result = stat()
    let code = (root + path + [0]).withUnsafeBytes { buffer in
      buffer.withMemoryRebound(to: CChar.self) { $0.baseAddress.map { lstat($0, &result) } }
    }
    return code == 0 ? result : nil
  }
}

extension stat {
  #if canImport(Glibc)
    var modified: timespec { st_mtim }
    var changed: timespec { st_ctim }
  #else
    var modified: timespec { st_mtimespec }
    var changed: timespec { st_ctimespec }
  #endif
}
