import CHiddenSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Starts a program: with the streams it is given, and nothing else that is open here.
///
/// Descriptors are closed in the child itself: whatever another thread opens meanwhile without
/// close-on-exec would otherwise stay open in a child that lives long, and who waits for the end of
/// a pipe would wait for that child. On Linux that is an action of the start; elsewhere a flag of
/// it (`POSIX_SPAWN_CLOEXEC_DEFAULT`). Signals that are ignored or held up here are not so there.
package struct Spawn: Sendable {
  /// Whose signals it gets: a Ctrl-C in the terminal is for us, not for most of what we start.
  package enum Group: Sendable {
    case ofItsOwn, session, ours
  }

  private let executable: String
  private let arguments: [String]
  private let environment: [String]
  private let folder: String?
  private let group: Group
  /// Signals that are held up there until it says what it does with them. One for the terminal's
  /// foreground can come before the child is in a session of its own, and would end it.
  package var heldUp: [Int32] = []

  /// `folder`: where it works; nil for where this process does.
  package init(
    _ executable: String, _ arguments: [String], environment: [String], in folder: String? = nil,
    group: Group
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.folder = folder
    self.group = group
  }

  /// The first executable file `name` on the PATH of an environment; nil where there is none.
  package static func find(_ name: String, _ environment: [String: String]) -> String? {
    (environment["PATH"] ?? "").split(separator: ":").filter { $0.first == "/" }
      .map { "\($0)/\(name)" }.first(where: Files.isProgram)
  }

  #if canImport(Darwin)
    private typealias Actions = posix_spawn_file_actions_t?
    private typealias Attributes = posix_spawnattr_t?
    private static let common = POSIX_SPAWN_CLOEXEC_DEFAULT
    private static let setsid = POSIX_SPAWN_SETSID
  #else
    private typealias Actions = posix_spawn_file_actions_t
    private typealias Attributes = posix_spawnattr_t
    private static let common: Int32 = 0
    /// POSIX_SPAWN_SETSID, which the C library declares for GNU programs only.
    private static let setsid: Int32 = 0x80
  #endif

  /// The child's process id. The descriptors that become its input, output and error stay open
  /// here; nil stands for nothing to read, or nobody who reads.
  package func start(
    input: Int32?, output: Int32?, error: Int32?
  ) throws(SystemFailure) -> pid_t {
    #if canImport(Darwin)
      var actions: Actions = nil
      var attributes: Attributes = nil
    #else
      var actions = Actions()
      var attributes = Attributes()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    for (stream, descriptor) in [input, output, error].enumerated() {
      let flags = stream == 0 ? O_RDONLY : O_WRONLY
      if let descriptor {
        posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(stream))
      } else {
        posix_spawn_file_actions_addopen(&actions, Int32(stream), "/dev/null", flags, 0)
      }
    }
    if let folder { posix_spawn_file_actions_addchdir_np(&actions, folder) }
    #if os(Linux)
      posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    #endif
    configure(&attributes)
    var pid: pid_t = 0
    let code = Self.withStrings([executable] + arguments) { argv in
      Self.withStrings(environment) { environment in
        posix_spawn(&pid, executable, &actions, &attributes, argv, environment)
      }
    }
    guard code == 0 else { throw SystemFailure("run", executable, code: code) }
    return pid
  }

  private func configure(_ attributes: inout Attributes) {
    var (all, mask) = (sigset_t(), sigset_t())
    sigfillset(&all)
    for number in [SIGKILL, SIGSTOP] { sigdelset(&all, number) }
    sigemptyset(&mask)
    for number in heldUp { sigaddset(&mask, number) }
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &mask)
    var flags = Self.common | Int32(POSIX_SPAWN_SETSIGDEF) | Int32(POSIX_SPAWN_SETSIGMASK)
    switch group {
    case .ofItsOwn:
      flags |= Int32(POSIX_SPAWN_SETPGROUP)
      posix_spawnattr_setpgroup(&attributes, 0)
    case .session: flags |= Self.setsid
    case .ours: break
    }
    posix_spawnattr_setflags(&attributes, Int16(flags))
  }

  /// A null-terminated list of C strings that lives as long as `body`.
  private static func withStrings<Result>(
    _ list: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = list.map { strdup($0) } + [nil]
    defer { for copy in copies { free(copy) } }
    return body(copies)
  }
}

/// How a process ended.
package enum ProcessEnd: Hashable, Sendable {
  case exited(Int32)
  case signalled(Int32)

  /// Waits for the end of a child; blocks.
  package init(of child: pid_t) {
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0, errno == EINTR {}
    self.init(status: status)
  }

  /// Takes the end of a child that has one; nil where it still runs.
  package init?(ofEnded child: pid_t) {
    var status: Int32 = 0
    guard waitpid(child, &status, WNOHANG) == child else { return nil }
    self.init(status: status)
  }

  private init(status: Int32) {
    let signal = status & 0x7F
    self = signal == 0 ? .exited((status >> 8) & 0xFF) : .signalled(signal)
  }
}
