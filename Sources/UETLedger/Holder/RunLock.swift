import Foundation
import UETGit
import UETModel
import UETSystem

/// The lock file of a run: a courtesy that answers quickly who holds it, gone with its process.
///
/// It does not make anything safe, for its folder may be deleted at any moment: the chain's epoch
/// does.
package struct RunLock: ~Copyable {
  private let lock: FileLock
  package let path: String
  /// Recorded with the claim: a lock file of this inode that nobody locks proves its holder dead.
  package var inode: UInt64 { lock.inode }

  /// Where a run's lock file is.
  package static func path(of run: RunID, in repository: Repository) -> String {
    "\(repository.commonDirectory)/uet/locks/\(run).lock"
  }

  /// Takes the lock; nil when another process has it, or where no lock file can be made.
  package init?(_ run: RunID, in repository: Repository, at time: Timestamp) {
    let path = Self.path(of: run, in: repository)
    guard let lock = try? FileLock.take(path) else { return nil }
    lock.note("\(getpid()) \(time)\n")
    self.lock = lock
    self.path = path
  }
}
