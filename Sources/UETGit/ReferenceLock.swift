import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A lock file that stands in the way of a reference.
package struct ReferenceLock: Hashable, Sendable {
  package let path: String
  /// When it was made.
  package let since: Timestamp
  /// The process that has it open; nil where no process that can be looked at has.
  package let holder: Int32?
  fileprivate let inode: UInt64
}

extension Repository {
  /// The lock on the full reference name, as `kill -9` may leave one; nil where there is none.
  ///
  /// Git and libgit2 keep the file open only while they write it, so that a lock without a holder
  /// may still be in use for a moment: only one that is older than any update takes is stale.
  package func lock(on name: String) throws(GitError) -> ReferenceLock? {
    guard name.hasPrefix("refs/"), !name.utf8.contains(0), !name.contains("..") else {
      throw .invalidReferenceName(name)
    }
    return Self.lock(at: commonDirectory + "/" + name + ".lock")
  }

  /// The lock on the file that holds packed references.
  package func lockOnPackedReferences() -> ReferenceLock? {
    Self.lock(at: commonDirectory + "/packed-refs.lock")
  }

  private static func lock(at path: String) -> ReferenceLock? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    let since = Timestamp(
      microseconds: Int64(status.changed.tv_sec) * 1_000_000
        + Int64(status.changed.tv_nsec) / 1000)
    return ReferenceLock(
      path: path, since: since, holder: holder(of: status), inode: UInt64(status.st_ino))
  }

  /// Finds the process that has the file open, where the system tells.
  private static func holder(of file: stat) -> Int32? {
    for process in Files.names(in: "/proc") {
      guard let id = Int32(process) else { continue }
      for descriptor in Files.names(in: "/proc/\(id)/fd") {
        var status = stat()
        if stat("/proc/\(id)/fd/\(descriptor)", &status) == 0, status.st_ino == file.st_ino,
          status.st_dev == file.st_dev
        {
          return id
        }
      }
    }
    return nil
  }

  /// Removes a lock that nobody holds and that is older than `seconds` at the time `now`.
  ///
  /// False where it is in use, too young, or no longer the same one.
  package func removeStale(
    _ lock: ReferenceLock, olderThan seconds: Double, now: Timestamp
  ) throws(GitError) -> Bool {
    guard lock.holder == nil, now.seconds(since: lock.since) >= seconds else { return false }
    guard let found = Self.lock(at: lock.path), found == lock else { return false }
    guard unlink(lock.path) == 0 || errno == ENOENT else { throw .system(lock.path) }
    return true
  }
}
