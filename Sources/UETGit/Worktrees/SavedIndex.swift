import CLibgit2
import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A copy of a worktree's index as the checkout left it: for each file what the disk said then.
///
/// Git compares times in whole seconds and must read again every file that was written in the same
/// second as the index. The copy is dated a second later, which ends that; in return, whoever uses
/// it compares nanoseconds, and it is only made once the clock has moved past the last file.
struct SavedIndex {
  let path: String

  private init(path: String) { self.path = path }

  /// The copy for `commit`, where there is one.
  init?(_ worktree: WorktreeHandle, of commit: ObjectID) {
    path = Self.path(worktree, commit)
    if !Files.isFile(path) { return nil }
  }

  /// Makes the copy, or, where the file system's clock is too coarse, none: git then reads more.
  static func save(_ worktree: WorktreeHandle, of commit: ObjectID) throws(GitError) {
    let source = worktree.gitDirectory + "/index"
    for name in Files.names(in: worktree.gitDirectory) where name.hasPrefix("index.uet-") {
      unlink(worktree.gitDirectory + "/" + name)
    }
    let saved = SavedIndex(path: path(worktree, commit))
    var newest = FileTime(seconds: 0, nanoseconds: 0)
    var isFine = false
    try IndexEntries(at: source).visit { entry throws(GitError) in
      let time = FileTime(entry.mtime)
      newest = max(newest, time)
      isFine = isFine || time.nanoseconds != 0
    }
    guard isFine, wait(until: newest, in: worktree.path) else { return }
    try GitError.onDisk(Files.copy(source, to: saved.path))
    guard Files.setTime(saved.path, FileTime(seconds: newest.seconds + 1, nanoseconds: 0))
    else {
      unlink(saved.path)
      throw .system(saved.path)
    }
  }

  private static func path(_ worktree: WorktreeHandle, _ commit: ObjectID) -> String {
    worktree.gitDirectory + "/index.uet-" + commit.hex
  }

  /// Waits, some milliseconds at most, until a new file of the directory is younger than `time`.
  private static func wait(until time: FileTime, in directory: String) -> Bool {
    let probe = directory + "/.git-uet-\(UInt64.random(in: 0 ... .max))"
    defer { unlink(probe) }
    for _ in 0..<50 {
      guard (try? Files.write([], to: probe)) != nil, let found = Files.time(probe) else {
        return false
      }
      if found > time { return true }
      usleep(1000)
    }
    return false
  }
}

extension FileTime {
  init(_ time: git_index_time) {
    self.init(seconds: Int64(time.seconds), nanoseconds: Int64(time.nanoseconds))
  }
}

/// The entries of an index file.
struct IndexEntries: ~Copyable {
  private let index: OpaquePointer

  init(at path: String) throws(GitError) {
    var index: OpaquePointer?
    let code = git_index_open(&index, path)
    guard code == 0, let index else { throw Libgit2.failure(code, "read '\(path)'", path: path) }
    self.index = index
  }

  deinit { git_index_free(index) }

  func visit(_ body: (git_index_entry) throws(GitError) -> Void) throws(GitError) {
    for position in 0..<git_index_entrycount(index) {
      if let entry = git_index_get_byindex(index, position) { try body(entry.pointee) }
    }
  }
}
