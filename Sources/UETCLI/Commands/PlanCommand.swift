import ArgumentParser
import UETEngine
import UETModel
import UETPlanning
import UETReporting

extension DurationSource: ExpressibleByArgument {}

/// How a plan is shown.
enum PlanFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, svg, html, mermaid, dot
}

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "show what would run when, what is kept apart, and why",
    discussion: "Reads bundles, reports all their errors at once, and changes nothing.")

  @Argument(
    help: "Bundle files or directories (default: the configured directory).",
    completion: .file())
  var paths: [String] = []

  @Option(name: [.short, .long], help: "How many workstreams run at once.")
  var workers: Int?

  @Option(help: "Which durations count.")
  var durations: DurationSource = .auto

  @Option(help: "What to print.")
  var format: PlanFormat = .text

  @Flag(help: "Each workstream, all waves and what conflicts, where that is more than one screen.")
  var long = false

  @Flag(help: "The same as --format json.")
  var json = false

  @Option(
    help: ArgumentHelp(
      "Say when this workstream would start and what holds it back.", valueName: "workstream"),
    completion: Offer.declared)
  var explain: String?

  @Flag(
    help: "Compare the scopes with the files of the commit that a run would start from.")
  var checkFiles = false

  @Flag(
    help: "Count the tokens of each workstream's prompt and scope, beside what its bundle says.")
  var estimate = false

  func run() async throws {
    let context = CommandContext(.printing)
    let loader = PlanLoader(context: context, paths: paths)
    let (plan, warnings) = try context.printingProblems(asJSON: json || format == .json) {
      () throws in try loader.plan(workers: workers, durations: durations)
    }
    let report = PlanReport(
      plan, loadWarnings: warnings,
      contextTokens: estimate ? try context.project().contextTokens(of: plan.workstreams) : [:])
    if let explain {
      guard let index = WorkstreamID(explain).flatMap({ plan.index(of: $0) }) else {
        throw Refusal.unknownWorkstream(explain, known: plan.workstreams.map(\.id))
      }
      context.output.write(report.explanation(of: index, context.style))
    } else if checkFiles {
      let check = try fileCheck(of: plan, context)
      let output =
        json || format == .json
        ? check.json(plan.workstreams).encoded(.pretty) + "\n"
        : check.text(plan.workstreams, context.style)
      context.output.write(output)
    } else {
      context.output.write(text(of: report, json ? .json : format, context))
    }
  }

  private func fileCheck(
    of plan: Plan, _ context: CommandContext
  ) throws -> FileCheck {
    let project = try context.project()
    let base = try project.repository.resolveBranchFirst(project.configuration.run.base)
    let files = try project.repository.changes(from: nil, to: base).map(\.path)
    return FileCheck(plan.workstreams, files: files, tree: project.repository.baseTree(base))
  }

  private func text(
    of report: PlanReport, _ format: PlanFormat, _ context: CommandContext
  ) -> String {
    switch format {
    case .text: long ? report.text(context.style) : report.summary(context.style)
    case .json: report.json().encoded(.pretty) + "\n"
    case .svg: report.svg()
    case .html: report.html()
    case .mermaid: report.mermaid()
    case .dot: report.dot()
    }
  }
}
