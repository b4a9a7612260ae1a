import ArgumentParser
import UETEngine
import UETModel
import UETPlanning
import UETReporting

/// How a simulation is shown.
enum SimulationFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json, svg, html
}

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate", abstract: "say how long a plan may take, and with how many workers",
    discussion: """
      Tries the plan many times with durations, failures and conflicts drawn at random around what is \
      declared, and prints how the outcomes spread. The same seed gives the same numbers.
      """)

  @Argument(
    help: "Bundle files or directories (default: the configured directory).",
    completion: .file())
  var paths: [String] = []

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Numbers of workers, as 4 or 1..16.", valueName: "count|from..to"))
  var workers: String?

  @Option(help: ArgumentHelp("What the whole may cost, in US dollars.", valueName: "dollars"))
  var budget: Double?

  @Option(help: "How often the plan is tried.") var trials = 1000
  @Option(help: "Where the random numbers start.") var seed: UInt64 = 1
  @Option(help: "What to print.") var format: SimulationFormat = .text
  @Flag(help: "The same as --format json.") var json = false

  func validate() throws {
    guard (1...100_000).contains(trials) else {
      throw ValidationError("'--trials' takes a number from 1 to 100000")
    }
    if let workers, range(workers) == nil {
      throw ValidationError("'--workers' takes a number or a range such as 1..16, up to 256")
    }
  }

  func run() async throws {
    let context = CommandContext(.printing)
    let counts = workers.flatMap(range) ?? Array(1...16)
    let loader = PlanLoader(context: context, paths: paths)
    let (plan, _) = try context.printingProblems(asJSON: json || format == .json) {
      () throws in try loader.plan(workers: counts.max(), durations: .auto)
    }
    var options = SimulationOptions(workers: counts, trials: trials, seed: seed, budget: budget)
    let past = try loader.history()
    options.durationRatios = past.ratios(toPlanned: plannedSeconds(plan))
    options.failureChance = past.failureChance ?? options.failureChance
    let report = SimulationReport(Simulation(plan, options).run())
    switch json ? .json : format {
    case .text: context.output.write(report.text(context.style))
    case .json: context.output.line(report.json().encoded(.pretty))
    case .svg: context.output.write(report.svg())
    case .html: context.output.write(report.html())
    }
  }

  /// Planned durations that are times; units of their own say nothing of seconds.
  private func plannedSeconds(_ plan: Plan) -> [WorkstreamID: Double] {
    guard plan.durations.unit != .units else { return [:] }
    let known = plan.workstreams.indices.filter { !plan.durations.missing.contains($0) }
    return Dictionary(
      known.map { (plan.id($0), Double(plan.durations.ticks[$0]) / 1000) },
      uniquingKeysWith: { first, _ in first })
  }

  private func range(_ text: String) -> [Int]? {
    let allowed = 1...256
    if let count = Int(text) { return allowed.contains(count) ? [count] : nil }
    let ends = text.split(separator: ".", omittingEmptySubsequences: true).map { Int($0) }
    guard text.contains(".."), ends.count == 2, let low = ends[0], let high = ends[1], low <= high,
      allowed.contains(low), allowed.contains(high)
    else { return nil }
    return Array(low...high)
  }
}
