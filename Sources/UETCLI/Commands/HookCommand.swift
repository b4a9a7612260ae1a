import ArgumentParser
import UETModel
import UETServer
import UETSystem

struct HookCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hook",
    abstract: "judge what is pushed to a host, by hooks that are put into its repository",
    discussion: """
      On a host, 'git uet hook install' puts the hooks beside those that are there, and 'git uet hook uninstall' \
      takes away exactly that. From then on the record of runs only grows, protected branches are moved by the queue \
      alone, and the rules under 'server' in .uet/config.yaml of the branch at HEAD hold for every push.
      """,
    subcommands: [
      HookInstallCommand.self, HookUninstallCommand.self, HookPreReceiveCommand.self,
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
  @Flag(help: "Only say what would be done.") var dryRun = false

  func validate() throws {
    guard server else {
      throw ValidationError("say which hooks: '--server' for a repository that others push to")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let installation = try HookInstallation(
      directory: context.directory, environment: context.environment, isDry: dryRun)
    let changes = try await installation.install()
    for line in HookChangesView(changes, isDry: dryRun).lines { context.output.line(line) }
    for remark in try installation.remarks() { context.warning(remark) }
  }
}

struct HookUninstallCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "uninstall", abstract: "take away what 'git uet hook install' put there")

  @Flag(help: "Only say what would be done.") var dryRun = false

  func run() async throws {
    let context = CommandContext()
    let changes = try await HookInstallation(
      directory: context.directory, environment: context.environment, isDry: dryRun
    ).uninstall()
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

  @Option(
    help: ArgumentHelp("A hook to run when nothing is refused.", valueName: "path"))
  var after: String?
  @Argument(parsing: .captureForPassthrough, help: .hidden) var arguments: [String] = []

  func run() async throws {
    throw await HookCall(after: after, arguments: arguments).perform()
  }
}
