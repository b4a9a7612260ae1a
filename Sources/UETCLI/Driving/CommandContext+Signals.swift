import UETEngine

extension CommandContext {
  /// Seconds that what runs has to come to its own end, once a signal came.
  private static let patience = 10.0

  /// Does what a signal may end. At the first, what runs has a while to end, and nothing more is
  /// begun; a second ends it at once. What it leaves is put in order as after any other failure,
  /// and the status says the signal.
  func untilSignalled<Value: Sendable>(
    _ subject: String, in project: Project,
    _ body: @escaping @Sendable () async throws -> Value
  ) async throws -> Value {
    let children = project.git.watch
    let work = Task { try await body() }
    let errors = errors
    let watch = SignalWatch(
      .timed(subject, Self.patience, { work.cancel() }, { children.endAll() })
    ) { errors.line($0) }
    defer { watch.finish() }
    do {
      return try await work.value
    } catch {
      guard let status = watch.exitStatus else { throw error }
      errors.line("stopped before its end; nothing is half done")
      throw status
    }
  }
}
