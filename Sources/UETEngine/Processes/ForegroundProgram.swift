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

  /// Runs it to its end with this process's own input and output, and gives its exit status as a shell
  /// would. Signals that the terminal sends are its own to heed meanwhile.
  ///
  /// Throws where it cannot be started.
  package func run() throws(SystemFailure) -> Int32 {
    var pid = pid_t()
    let code = start(&pid)
    guard code == 0 else { throw SystemFailure("run", argv[0], code: code) }
    let signals = [SIGINT, SIGQUIT]
    for number in signals { signal(number, SIG_IGN) }
    defer { for number in signals { signal(number, SIG_DFL) } }
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    let ending = status & 0x7F
    return ending == 0 ? (status >> 8) & 0xFF : 128 + ending
  }

  #if canImport(Darwin)
    private typealias Attributes = posix_spawnattr_t?
  #else
    private typealias Attributes = posix_spawnattr_t
  #endif

  /// What this process does not want to be ended by ends others.
  private static func withUsualSignals(_ body: (UnsafePointer<Attributes>) -> Int32) -> Int32 {
    #if canImport(Darwin)
      var attributes: Attributes = nil
    #else
      var attributes = Attributes()
    #endif
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    for number in [SIGPIPE, SIGXFSZ] { sigaddset(&signals, number) }
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
    return body(&attributes)
  }

  private func start(_ pid: inout pid_t) -> Int32 {
    var arguments = argv.map { strdup($0) } + [nil]
    // Git's own variables would lead a git there to another repository.
    let passed = environment.filter { !$0.key.hasPrefix("GIT_") }
    var variables = passed.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    // This process does nothing else meanwhile, so that its own folder may change.
    if chdir(folder) != 0 { return errno }
    return Self.withUsualSignals {
      posix_spawnp(&pid, argv[0], nil, $0, &arguments, &variables)
    }
  }
}
