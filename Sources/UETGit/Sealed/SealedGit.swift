import UETSystem

/// `git` as a child process that nothing but its arguments, the configuration files and the
/// repository itself can steer.
///
/// Each child gets an explicit git directory, an environment without `GIT_*`, no hooks, no file
/// system monitor, no automatic gc and no prompt. Arguments go as an array, never through a shell.
package struct SealedGit: Sendable {
  package let repository: Repository
  private let executable: String?
  let environment: [String: String]
  /// `environment` with what the user set up for reaching other hosts.
  private let networkEnvironment: [String: String]
  /// What is known of worktrees by this process's own hand.
  let memory = CheckoutMemory()
  /// The configuration and attributes that work on content goes by, where they are fixed.
  var fixed: FixedSettings?
  private let hooks: HookSettings
  /// Who the user's environment says to commit as.
  let identity: [String: String]
  /// All children that are under way.
  package let watch = ChildWatch()

  /// Finds git by the PATH of `environment`; that it is missing is said by the first call.
  package init(repository: Repository, environment: [String: String]) {
    self.repository = repository
    self.environment = ChildEnvironment.sealed(environment)
    networkEnvironment = ChildEnvironment.network(environment)
    executable = Spawn.find("git", environment)
    hooks = HookSettings(repository.configuration)
    identity = environment.filter { $0.key.hasPrefix("GIT_COMMITTER_") }
  }

  /// What `run` may be told beside the arguments.
  package struct Options: Sendable {
    /// The root of the checkout to work in; nil for commands that need none.
    package var workTree: String?
    /// The git directory of a linked worktree; nil for the repository's common one.
    package var gitDirectory: String?
    package var input: [UInt8] = []
    package var environment: [String: String] = [:]
    /// Whether all that is written must be on the disk when the child ends.
    package var isDurable = false
    /// Off for the few commands that refuse to take paths as they are.
    package var hasLiteralPaths = true
    /// The most bytes of output that are taken.
    package var limit = 256 << 20
    /// More settings, as `KEY=VALUE`.
    package var settings: [String] = []
    /// How long it may take, where that is less than any git may.
    package var time: Duration?
    /// Set for a command that talks to another host.
    package var network: Network?
    /// The folder of hooks that may run.
    fileprivate var hooks: String?
    /// Whether `gitDirectory` is a repository of its own, and no worktree of this one.
    package var standsAlone = false

    package init() {}
  }

  package typealias Output = ChildOutput

  /// How a command that talks to another host may do so.
  package struct Network: Sendable {
    /// Whether a person at a terminal can be asked for a password.
    package var mayAsk = false
    /// Whether the user's own `pre-push` hook runs; no other ever does.
    package var runsHooks = false
    /// Given what git and the host say, as it comes.
    package var listener: @Sendable ([UInt8]) -> Void = { _ in }

    package init() {}
  }

  /// Runs git to its end, whatever its status is.
  ///
  /// A cancelled task does not kill the child at once, which could leave a lock behind: it has some
  /// time to end by itself. What is killed in a linked worktree leaves no lock there.
  nonisolated(nonsending) package func run(
    _ arguments: [String], _ configure: (inout Options) -> Void = { _ in }
  ) async throws(GitError) -> Output {
    var options = Options()
    configure(&options)
    let hook =
      options.network?.runsHooks == true
      ? try PushHook(repository, home: environment["HOME"]) : nil
    options.hooks = hook?.folder
    let child = try child(arguments, options)
    let result = await watch.run(child, limit: options.time)
    switch result {
    case .failure(.gitOverdue), .failure(.gitStopped): removeLocks(options.gitDirectory)
    default: break
    }
    return try result.get()
  }

  /// A worktree's own index and HEAD are changed by nobody but the one who works in it.
  private func removeLocks(_ gitDirectory: String?) {
    guard let gitDirectory, gitDirectory.hasPrefix(repository.commonDirectory + "/worktrees/")
    else { return }
    for name in ["index.lock", "HEAD.lock"] { try? Files.remove("\(gitDirectory)/\(name)") }
  }

  /// git with these arguments, not started yet.
  func child(_ arguments: [String], _ options: Options) throws(GitError) -> Child {
    guard let executable else { throw .gitMissing }
    let all = globalArguments(options) + arguments
    for argument in all where argument.utf8.contains(0) { throw .invalidArgument(argument) }
    var variables = options.network == nil ? environment : networkEnvironment
    if options.network?.mayAsk == true { variables["GIT_TERMINAL_PROMPT"] = nil }
    variables["GIT_CONFIG_PARAMETERS"] =
      options.network?.runsHooks == true ? hooks.allButPush : hooks.none
    if let directory = options.gitDirectory, directory != repository.commonDirectory,
      !options.standsAlone
    {
      // The `commondir` file may have been replaced by who works in the worktree.
      variables["GIT_COMMON_DIR"] = repository.commonDirectory
    }
    if let fixed, options.network == nil, !options.standsAlone, Self.isOfContent(arguments) {
      variables.merge(try fixed.environment()) { _, new in new }
    }
    variables.merge(options.environment) { _, new in new }
    return Child(
      executable: executable, name: Self.name(of: arguments), arguments: all,
      environment: variables, directory: options.workTree ?? repository.commonDirectory,
      input: options.input, limit: options.limit,
      sharesTerminal: options.network?.mayAsk ?? false, listener: options.network?.listener)
  }

  /// Runs git and throws unless it ends with status 0.
  @discardableResult
  nonisolated(nonsending) package func check(
    _ arguments: [String], _ configure: (inout Options) -> Void = { _ in }
  ) async throws(GitError) -> Output {
    let output = try await run(arguments, configure)
    if output.status != 0 { throw Self.failure(arguments, output) }
    return output
  }

  /// The failure of a child as an error; its first line of complaint is the detail.
  static func failure(_ arguments: [String], _ output: Output) -> GitError {
    let lines = output.stderr.split(separator: "\n")
    let line = lines.first { $0.hasPrefix("fatal: ") } ?? lines.first ?? "no message"
    let detail = line.hasPrefix("fatal: ") ? line.dropFirst(7) : line
    if detail.hasSuffix("No space left on device") {
      return .diskFull(path: name(of: arguments), detail: String(detail))
    }
    return .gitFailed(
      command: name(of: arguments), status: output.status, detail: String(detail))
  }

  /// The command as errors name it, without the settings in front of it.
  private static func name(of arguments: [String]) -> String {
    var rest = arguments[...]
    while rest.first == "-c" { rest = rest.dropFirst(2) }
    return "git " + (rest.first ?? "")
  }

  private func globalArguments(_ options: Options) -> [String] {
    var result = [
      "--git-dir=" + (options.gitDirectory ?? repository.commonDirectory),
      "--no-replace-objects",
    ]
    if options.hasLiteralPaths { result.append("--literal-pathspecs") }
    if let workTree = options.workTree { result.append("--work-tree=" + workTree) }
    for setting in settings(options) { result += ["-c", setting] }
    return result
  }

  private func settings(_ options: Options) -> [String] {
    var result = Self.settings
    result += options.settings
    if options.isDurable { result.append("core.fsync=all") }
    result.append("core.hooksPath=" + (options.hooks ?? "/dev/null"))
    if options.network?.mayAsk != true { result.append("credential.interactive=false") }
    return result
  }

  /// The first four keep others' code from running, the rest keep the result the same everywhere.
  private static let settings = [
    "core.fsmonitor=false", "core.protectHFS=true", "core.protectNTFS=true",
    "protocol.ext.allow=never", "gc.auto=0", "maintenance.auto=false",
    "core.splitIndex=false",
    "core.untrackedCache=false", "index.sparse=false", "core.quotePath=false",
    "commit.gpgSign=false", "submodule.recurse=false",
  ]
}
