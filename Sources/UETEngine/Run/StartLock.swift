#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Lets one process at a time pass from "no run is going" to "mine is": two that start together
/// must not both find nobody.
enum StartLock {
  /// Runs `body` under the lock; without it where no lock file can be made, as in a full disk, since
  /// the chain's compare-and-swap still keeps one run from having two holders.
  static func holding<Value>(in project: Project, _ body: () throws -> Value) throws -> Value {
    let folder = "\(project.stateDirectory)/locks"
    try? Files.makeDirectory(folder)
    let descriptor = open("\(folder)/start.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return try body() }
    defer { close(descriptor) }
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    return try body()
  }
}
