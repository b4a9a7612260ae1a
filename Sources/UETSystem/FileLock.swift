#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An exclusive lock on a file, among tasks and processes; let go by its owner's end or death.
///
/// The file, and the folder it is in, are made where they are missing, and may be deleted at any
/// moment: who then comes takes the lock on a new file.
package struct FileLock: ~Copyable, Sendable {
  private let file: Descriptor
  /// A lock file of this inode that nobody locks is one that was let go.
  package let inode: UInt64

  private init(_ file: consuming Descriptor, inode: UInt64) {
    self.file = file
    self.inode = inode
  }

  /// Takes the lock where nobody has it; nil where another does.
  package static func take(_ path: String) throws(SystemFailure) -> FileLock? {
    try lock(path, LOCK_EX | LOCK_NB)
  }

  /// Waits for the lock, as long as it takes; blocks.
  package static func wait(for path: String) throws(SystemFailure) -> FileLock {
    while true {
      if let lock = try lock(path, LOCK_EX) { return lock }
    }
  }

  /// Waits up to `seconds` for the lock; nil where another has it for longer.
  package static func wait(
    for path: String, seconds: Int
  ) async throws(SystemFailure) -> FileLock? {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(seconds))
    var pause = Duration.milliseconds(1)
    while true {
      if let lock = try take(path) { return lock }
      if clock.now >= end { return nil }
      // Cancelling the task must not turn the wait into a spin.
      await Task { [pause] in try? await Task.sleep(for: pause) }.value
      pause = min(pause * 2, .milliseconds(20))
    }
  }

  /// Lets go; giving the value up explicitly keeps it alive until here.
  package consuming func release() {}

  /// Says in the file who has the lock, for people.
  package func note(_ text: String) {
    _ = ftruncate(file.number, 0)
    try? Files.write(Array(text.utf8), to: file.number, path: "")
  }

  /// Whether some process has the lock; nil where there is no lock file of that inode.
  package static func isTaken(_ path: String, inode: UInt64) -> Bool? {
    var status = stat()
    guard let file = try? Descriptor(opening: path, O_RDONLY),
      fstat(file.number, &status) == 0, UInt64(status.st_ino) == inode
    else { return nil }
    return flock(file.number, LOCK_SH | LOCK_NB) != 0
  }

  private static func lock(_ path: String, _ kind: Int32) throws(SystemFailure) -> FileLock? {
    try Files.makeDirectory(above: path)
    let file = try Descriptor(opening: path, O_RDWR | O_CREAT, "lock")
    while flock(file.number, kind) != 0 {
      if errno == EWOULDBLOCK { return nil }
      guard errno == EINTR else { throw SystemFailure("lock", path) }
    }
    // The file may have been removed, with the folder it is in, between the two calls.
    var (own, there) = (stat(), stat())
    guard fstat(file.number, &own) == 0, stat(path, &there) == 0, own.st_ino == there.st_ino,
      own.st_dev == there.st_dev
    else { return nil }
    return FileLock(file, inode: UInt64(own.st_ino))
  }
}
