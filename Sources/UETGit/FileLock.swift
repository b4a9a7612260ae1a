#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An exclusive lock on a file, among tasks and processes; let go by its owner's end or death.
package struct FileLock: ~Copyable, Sendable {
  private let descriptor: Int32

  /// Waits up to `seconds` for the lock.
  package init(at path: String, seconds: Int) async throws(GitError) {
    let clock = ContinuousClock()
    let end = clock.now.advanced(by: .seconds(seconds))
    var pause = Duration.milliseconds(1)
    while true {
      if let descriptor = try Self.take(path) {
        self.descriptor = descriptor
        return
      }
      if clock.now >= end { throw .lockTimeout(path: path) }
      // Cancelling the task must not turn the wait into a spin.
      await Task { [pause] in try? await Task.sleep(for: pause) }.value
      pause = min(pause * 2, .milliseconds(20))
    }
  }

  deinit { close(descriptor) }

  /// Lets go; giving the value up explicitly keeps it alive until here.
  package consuming func release() {}

  /// The locked file, or nil where another has it.
  private static func take(_ path: String) throws(GitError) -> Int32? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .system(path) }
    // The file may have been removed, with the folder it is in, between the two calls.
    var (own, there) = (stat(), stat())
    if flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &own) == 0,
      stat(path, &there) == 0, own.st_ino == there.st_ino, own.st_dev == there.st_dev
    {
      return descriptor
    }
    close(descriptor)
    return nil
  }
}
