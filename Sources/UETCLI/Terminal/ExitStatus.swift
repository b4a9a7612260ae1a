#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the process ends with; the numbers are a contract with scripts.
enum ExitStatus: Int32, Error, Sendable {
  case done = 0
  /// Finished, but a workstream, gate or candidate failed.
  case failed = 1
  /// Bad usage or invalid input; nothing was changed.
  case usage = 2
  /// A person must decide.
  case decision = 3
  /// Halted by a budget or limit.
  case halted = 4
  /// Another process holds the run.
  case held = 5
  case internalError = 70
  /// SIGINT, after a drain.
  case interrupted = 130
  /// SIGTERM, after a drain.
  case terminated = 143
}

/// Ends the process once everything is written.
func leave(_ status: ExitStatus) -> Never { exit(Outlet.standard.close(with: status.rawValue)) }

/// The status of a program that was run for the user, passed on as it is.
struct ProgramStatus: Error, Sendable {
  let code: Int32
}

func leave(_ status: ProgramStatus) -> Never { exit(Outlet.standard.close(with: status.code)) }
