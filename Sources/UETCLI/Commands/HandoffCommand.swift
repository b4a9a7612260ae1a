import ArgumentParser
import UETEngine
import UETModel

struct HandoffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "handoff", abstract: "show what a result leaves to those who build on it",
    discussion: """
      Decisions, interfaces that were added or changed, constraints, files and open points, in less than 2,000 \
      tokens: as the agent said it where it was asked ('prompt.handoff') and did, else from what changed and what was \
      printed. The prompts of those who build on the result show it, as far as 'prompt.handoff_tokens' goes.
      """)

  enum Format: String, CaseIterable, ExpressibleByArgument { case text, json }

  @Argument(
    help: ArgumentHelp(
      "A run, or a workstream of the newest one.", valueName: "run-or-workstream"),
    completion: Offer.runOrWorkstream)
  private var first: String?
  @Argument(
    help: ArgumentHelp("A workstream of that run.", valueName: "workstream"),
    completion: Offer.runOrWorkstream)
  private var second: String?
  @OptionGroup private var option: RunOption
  @Option(help: "All results of a phase together.", completion: Offer.phase) var phase: String?
  @Option(help: "What to print.") var format: Format = .text
  @Flag(help: "The same as --format json.") var json = false

  /// A phase takes the place of the workstream.
  private var run: String? { (phase != nil || second != nil ? first : nil) ?? option.run }
  private var workstream: String? { phase == nil ? second ?? first : nil }

  func validate() throws {
    if phase != nil, second != nil {
      throw ValidationError("--phase PHASE stands in the place of a workstream")
    }
    if phase == nil, first == nil { throw ValidationError("name a workstream, or --phase PHASE") }
    try option.refuse(besides: phase != nil || second != nil ? first : nil)
  }

  func run() async throws {
    let context = CommandContext(.printing)
    let project = try await context.projectWithFetched(reading: true)
    let id = try project.run(named: run)
    let report: HandoffReport
    if let phase {
      report = try project.handoff(ofPhase: phase, in: id)
    } else {
      let record = try project.state(of: id).record(named: workstream ?? "")
      report = try project.handoff(of: record, in: id)
    }
    if json || format == .json { return context.print(.object(report.json(run: id))) }
    for line in report.lines { context.output.line(line.terminalSafe) }
    if let open = report.open.nonEmpty {
      context.note("no result yet: \(open.listed(5))")
    }
  }
}

extension HandoffReport {
  fileprivate var lines: [String] {
    let by = handoff.writer == .agent ? "as its agent said" : "from what changed"
    let head = tip.map { "\(subject) at \($0.short), \(by)" } ?? subject
    return [head]
      + (handoff.isEmpty ? ["it changed nothing and printed nothing"] : handoff.lines)
      .map { "  " + $0 }
  }

  fileprivate func json(run: RunID) -> JSONObject {
    var object: JSONObject = ["version": 1, "run": .string(run.rawValue)]
    object.append("subject", .string(subject))
    object.append("tip", .commit(tip))
    object.complete(with: handoff.json)
    object.append("finished", .list(finished, \.json))
    object.append("open_workstreams", .list(open, \.json))
    return object
  }
}
