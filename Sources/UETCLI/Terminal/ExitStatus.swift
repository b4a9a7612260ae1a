import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ends the process once everything is written.
func leave(_ status: ExitStatus) -> Never { exit(Outlet.standard.close(with: status.rawValue)) }

/// The status of a program that was run for the user, passed on as it is.
struct ProgramStatus: Error, Sendable {
  let code: Int32
}

func leave(_ status: ProgramStatus) -> Never { exit(Outlet.standard.close(with: status.code)) }
