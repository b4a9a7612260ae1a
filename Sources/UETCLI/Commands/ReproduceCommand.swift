import ArgumentParser
import Foundation
import UETEngine
import UETModel

struct ReproduceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reproduce",
    abstract: "make the tree on which the queue judged a candidate again, and test it again",
    discussion: """
      Checks the very merge out in a worktree of its own and runs the gate that was red, as the run \
      recorded it, in the same environment. The status is 0 when the gate says what is on record, and 1 \
      when it does not. Where a candidate was integrated, all its gates are run.
      """)

  @OptionGroup var subject: WorkstreamArguments
  @Option(help: "Run this gate instead.", completion: Offer.gate) var gate: String?
  @Flag(help: "Run gates of another clone's run that nobody has trusted.") var trust = false
  @Flag(help: "Open a shell in the worktree before it goes.") var shell = false
  @Flag(help: "Leave the worktree there.") var keep = false
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    let reproduction = try await context.showingUntrusted {
      try await Reproduction.prepare(
        subject.workstream, of: try project.run(named: subject.run), gate: gate,
        in: project.trustingAll(trust))
    }
    let view = ReproductionView(reproduction: reproduction, terminal: context.output)
    if !json { for line in view.heading { context.output.line(line) } }
    let path = try await context.untilSignalled("git", in: project) {
      try await reproduction.openWorktree()
    }
    var results: [Reproduction.Result] = []
    do {
      for name in reproduction.gates {
        let result = try await context.untilSignalled("the gate", in: project) {
          let result = try await reproduction.test(name, in: path)
          try Task.checkCancellation()
          return result
        }
        results.append(result)
        if !json { for line in view.lines(of: result) { context.output.line(line) } }
      }
      if shell { openShell(in: path, reproduction, context) }
    } catch {
      if !keep { await reproduction.closeWorktree(path) }
      throw error
    }
    if keep { context.note("the worktree stays at '\(path.terminalSafe)'") }
    if !keep { await reproduction.closeWorktree(path) }
    if json { context.print(view.json(results, path: keep ? path : nil)) }
    if results.contains(where: { $0.reproduces != true }) { throw ExitStatus.failed }
  }

  /// The user's shell in the foreground, with what a gate sees.
  private func openShell(in path: String, _ reproduction: Reproduction, _ context: CommandContext) {
    let shell = context.environment["SHELL"] ?? "/bin/sh"
    context.note("a shell in '\(path.terminalSafe)'; leave it with 'exit'")
    let process = Process()
    process.executableURL = URL(fileURLWithPath: shell)
    process.currentDirectoryURL = URL(fileURLWithPath: path)
    process.environment = reproduction.environment
    do { try process.run() } catch {
      context.warning("cannot start '\(shell.terminalSafe)': \(error.localizedDescription)")
      return
    }
    process.waitUntilExit()
  }
}
