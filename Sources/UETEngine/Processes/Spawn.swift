#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Starts a program in a session of its own with one channel as its input and output.
struct Spawn {
  let executable: String
  let arguments: [String]
  let environment: [String]

  #if canImport(Darwin)
    private typealias Actions = posix_spawn_file_actions_t?
    private typealias Attributes = posix_spawnattr_t?
    private static let flags = Int16(POSIX_SPAWN_SETSID | POSIX_SPAWN_CLOEXEC_DEFAULT)
  #else
    private typealias Actions = posix_spawn_file_actions_t
    private typealias Attributes = posix_spawnattr_t
    /// POSIX_SPAWN_SETSID, which the C library declares for GNU programs only.
    private static let flags: Int16 = 0x80
  #endif

  func start(channel: Int32) throws(ProcessError) -> pid_t {
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
    posix_spawnattr_setflags(&attributes, Self.flags)
    var pid: pid_t = 0
    let code = Self.withStrings([executable] + arguments) { argv in
      Self.withStrings(environment) { environment in
        posix_spawn(&pid, executable, &actions, &attributes, argv, environment)
      }
    }
    guard code == 0 else { throw .systemCall("posix_spawn", code) }
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
