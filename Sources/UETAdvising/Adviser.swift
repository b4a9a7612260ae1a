import UETModel

/// Finds what should be changed, from what runs of a plan took.
///
/// Each change is tried by itself in simulations of the plan and of the queue, under the same luck
/// as things as they are; what is not better in at least nine of ten is not advised, where
/// it takes nothing in seven of ten.
package struct Adviser {
  private let runs: [MeasuredRun]
  private let workstreams: [Workstream]
  private let dependencies: [[Int]]
  private let settings: PresentSettings
  package var trials = 200
  package var seed: UInt64 = 1

  /// With less nothing can be said.
  package static let leastResults = 6
  package static let leastDecisions = 6

  /// - Parameters:
  ///   - runs: The oldest first.
  ///   - workstreams: What the next run is to do, sorted by id.
  ///   - dependencies: For each the indices that it depends on.
  package init(
    _ runs: [MeasuredRun], workstreams: [Workstream], dependencies: [[Int]],
    settings: PresentSettings
  ) {
    (self.runs, self.workstreams, self.dependencies) = (runs, workstreams, dependencies)
    self.settings = settings
  }

  package func report(_ kinds: [Advice.Kind] = Advice.Kind.allCases) -> AdviceReport {
    let findings = Findings(runs, workstreams, dependencies, settings, trials: trials, seed: seed)
    var advice: [Advice] = []
    var silences: [AdviceReport.Silence] = []
    for kind in kinds {
      switch findings.find(kind) {
      case .advice(let found): advice += found
      case .silence(let reason):
        silences.append(AdviceReport.Silence(kind: kind, reason: reason))
      }
    }
    // What is gained of different things is compared by its part of the whole.
    advice.sort { ($0.share, $1.subject) > ($1.share, $0.subject) }
    let costs = findings.costs
    return AdviceReport(
      runs: runs.map(\.run), results: findings.results, advice: advice, silences: silences,
      forecast: costs.map {
        AdviceReport.Forecast(cost: Interval($0.totals), budget: $0.budget)
      }, trials: trials, seed: seed)
  }
}

/// The models that several kinds of advice share, made when they are first needed.
private final class Findings {
  private let runs: [MeasuredRun]
  private let workstreams: [Workstream]
  private let dependencies: [[Int]]
  private let settings: PresentSettings
  private let trials: Int
  private let seed: UInt64
  let results: Int
  private let decisions: Int

  private lazy var plan = PlanModel(
    runs, workstreams, dependencies, maximumAttempts: settings.maximumAttempts, trials: trials,
    seed: seed)
  private lazy var queue = QueueModel(runs, settings, trials: trials, seed: seed).map {
    QueueAdvice($0)
  }
  private lazy var gates = GateAdvice(settings, runs, trials: trials, seed: seed)
  lazy var costs =
    results < Adviser.leastResults
    ? nil : CostModel(runs, workstreams.map(\.id), trials: 5 * trials, seed: seed)

  init(
    _ runs: [MeasuredRun], _ workstreams: [Workstream], _ dependencies: [[Int]],
    _ settings: PresentSettings, trials: Int, seed: UInt64
  ) {
    (self.runs, self.workstreams, self.dependencies) = (runs, workstreams, dependencies)
    (self.settings, self.trials, self.seed) = (settings, trials, seed)
    results = runs.reduce(0) { $0 + $1.results }
    decisions = runs.reduce(0) { $0 + $1.decisions.count }
  }

  func find(_ kind: Advice.Kind) -> Finding {
    switch kind {
    case .workers, .scope:
      guard results >= Adviser.leastResults else {
        return .silence(
          "\(results.counting("result")) so far; it takes \(Adviser.leastResults) to say anything")
      }
      guard plan.known * 2 >= workstreams.count else {
        return .silence(
          "only \(plan.known) of the plan's \(workstreams.count.counting("workstream")) ran before")
      }
      return kind == .workers
        ? WorkersAdvice(plan, settings, runs).find() : ScopeAdvice(plan, settings, runs).find()
    case .slots, .window, .strategy:
      guard decisions >= Adviser.leastDecisions else {
        return .silence(
          "the queue decided on \(decisions.counting("candidate")) so far; it takes "
            + "\(Adviser.leastDecisions) to say anything")
      }
      guard let queue else { return .silence("no gate of the queue was measured") }
      return kind == .slots
        ? queue.slots() : kind == .window ? queue.window() : queue.strategy()
    case .inputs: return gates.inputs()
    case .warm: return gates.warm()
    case .budget:
      guard let costs else { return .silence("too few workstreams have a price so far") }
      return BudgetAdvice(costs, settings, runs).find()
    }
  }
}
