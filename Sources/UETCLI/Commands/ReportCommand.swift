import ArgumentParser
import UETEngine
import UETReporting

/// How the figures of a run are shown.
enum ReportFormat: String, CaseIterable, ExpressibleByArgument {
  case text, markdown, json, csv
}

struct ReportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "show where a run's time went, and what it cost",
    discussion: """
      Shows the newest run unless one is named, also one that goes on. Every moment of a workstream counts for \
      one thing: work, a gate, or what it waited for; time in which nothing worked on the run counts for \
      nothing. 'csv' has a line a workstream.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Option(help: "What to print.") var format: ReportFormat = .text
  @Flag(help: "The same as --format json.") var json = false
  @Flag(help: "List every workstream.") var all = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    let metrics = try project.metrics(of: try project.run(named: subject.run))
    var view = ReportView(metrics: metrics, terminal: context.output, style: context.style)
    if all { view.most = .max }
    switch json ? .json : format {
    case .text: context.output.line(view.text.joined(separator: "\n"))
    case .markdown: context.output.line(view.markdown.joined(separator: "\n"))
    case .json: context.print(metrics.json)
    case .csv: context.output.line(metrics.csv.joined(separator: "\n"))
    }
  }
}
