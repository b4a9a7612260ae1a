import UETSystem

/// Lets one process at a time pass from "no run is going" to "mine is": two that start together
/// must not both find nobody.
enum StartLock {
  /// Runs `body` under the lock; without it where no lock file can be made, as in a full disk,
  /// since the chain's compare-and-swap still keeps one run from having two holders.
  static func holding<Value>(in project: Project, _ body: () throws -> Value) throws -> Value {
    let lock = try? FileLock.wait(for: path(in: project))
    defer { withExtendedLifetime(lock) { _ in } }
    return try body()
  }

  /// Runs a body that waits under the lock.
  nonisolated(nonsending) static func holdingAsync<Value>(
    in project: Project, _ body: () async throws -> Value
  ) async throws -> Value {
    let lock = try? FileLock.wait(for: path(in: project))
    defer { withExtendedLifetime(lock) { _ in } }
    return try await body()
  }

  private static func path(in project: Project) -> String {
    "\(project.stateDirectory)/locks/start.lock"
  }
}
