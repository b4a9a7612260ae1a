import Foundation
import UETGit
import UETModel

/// The lock file of a run: a courtesy that answers quickly who holds it, gone with its process.
///
/// It does not make anything safe, for its folder may be deleted at any moment: the chain's epoch does.
package struct RunLock: ~Copyable {
  private let descriptor: Int32
  package let path: String
  /// Recorded with the claim: a lock file of this inode that nobody locks proves its holder dead.
  package let inode: UInt64

  /// Where a run's lock file is.
  package static func path(of run: RunID, in repository: Repository) -> String {
    "\(repository.commonDirectory)/uet/locks/\(run).lock"
  }

  /// Takes the lock; nil when another process has it, or where no lock file can be made.
  package init?(_ run: RunID, in repository: Repository, at time: Timestamp) {
    path = Self.path(of: run, in: repository)
    let folder = (path as NSString).deletingLastPathComponent
    try? FileManager.default.createDirectory(
      atPath: folder, withIntermediateDirectories: true)
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return nil }
    var facts = stat()
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &facts) == 0 else {
      close(descriptor)
      return nil
    }
    inode = UInt64(facts.st_ino)
    let text = Array("\(getpid()) \(time)\n".utf8)
    _ = ftruncate(descriptor, 0)
    _ = write(descriptor, text, text.count)
  }

  deinit { close(descriptor) }

  /// Whether some process has the lock; nil where there is no lock file of that inode.
  package static func isTaken(_ path: String, inode: UInt64) -> Bool? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var facts = stat()
    guard fstat(descriptor, &facts) == 0, UInt64(facts.st_ino) == inode else { return nil }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0
  }
}
