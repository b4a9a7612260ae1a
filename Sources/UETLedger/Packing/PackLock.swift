import Foundation
import UETGit
import UETSystem

/// The lock under which packs are made: one process at a time does that in a repository.
///
/// Nothing breaks where two do, for the folder of the lock may be deleted: it saves work.
struct PackLock: ~Copyable {
  private let descriptor: Int32

  /// nil where another process has the lock, or no lock file can be made.
  init?(_ repository: Repository) {
    let folder = repository.commonDirectory + "/uet/locks"
    try? Files.makeDirectory(folder, mode: 0o777)
    descriptor = open(folder + "/packing.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return nil }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      close(descriptor)
      return nil
    }
  }

  deinit { close(descriptor) }
}
