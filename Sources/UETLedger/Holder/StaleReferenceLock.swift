import Foundation

/// A reference's lock file, which a killed process may have left behind.
struct StaleReferenceLock: Sendable {
  let path: String

  /// Removes the file when its owner is proven dead, and says by what; nil when it was left alone.
  func removeIfOwnerIsDead(_ processes: any ProcessTable) -> String? {
    var before = stat()
    guard lstat(path, &before) == 0, let evidence = processes.evidenceOfDeadOwner(lock: path)
    else { return nil }
    // A lock that someone made in the meantime is another file: renaming first shows which it was.
    let aside = "\(path).dead-\(getpid())"
    guard rename(path, aside) == 0 else { return nil }
    var after = stat()
    guard lstat(aside, &after) == 0, after.st_ino == before.st_ino,
      after.modified.tv_sec == before.modified.tv_sec,
      after.modified.tv_nsec == before.modified.tv_nsec
    else {
      _ = link(aside, path)
      unlink(aside)
      return nil
    }
    unlink(aside)
    return evidence
  }
}
