import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Runs commands under `uet-supervise`, one supervisor each: no descendant is left when `run`
/// returns, and none when this process is killed.
package struct Supervisor: Sendable {
  /// Path of `uet-supervise`.
  package let executable: String

  package init(executable: String) { self.executable = executable }

  /// Finds `uet-supervise`: where `UET_SUPERVISE` says, else in the directory of `executablePath`,
  /// else in `../libexec/git-uet/` from there; symbolic links are tried as they stand, then
  /// resolved.
  ///
  /// A path without a slash says nothing about a place, and is not looked for in the working
  /// directory.
  package static func locate(
    besides executablePath: String, environment: [String: String]
  ) -> String? {
    if let path = environment["UET_SUPERVISE"], !path.isEmpty {
      return Files.isProgram(path) ? path : nil
    }
    var places = [executablePath]
    if executablePath.contains("/"), let resolved = Files.real(executablePath) {
      places.append(resolved)
    }
    for place in places {
      guard let slash = place.lastIndex(of: "/") else { continue }
      for path in ["uet-supervise", "../libexec/git-uet/uet-supervise"]
      where Files.isProgram("\(place[..<slash])/\(path)") {
        return "\(place[..<slash])/\(path)"
      }
    }
    return nil
  }

  /// Finds it beside the program that runs now.
  package static func locate(environment: [String: String]) -> String? {
    #if canImport(Darwin)
      var size: UInt32 = 4096
      var bytes = [CChar](repeating: 0, count: Int(size))
      guard _NSGetExecutablePath(&bytes, &size) == 0 else { return nil }
      let path = String(cString: bytes)
    #else
      let path = Files.linked("/proc/self/exe") ?? CommandLine.arguments[0]
    #endif
    return locate(besides: path, environment: environment)
  }

  /// Runs a command to its end.
  ///
  /// Cancelling the task ends the command as `stop.stop()` does; the report still comes, when the
  /// whole tree is gone. `started` gets the identity of the supervisor, which stands for the tree,
  /// once the command runs; `pulse` is called at every beat. Both are called on the run's own
  /// thread.
  package func run(
    _ order: ProcessOrder, stop: StopSwitch = StopSwitch(),
    pulse: @escaping @Sendable (ProcessPulse) -> Void = { _ in },
    started: @escaping @Sendable (ProcessIdentity) -> Void
  ) async -> ProcessReport {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let run = SupervisedRun(
          executable: executable, order: order, stop: stop, pulse: pulse, started: started)
        do throws(SystemFailure) {
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

extension SystemFailure {
  func asEnding(_ message: String) -> ProcessEnding {
    .notStarted(errno: code, message: "\(message): \(reason)")
  }
}
