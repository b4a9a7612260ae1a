import UETModel

/// Plays a plan many times with durations, failures and conflicts drawn at random.
///
/// Each trial draws once and is played with every number of workers, so that these are compared
/// under the same luck.
package struct Simulation {
  private let plan: Plan
  private let options: SimulationOptions
  private let attempts: [Int]
  private let gate: Int
  /// For each number of workers the order that the planner dispatches in.
  private let orders: [[Int]]

  package init(_ plan: Plan, _ options: SimulationOptions) {
    self.plan = plan
    self.options = options
    attempts = plan.workstreams.map { max(1, $0.breaker.maxAttempts ?? options.maximumAttempts) }
    let mean = plan.schedule.sequential / max(1, plan.workstreams.count)
    gate = Int(Double(mean) * options.gateShare)
    orders = options.workers.map { count in
      Scheduler(
        problem: Self.problem(plan, plan.durations.ticks, workers: count),
        isUrgent: Planner.urgent(plan.workstreams, plan.dependencies), searchSteps: 0
      ).criticalPathOrder()
    }
  }

  private static func problem(_ plan: Plan, _ ticks: [Int], workers: Int) -> ScheduleProblem {
    ScheduleProblem(
      durations: ticks, dependencies: plan.dependencies, conflicts: plan.conflictGraph,
      workers: max(1, workers))
  }

  /// For each number of workers what each trial took, in seconds or the plan's units.
  package func makespans() -> [[Double]] {
    let ticksPerSecond = plan.durations.unit == .units ? 1 : 1000.0
    return outcomes().map { $0.map { Double($0.end) / ticksPerSecond } }
  }

  private func outcomes() -> [[Outcome]] {
    var outcomes = [[Outcome]](repeating: [], count: options.workers.count)
    for trial in 0..<options.trials {
      let draw = self.draw(trial)
      for (place, count) in options.workers.enumerated() {
        outcomes[place].append(play(draw, workers: count, order: orders[place]))
      }
    }
    return outcomes
  }

  package func run() -> SimulationResult {
    let outcomes = outcomes()
    let rows = options.workers.indices.map { row(options.workers[$0], outcomes[$0]) }
    let (enough, reason) = saturation(rows)
    return SimulationResult(
      rows: rows, enough: enough, reason: reason, unit: plan.durations.unit, options: options)
  }

  /// The luck of one trial.
  private struct Draw {
    var ticks: [Int] = []
    var fails: [Bool] = []
    var costs: [Double] = []
    /// What integrating each takes.
    var integration: [Int] = []
  }

  private struct Outcome {
    let end: Int
    let cost: Double
    let isComplete: Bool
  }

  private func draw(_ trial: Int) -> Draw {
    var random = SearchRandom(seed: options.seed, part: UInt64(trial))
    var result = Draw()
    for (index, planned) in plan.durations.ticks.enumerated() {
      var (ticks, cost, tries) = (0.0, 0.0, 0)
      var isDone = false
      while !isDone, tries < attempts[index] {
        tries += 1
        ticks += Double(planned) * ratio(&random)
        cost +=
          (plan.workstreams[index].estimate.maxCostUSD ?? 0)
          * options.costTriangle.value(random.fraction())
        isDone = random.fraction() >= options.failureChance
      }
      let repair =
        random.fraction() < options.conflictChance
        ? gate + Int(Double(planned) * options.repairShare) : 0
      result.ticks.append(max(1, Int(ticks)))
      result.fails.append(!isDone)
      result.costs.append(cost)
      result.integration.append(gate + repair)
    }
    return result
  }

  private func ratio(_ random: inout SearchRandom) -> Double {
    options.durationRatios.isEmpty
      ? options.durationTriangle.value(random.fraction())
      : options.durationRatios[random.below(options.durationRatios.count)]
  }

  private func play(_ draw: Draw, workers: Int, order: [Int]) -> Outcome {
    let times = Dispatch.times(
      Self.problem(plan, draw.ticks, workers: workers), order: order, fails: draw.fails,
      capacity: options.capacity)
    var arrivals: [(end: Int, index: Int)] = []
    var (end, cost) = (0, 0.0)
    for (index, finish) in times.ends.enumerated() where finish >= 0 {
      end = max(end, finish)
      cost += draw.costs[index]
      if !draw.fails[index] { arrivals.append((finish, index)) }
    }
    arrivals.sort { ($0.end, $0.index) < ($1.end, $1.index) }
    var free = 0
    for arrival in arrivals { free = max(free, arrival.end) + draw.integration[arrival.index] }
    return Outcome(
      end: max(end, free), cost: cost, isComplete: arrivals.count == plan.workstreams.count)
  }

  private func row(_ workers: Int, _ outcomes: [Outcome]) -> SimulationResult.Row {
    let unit = Double(plan.durations.ticksPerUnit)
    let count = Double(max(1, outcomes.count))
    let within = outcomes.filter { $0.cost <= options.budget ?? .infinity }.count
    return SimulationResult.Row(
      workers: workers, makespan: .init(outcomes.map { Double($0.end) / unit }),
      cost: .init(outcomes.map(\.cost)), withinBudget: Double(within) / count,
      completes: Double(outcomes.filter(\.isComplete).count) / count)
  }

  /// The number of workers after which the median hardly falls, and what keeps it up.
  private func saturation(_ rows: [SimulationResult.Row]) -> (Int, String) {
    guard let last = rows.last else { return (0, "") }
    let enough = rows.first { $0.makespan.p50 <= last.makespan.p50 * 1.02 } ?? last
    guard enough.workers < last.workers else {
      return (enough.workers, "more than \(last.workers) workers may help still")
    }
    let path = plan.criticalPath.reduce(0) { $0 + plan.durations.ticks[$1] }
    let many = LowerBound(
      Self.problem(plan, plan.durations.ticks, workers: plan.workstreams.count)
    ).value
    let queue = gate * plan.workstreams.count
    if queue > many { return (enough.workers, "integration takes one candidate at a time") }
    if many > path { return (enough.workers, "conflicts keep the rest one after the other") }
    return (enough.workers, "the critical path takes that long with any number of workers")
  }
}
