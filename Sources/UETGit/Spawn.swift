import CLibgit2

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Starts a program with one channel as its input and output, and nothing else that is open here.
///
/// Descriptors are closed in the child itself: whatever another thread opens meanwhile without
/// close-on-exec would otherwise stay open in a child that lives long, and who waits for the end of a
/// pipe would wait for that child.
package struct Spawn: Sendable {
  /// What the system said.
  package struct Failure: Error {
    package let code: Int32
  }

  /// Whose signals it gets: a Ctrl-C in the terminal is for us, not for what we start.
  package enum Group: Sendable {
    case ofItsOwn, session
  }

  private let executable: String
  private let arguments: [String]
  private let environment: [String]
  private let group: Group

  package init(_ executable: String, _ arguments: [String], environment: [String], group: Group) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.group = group
  }

  #if canImport(Darwin)
    private typealias Actions = posix_spawn_file_actions_t?
    private typealias Attributes = posix_spawnattr_t?
    private static let common = Int16(POSIX_SPAWN_CLOEXEC_DEFAULT)
    private static let setsid = Int16(POSIX_SPAWN_SETSID)
  #else
    private typealias Actions = posix_spawn_file_actions_t
    private typealias Attributes = posix_spawnattr_t
    private static let common: Int16 = 0
    /// POSIX_SPAWN_SETSID, which the C library declares for GNU programs only.
    private static let setsid: Int16 = 0x80
  #endif

  /// The child's process id; the descriptor stays open here.
  package func start(channel: Int32) throws(Failure) -> pid_t {
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
    posix_spawn_file_actions_adddup2(&actions, channel, 0)
    posix_spawn_file_actions_adddup2(&actions, channel, 1)
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    #if os(Linux)
      posix_spawn_file_actions_addclosefrom_np(&actions, 3)
    #endif
    switch group {
    case .ofItsOwn:
      posix_spawnattr_setflags(&attributes, Self.common | Int16(POSIX_SPAWN_SETPGROUP))
      posix_spawnattr_setpgroup(&attributes, 0)
    case .session: posix_spawnattr_setflags(&attributes, Self.common | Self.setsid)
    }
    var pid: pid_t = 0
    let code = Self.withStrings([executable] + arguments) { argv in
      Self.withStrings(environment) { environment in
        posix_spawn(&pid, executable, &actions, &attributes, argv, environment)
      }
    }
    guard code == 0 else { throw Failure(code: code) }
    return pid
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
