import UETGit
import UETSystem

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
