import ArgumentParser
import UETModel
import UETServer
import UETSystem

struct HookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hook",
    abstract: "let git call this program at pushes and merges",
    discussion: """
      On a host, 'git uet hook install' puts the hooks beside those that are there, and 'git uet hook uninstall' \
      takes away exactly that. From then on the record of runs only grows, protected branches are moved by the queue \
      alone, and the rules under 'server' in .uet/config.yaml of the branch at HEAD hold for every push. In a clone \
      they keep a push from taking away what others share, and record what is landed by hand.
      """,
    subcommands: [
      HookInstallCommand.self, HookUninstallCommand.self, HookPreReceiveCommand.self,
      HookProcReceiveCommand.self, HookPrePushCommand.self, HookPostMergeCommand.self,
    ])
}

struct HookInstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "install", abstract: "put the hooks into the repository",
    discussion: """
      A hook that is there already is kept beside, and runs after ours has nothing against the push. Doing it \
      again changes nothing, but for what a newer version or other settings want.
      """)

  @Flag(help: "The hooks of a host, to which others push.") var server = false
  @Flag(help: "The hooks of a clone, in which you work.") var client = false
  @Flag(help: "Only say what would be done.") var dryRun = false

  func validate() throws {
    guard server != client else {
      throw ValidationError(
        "say which hooks: '--server' in a repository that others push to, '--client' in a clone")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let installation = try HookInstallation(
      directory: context.directory, environment: context.environment, isDry: dryRun)
    let changes = try await installation.install(server ? .server : .client)
    for line in HookChangesView(changes, isDry: dryRun).lines { context.output.line(line) }
    for remark in server ? try installation.remarks() : [] { context.warning(remark) }
  }
}

struct HookUninstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall", abstract: "take away what 'git uet hook install' put there")

  @Flag(help: "Only say what would be done.") var dryRun = false

  func run() async throws {
    let context = CommandContext()
    let installation = try HookInstallation(
      directory: context.directory, environment: context.environment, isDry: dryRun)
    let changes = try await installation.uninstall()
    for name in try await installation.configuredNames() {
      context.warning(
        "git calls this program by 'hook.\(name)' of its configuration, which stays")
      context.errors.line("hint: git config --unset-all \("hook.\(name).event".shellQuoted)")
    }
    if changes.isEmpty { return context.output.line("no hook of git-uet is installed") }
    for line in HookChangesView(changes, isDry: dryRun).lines { context.output.line(line) }
  }
}

/// What the hook's file calls; git has said of what on the standard input.
struct HookPreReceiveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pre-receive", abstract: "judge a push, as git calls it",
    discussion: """
      Reads 'OLD NEW REFERENCE' lines, as git gives them to the hook of this name. Ends with status 1, and says \
      what, why and what to type, where anything of the push is refused.
      """)

  @OptionGroup var call: HookCallOptions

  func run() async throws {
    throw await HookCall(.preReceive, after: call.after, arguments: call.arguments).perform()
  }
}

struct HookProcReceiveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proc-receive", abstract: "queue what is pushed to refs/for, as git calls it",
    discussion: """
      Talks with git by the protocol of the hook of this name, on the standard input and output, and tells who \
      pushes where in line it is.
      """)

  @OptionGroup var call: HookCallOptions

  func run() async throws {
    throw await HookCall(.procReceive, after: call.after, arguments: call.arguments).perform()
  }
}

struct HookPrePushCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pre-push", abstract: "judge a push of this clone, as git calls it",
    discussion: """
      Stops a push that would take away or set back the record of runs on the other side, as 'git push --mirror' \
      does, and warns of one to a branch that a host's queue moves.
      """)

  @OptionGroup var call: HookCallOptions

  func run() async throws {
    throw await HookCall(.prePush, after: call.after, arguments: call.arguments).perform()
  }
}

struct HookPostMergeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "post-merge", abstract: "record what a merge has landed, as git calls it",
    discussion: """
      Where the merge brought the integration branch of a run into the run's target, that is recorded as a landing, \
      as the next command that looks at the run would do.
      """)

  @OptionGroup var call: HookCallOptions

  func run() async throws {
    throw await HookCall(.postMerge, after: call.after, arguments: call.arguments).perform()
  }
}

/// What the files of hooks give beside what git gives them.
struct HookCallOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A hook to run when nothing is refused.", valueName: "path"),
    completion: .file())
  var after: String?
  @Argument(parsing: .captureForPassthrough, help: .hidden) var arguments: [String] = []
}
