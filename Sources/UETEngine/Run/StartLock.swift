import UETSystem

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
    let descriptor = acquire(in: project)
    defer { if let descriptor { close(descriptor) } }
    return try body()
  }

  /// The same for a body that waits.
  nonisolated(nonsending) static func holdingAsync<Value>(
    in project: Project, _ body: () async throws -> Value
  ) async throws -> Value {
    let descriptor = acquire(in: project)
    defer { if let descriptor { close(descriptor) } }
    return try await body()
  }

  /// The lock's descriptor, which holds it until it is closed.
  private static func acquire(in project: Project) -> Int32? {
    let folder = "\(project.stateDirectory)/locks"
    try? Files.makeDirectory(folder)
    let descriptor = open("\(folder)/start.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { return nil }
    while flock(descriptor, LOCK_EX) != 0, errno == EINTR {}
    return descriptor
  }
}
