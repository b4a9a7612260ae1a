import UETGit
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The files by which pushes and the process that serves the queue find each other. Any
/// user who may push can write there, whoever serves.
package struct ServeFiles: Sendable {
  package let folder: String

  package init(_ repository: Repository) { folder = "\(repository.commonDirectory)/uet-server" }

  /// Locked by who serves the queue.
  var lock: String { folder + "/serve.lock" }
  /// When old runs were put away last.
  var tidied: String { folder + "/tidied" }
  /// Written anew at each push.
  private var wake: String { folder + "/wake" }

  /// Whether a process serves the queue.
  var isServed: Bool {
    Files.inode(lock).flatMap { FileLock.isTaken(lock, inode: $0) } ?? false
  }

  /// Tells whoever serves the queue that there is something new; whether there is somebody.
  @discardableResult
  package func call() -> Bool {
    guard isServed else { return false }
    try? Files.write([], to: wake)
    return true
  }
}

extension Repository {
  /// Lets the other users of the repository's group write what is made from now on, where it is
  /// theirs as well: libgit2 does not heed `core.sharedRepository` for new folders.
  package func shareNewFiles() {
    if isShared { umask(0o002) }
  }

  /// Whether it belongs to a group of users.
  var isShared: Bool {
    let value = config("core.sharedrepository")?.lowercased() ?? ""
    return ["group", "true", "1", "all", "world", "everybody", "2"].contains(value)
      || value.hasPrefix("06") || value.hasPrefix("07")
  }
}
