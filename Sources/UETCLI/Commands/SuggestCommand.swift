import ArgumentParser
import UETEngine
import UETModel
import UETPlanning

struct SuggestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "suggest", abstract: "say how the bundles could be split or ordered better",
    discussion: """
      Looks at which scopes overlap, at what past commits of the same workstreams really changed, and \
      at what one reads and another writes. Changes nothing.
      """)

  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try context.project()
    let (plan, _) = try context.printingProblems(asJSON: json) { () throws in
      try PlanLoader(context: context).plan(workers: nil, durations: .auto)
    }
    let touched = try await project.pastWork(of: plan.workstreams.map(\.id))
    let suggestions = Suggestions.of(plan, touched: touched)
    if json {
      context.print(["version": 1, "suggestions": .array(suggestions.map(\.json))])
      return
    }
    if suggestions.isEmpty { context.output.line("nothing to suggest") }
    for suggestion in suggestions {
      for line in context.style.wrap(suggestion.text, indent: 2, first: "- ") {
        context.output.line(line)
      }
    }
  }
}
