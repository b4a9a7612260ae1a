import ArgumentParser
import UETEngine
import UETGit
import UETLedger
import UETModel

struct SyncCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sync", abstract: "share runs, notes and branches with other clones",
    discussion: """
      Fetches what other clones have, merges it in, and pushes what they have not: all at once or \
      nothing. A run's record only ever grows; nothing of yours is overwritten. Runs of other clones \
      can be looked at, and only their own clone goes on with them.
      """)

  @Argument(
    help: ArgumentHelp(
      "The remote (default: the one of the current branch, or origin), or a run to share it alone, or both.",
      valueName: "remote-or-run"),
    completion: Offer.remoteOrRun)
  var places: [String] = []
  @Flag(name: [.customShort("n"), .long], help: "Say what would be done, and change nothing.")
  var dryRun = false
  @Flag(
    help: ArgumentHelp(
      "Do not run the pre-push hook.", discussion: "By default it runs, as for 'git push'."))
  var noVerify = false
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    guard places.count < 3 else { throw ValidationError("one remote and one run at most") }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "share the record")
    let sharing = try await Sharing.prepare(places, in: project)
    let progress = NetworkProgress(context.errors)
    var network = SealedGit.Network()
    network.mayAsk = ProcessEnvironment.hasTerminal
    network.runsHooks = !noVerify
    network.listener = { progress.hear($0) }
    let report = try await context.untilSignalled("what is sent", in: project) {
      [network, dryRun] in
      try await sharing.perform(isDry: dryRun, network: network)
    }
    let view = SyncView(
      report: report, remote: sharing.remote, isDry: dryRun, terminal: context.output)
    if json {
      context.print(view.json)
    } else {
      for line in view.lines { context.output.line(line) }
    }
    if !dryRun { await tellHolders(project, context) }
    tellForgotten(project, sharing.remote, context)
    for line in view.complaints(on: context.errors) { context.errors.line(line) }
    if !report.isClean { throw ExitStatus.failed }
  }

  /// What the host has and this clone does not take in, because a person said so.
  private func tellForgotten(_ project: Project, _ remote: String, _ context: CommandContext) {
    let there = project.forgottenRuns(on: remote)
    guard let first = there.first else { return }
    let (more, them) = there.count > 1 ? (" and \(there.count - 1) more", "them") : ("", "it")
    context.note(
      "'\(remote.terminalSafe)' has run '\(first)'\(more), forgotten here and not taken in; to have \(them) "
        + "again: git config --local --unset-all uet.forgotten \(first)")
  }

  /// What other clones decided counts at once where a process of this clone works on the run.
  private func tellHolders(_ project: Project, _ context: CommandContext) async {
    for (run, answer) in await project.askHoldersToAdmit() {
      if let answer, answer.outcome != .refused {
        context.note("run '\(run)': \(answer.message.terminalSafe)")
      } else {
        context.note("other clones decided on run '\(run)'; see: git uet review \(run)")
      }
    }
  }
}
