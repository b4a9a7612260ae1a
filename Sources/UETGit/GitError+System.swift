import UETSystem

extension GitError {
  /// What the system said of a path.
  init(_ failure: SystemFailure) {
    self =
      failure.isFullDisk
      ? .diskFull(path: failure.path, detail: failure.reason)
      : .readOnly(path: failure.path, detail: failure.reason)
  }

  /// What it said to the call that was made last, on `path`.
  static func system(_ path: String) -> GitError { GitError(SystemFailure("use", path)) }

  /// The value of a call on files, or its failure as one of the repository.
  @discardableResult
  static func onDisk<Value>(
    _ call: @autoclosure () throws(SystemFailure) -> Value
  ) throws(GitError) -> Value {
    do throws(SystemFailure) { return try call() } catch { throw GitError(error) }
  }
}
