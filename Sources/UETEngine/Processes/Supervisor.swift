#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Runs commands under `uet-supervise`, one supervisor each: no descendant is left when `run` returns,
/// and none when this process is killed.
package struct Supervisor: Sendable {
  /// Path of `uet-supervise`.
  package let executable: String

  package init(executable: String) { self.executable = executable }

  /// Finds `uet-supervise`: where `UET_SUPERVISE` says, else in the directory of `executablePath`,
  /// else in `../libexec/git-uet/` from there; symbolic links are tried as they stand, then resolved.
  package static func locate(
    besides executablePath: String, environment: [String: String]
  ) -> String? {
    if let path = environment["UET_SUPERVISE"], !path.isEmpty {
      return isProgram(path) ? path : nil
    }
    var places = [executablePath]
    if let resolved = realpath(executablePath, nil) {
      places.append(String(cString: resolved))
      free(resolved)
    }
    for place in places {
      let directory = place.lastIndex(of: "/").map { String(place[..<$0]) } ?? "."
      for path in ["uet-supervise", "../libexec/git-uet/uet-supervise"]
      where isProgram("\(directory)/\(path)") {
        return "\(directory)/\(path)"
      }
    }
    return nil
  }

  private static func isProgram(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && access(path, X_OK) == 0
  }

  /// Runs a command to its end.
  ///
  /// Cancelling the task ends the command as `stop.stop()` does; the report still comes, when the
  /// whole tree is gone. `started` gets the identity of the supervisor, which stands for the tree, once
  /// the command runs; `pulse` is called at every beat. Both are called on the run's own thread.
  package func run(
    _ order: ProcessOrder, stop: StopSwitch = StopSwitch(),
    pulse: @escaping @Sendable (ProcessPulse) -> Void = { _ in },
    started: @escaping @Sendable (ProcessIdentity) -> Void
  ) async -> ProcessReport {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let run = SupervisedRun(
          executable: executable, order: order, stop: stop, pulse: pulse, started: started)
        do throws(ProcessError) {
          try OwnThread.start { continuation.resume(returning: run.toItsEnd()) }
        } catch {
          continuation.resume(returning: ProcessReport(error.asEnding("cannot start a thread")))
        }
      }
    } onCancel: {
      stop.stop()
    }
  }
}

extension ProcessError {
  func asEnding(_ message: String) -> ProcessEnding {
    let code = code ?? EINVAL
    return .notStarted(errno: code, message: "\(message): \(String(cString: strerror(code)))")
  }
}
