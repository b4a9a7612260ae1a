import ArgumentParser
import UETEngine

struct InitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "prepare a repository: configuration, an example, ignore rules",
    discussion: "Files that exist are kept as they are, so that running it again changes nothing.")

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    guard let workTree = project.repository.workTree else {
      throw CommandFailure(
        .usage, "this operation must be run in a work tree",
        hint: "clone the repository and run 'git uet init' there")
    }
    let changes = try context.reporting { try ProjectSetup(workTree: workTree).apply() }
    for change in changes {
      switch change {
      case .created(let name): context.output.line("created  \(name)")
      case .extended(let name): context.output.line("extended \(name)")
      case .kept(let name): context.output.line("kept     \(name)")
      }
    }
    context.output.line()
    context.output.line("next: git uet plan    (see what would run, and why)")
    context.output.line("      git uet run     (run it)")
  }
}
