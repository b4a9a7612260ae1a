import Foundation
import UETGit

/// The lock under which packs are made: one process at a time does that in a repository.
///
/// Nothing breaks where two do, for the folder of the lock may be deleted: it saves work.
struct PackLock: ~Copyable {
  private let descriptor: Int32

  /// nil where another process has the lock, or no lock file can be made.
  init?(_ repository: Repository) {
    let folder = repository.commonDirectory + "/uet/locks"
    try? SystemFiles.makeFolder(folder)
    descriptor = open(folder + "/packing.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }

  /// Whether a `git gc` is under way, by the file in which it says so.
  ///
  /// Source: git, `builtin/gc.c`, `lock_repo_for_gc`: older than twelve hours it does not count.
  static func isCollecting(_ repository: Repository) -> Bool {
    let path = repository.commonDirectory + "/gc.pid"
    var facts = stat()
    guard stat(path, &facts) == 0, time(nil) - facts.modified.tv_sec < 12 * 3600,
      let bytes = SystemFiles.read(path)
    else { return false }
    // Of a process on another machine nothing can be known; such a file may lie there for long.
    let words = String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }
    guard words.count == 2, words[1] == SystemProcesses.hostName, let pid = Int32(words[0]),
      kill(pid, 0) == 0 || errno == EPERM
    else { return false }
    #if os(Linux)
      return SystemProcesses.name(of: pid) == "git"
    #else
      return true
    #endif
  }
}
