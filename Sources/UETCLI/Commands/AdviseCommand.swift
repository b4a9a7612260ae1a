import ArgumentParser
import UETAdvising
import UETEngine
import UETModel
import UETPlanning

/// How advice is shown.
enum AdviceFormat: String, CaseIterable, ExpressibleByArgument {
  case text, json
}

struct AdviseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "advise",
    abstract: "say what to change so that the next run is faster, from past ones",
    discussion: """
      Plays the plan and the queue many times with what runs really took, as things are and with one thing \
      changed: workers, scopes, the queue's settings, gates, a budget. What is better in nine of ten is printed \
      with what it gains, and how to do it; of the rest it says why not. Without names it goes by the last runs \
      that have ended, five at most. The same seed gives the same numbers.
      """)

  @Argument(help: "Runs to go by; '@' is the newest.", completion: Offer.run)
  var runs: [String] = []
  @Option(
    help: ArgumentHelp(
      "Bundle files or a folder with what the next run is to do (default: the newest run's plan).",
      valueName: "folder"), completion: .file())
  var plan: String?
  @Option(help: "How often each change is tried.") var trials = 480
  @Option(help: "Where the random numbers start.") var seed: UInt64 = 1
  @Option(help: "What to print.") var format: AdviceFormat = .text
  @Flag(help: "The same as --format json.") var json = false
  @Flag(help: "What each follows from, and why nothing else is advised.") var long = false

  /// Older ones tell of a project that is no more.
  private static let most = 5

  func validate() throws {
    guard (24...100_000).contains(trials) else {
      throw ValidationError("'--trials' takes a number from 24 to 100000")
    }
  }

  func run() async throws {
    let context = CommandContext(.printing)
    let isJSON = json || format == .json
    let project = try await context.projectWithFetched(reading: true)
    let named = try runs.map { try project.run(named: $0) }
    let measured = try Self.measured(named, in: project)
    guard let newest = measured.last else {
      throw Refusal(
        .usage,
        named.isEmpty
          ? "no run has ended with a result so far" : "no run that is named has a result",
        hint: "see which there are: git uet runs")
    }
    let plan = try nextPlan(newest.run, project, context, isJSON)
    var adviser = Adviser(
      measured, workstreams: plan.workstreams, dependencies: plan.dependencies.before,
      settings: project.presentSettings())
    (adviser.trials, adviser.seed) = (trials, seed)
    let report = adviser.report()
    if isJSON {
      context.print(report.json)
    } else {
      let view = AdviceView(report, context.output, context.style)
      context.output.line(view.lines(long: long).joined(separator: "\n"))
    }
  }

  /// The oldest first; with no names the newest that have ended, as far as they have results.
  private static func measured(_ named: [RunID], in project: Project) throws -> [MeasuredRun] {
    guard named.isEmpty else {
      return try Set(named).sorted().map { try project.measured($0) }.filter { $0.results > 0 }
    }
    var measured: [MeasuredRun] = []
    for run in try project.reader.runs() where measured.count < most {
      guard try project.liveHolder(of: run) == nil else { continue }
      let one = try project.measured(run)
      if one.results > 0 { measured.append(one) }
    }
    return measured.reversed()
  }

  private func nextPlan(
    _ newest: RunID, _ project: Project, _ context: CommandContext, _ isJSON: Bool
  ) throws -> Plan {
    if let plan {
      return try context.printingProblems(asJSON: isJSON) { () throws in
        try PlanLoader(context: context, paths: [plan]).plan(workers: nil, durations: .auto).plan
      }
    }
    guard let recorded = project.plan(of: newest) else {
      throw Refusal(
        .usage, "the plan of run \(newest) cannot be read any more",
        hint: "name the bundles of the next run: git uet advise --plan workstreams")
    }
    return recorded
  }
}
