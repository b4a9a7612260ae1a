import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A program that takes over the terminal for a while: a shell or an editor, in a folder.
package struct ForegroundProgram: Sendable {
  private let argv: [String]
  private let folder: String
  private let environment: [String: String]

  /// `argv[0]` is looked up in the `PATH` of `environment`.
  package init(_ argv: [String], in folder: String, environment: [String: String]) {
    self.argv = argv
    self.folder = folder
    self.environment = environment
  }

  /// Runs it to its end with this process's own input and output, and gives its exit status as a
  /// shell would. Signals that the terminal sends are its own to heed meanwhile.
  ///
  /// Throws where it cannot be started.
  package func run() throws(SystemFailure) -> Int32 {
    let found = argv[0].contains("/") ? argv[0] : Spawn.find(argv[0], environment)
    guard let found else { throw SystemFailure("run", argv[0], code: ENOENT) }
    // Git's own variables would lead a git there to another repository.
    let passed = environment.filter { !$0.key.hasPrefix("GIT_") }.map { "\($0.key)=\($0.value)" }
    let program = Spawn(
      found, Array(argv.dropFirst()), environment: passed, in: folder, group: .ours)
    let child = try program.start(input: 0, output: 1, error: 2)
    // What this process does at these is as before afterwards.
    let signals = [SIGINT, SIGQUIT].map { (number: $0, before: signal($0, SIG_IGN)) }
    defer { for (number, before) in signals { signal(number, before) } }
    switch ProcessEnd(of: child) {
    case .exited(let status): return status
    case .signalled(let number): return 128 + number
    }
  }
}
