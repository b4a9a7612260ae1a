import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The hook that stood at the place of ours before; it runs when ours has nothing against a push.
package struct ChainedHook {
  private let path: String

  /// Nil where there is none, or git would not run it.
  package init?(_ path: String) {
    guard Files.isProgram(path) else { return nil }
    self.path = path
  }

  /// Runs it with the same input and environment; gives its exit status.
  package func run(
    _ arguments: [String], _ input: [UInt8], environment: [String: String]
  ) throws(SystemFailure) -> Int32 {
    let file = try Descriptor(unnamedIn: Files.temporaryFolder)
    try Files.write(input, to: file.number, path: Files.temporaryFolder)
    lseek(file.number, 0, SEEK_SET)
    // As git would: a name without a '/' is not looked for on the PATH.
    let program = path.contains("/") ? path : "./" + path
    let process = try Spawn(
      program, arguments, environment: environment.map { "\($0.key)=\($0.value)" }, group: .ours
    ).start(input: file.number, output: 1, error: 2)
    switch ProcessEnd(of: process) {
    case .exited(let status): return status
    case .signalled(let signal): return 128 + signal
    }
  }
}
