import ArgumentParser
import UETEngine
import UETReporting

/// How sums of costs are shown.
enum CostFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, csv
}

struct CostCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cost", abstract: "show the tokens and costs that a run's workers reported",
    discussion: """
      Shows the newest run unless one is named. Only what was reported is counted: by a tool's adapter, or \
      by the work itself with 'git uet signal usage'. What has no price is counted apart, and never as 0.
      """)

  @OptionGroup var subject: RunArgument<NewestRun>
  @Option(
    help: ArgumentHelp(
      "Add up by 'workstream', 'step' (one attempt), 'worker', 'model', 'tool' or 'phase'.",
      valueName: "what"))
  var by: CostGrouping = .workstream
  @Option(help: "What to print.") var format: CostFormat = .text
  @Flag(help: "The same as --format json.") var json = false

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try context.project(reading: true)
    let id = try project.run(named: subject.run)
    let report = try project.cost(of: id, by: by)
    switch json ? .json : format {
    case .text: show(report, context)
    case .json: context.print(report.json)
    case .csv: context.output.line(report.csv.joined(separator: "\n"))
    }
  }

  private func show(_ report: CostReport, _ context: CommandContext) {
    let all = report.total
    guard !report.lines.isEmpty else {
      context.output.line("run \(all.run): nothing was reported")
      context.errors.line(
        "hint: a worker reports with: git uet signal usage --model M --input N --output N")
      return
    }
    context.output.line("run \(all.run)")
    context.output.line(report.table.joined(separator: "\n"))
    if all.leastUSD < all.costUSD {
      context.note(
        "it is \(all.leastUSD.asMoney) at least: of some sessions only the sum of tokens is known")
    }
    if all.unpriced > 0 {
      context.note("\(all.unpriced) of \(all.reports) reports have no cost: see 'git uet prices'")
    }
  }
}

extension CostGrouping: ExpressibleByArgument {}
