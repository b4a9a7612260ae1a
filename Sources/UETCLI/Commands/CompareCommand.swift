import ArgumentParser
import UETEngine
import UETModel
import UETReporting

/// How a comparison is shown.
enum ComparisonFormat: String, CaseIterable, ExpressibleByArgument {
  case text, markdown, json
}

struct CompareCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "show what became better and worse from run to run",
    discussion: """
      Compares each run that is named with the first; with one name, the newest with that one; with none, the \
      newest with the one before it. The time of workstreams that have a result in both is paired, and \
      a test says whether the difference is more than noise; of a run's own figures there is only one each, so nothing can say that of them.
      """)

  @Argument(
    help: "Runs, the one to compare with first; '@' is the newest.", completion: Offer.run)
  var runs: [String] = []
  @Option(help: "What to print.") var format: ComparisonFormat = .text
  @Flag(help: "The same as --format json.") var json = false
  @Flag(help: "List every workstream.") var all = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    var names = try runs.map { try project.run(named: $0) }
    if names.isEmpty { names = try project.reader.runs().prefix(2).reversed() }
    if runs.count == 1 { names.append(try project.run(named: "@")) }
    guard names.count > 1, Set(names).count == names.count else {
      throw Refusal(
        .usage,
        names.count > 1 ? "a run is not compared with itself" : "it takes two runs to compare",
        hint: "see which there are: git uet runs")
    }
    let metrics = try names.map { try project.metrics(of: $0) }
    let comparisons = metrics.dropFirst().map { RunComparison(metrics[0], $0) }
    if json || format == .json {
      context.print(["version": 1, "comparisons": .array(comparisons.map(\.json))])
      return
    }
    for (place, comparison) in comparisons.enumerated() {
      if place > 0 { context.output.line() }
      var view = ComparisonView(comparison, context.output, context.style)
      if all { view.most = .max }
      let lines = format == .markdown ? view.markdown : view.text
      context.output.line(lines.joined(separator: "\n"))
    }
  }
}
