import UETModel
import UETPlanning

/// A plan with the durations that were measured, to be played under the same luck in many ways.
///
/// What was measured is not known exactly: it is played in several worlds, in each of which the
/// means of durations and the machine's capacity are others that may be behind the measurements. So
/// the mean of a world is an expectation, and how these lie apart says how sure it is.
struct PlanModel {
  private struct World {
    let seconds: [WorkstreamID: Double]
    let options: SimulationOptions
  }

  let workstreams: [Workstream]
  private let dependencies: [[Int]]
  private let worlds: [World]
  /// How many can be at work at full speed; nil where nothing says that they slow each other down.
  let capacity: Double?
  /// How many workstreams of the plan were measured.
  let known: Int
  /// Over how many repetitions of the same work the spread of durations was seen; 0 where it is
  /// assumed.
  let repetitions: Int

  private static let worldCount = 24
  /// Fewer repetitions say too little of how durations spread.
  private static let leastRepetitions = 8
  /// Workstreams times trials times variants: more take longer than anybody waits.
  private static let most = 6_000_000
  /// Of mean 1, since it is around what was measured.
  private static let assumed = SimulationOptions.Triangle(low: 0.6, mode: 0.9, high: 1.5)

  /// - Parameter workstreams: Sorted by id.
  init(
    _ runs: [MeasuredRun], _ workstreams: [Workstream], _ dependencies: [[Int]],
    maximumAttempts: Int, trials: Int, seed: UInt64
  ) {
    (self.workstreams, self.dependencies) = (workstreams, dependencies)
    let fit = ContentionFit(
      runs, estimates: workstreams.reduce(into: [:]) { $0[$1.id] = $1.estimate.duration })
    let likeliest = fit.likeliest
    capacity = fit.capacities[likeliest]
    let measured = fit.alone(likeliest)
    known = workstreams.count { measured[$0.id] != nil }
    let seen = Self.ratios(measured)
    let ratios = seen.count >= Self.leastRepetitions ? seen : []
    repetitions = ratios.count
    var options = SimulationOptions()
    let affordable = Self.most / max(1, workstreams.count * 20)
    options.trials = max(2, min(trials, affordable) / Self.worldCount)
    options.durationRatios = ratios
    options.durationTriangle = Self.assumed
    let ended = runs.flatMap { $0.attempts.values.joined() }.filter { $0.hasResult || $0.isFailure }
    options.failureChance = Double(ended.count(where: \.isFailure)) / Double(max(1, ended.count))
    options.maximumAttempts = maximumAttempts
    (options.gateShare, options.conflictChance) = (0, 0)
    worlds = (0..<Self.worldCount).map { number in
      var random = SearchRandom(seed: seed, part: UInt64(number))
      let place = fit.likeliest(&random)
      var options = options
      options.capacity = fit.capacities[place]
      options.seed = random.next()
      let alone = fit.alone(place).sorted { $0.key < $1.key }
      let seconds = alone.reduce(into: [WorkstreamID: Double]()) { result, each in
        let ratio =
          ratios.isEmpty
          ? Self.assumed.value(random.fraction()) : ratios[random.below(ratios.count)]
        let error = (ratio - 1) / Double(each.value.count).squareRoot()
        result[each.key] = max(0.001, each.value.mean * (1 + error))
      }
      return World(seconds: Self.filled(seconds, workstreams), options: options)
    }
  }

  /// What is not known takes what its estimate says, by what estimates were worth, or as long as
  /// most.
  private static func filled(
    _ known: [WorkstreamID: Double], _ workstreams: [Workstream]
  ) -> [WorkstreamID: Double] {
    let ratios = workstreams.compactMap { each -> Double? in
      guard let real = known[each.id], let said = each.estimate.duration, said > 0 else {
        return nil
      }
      return real / said
    }
    let usual = known.isEmpty ? 1 : Array(known.values).median
    var result = known
    for each in workstreams where result[each.id] == nil {
      result[each.id] =
        each.estimate.duration.map { $0 * (ratios.isEmpty ? 1 : ratios.median) } ?? usual
    }
    return result
  }

  /// How much each time differs from the mean of the same workstream's.
  private static func ratios(_ measured: [WorkstreamID: [Double]]) -> [Double] {
    measured.sorted { $0.key < $1.key }.flatMap { _, values -> [Double] in
      guard values.count > 1, values.mean > 0 else { return [] }
      // Around their own mean a few values lie closer than around that of all.
      let wider = (Double(values.count) / Double(values.count - 1)).squareRoot()
      return values.map { max(0.05, 1 + ($0 / values.mean - 1) * wider) }
    }
  }

  /// For each number of workers what a run takes on average, in seconds, in each world; the same
  /// luck for all calls.
  func makespans(workers: [Int], with changed: [WorkstreamID: Workstream] = [:]) -> [[Double]] {
    let workstreams = workstreams.map { changed[$0.id] ?? $0 }
    var result = [[Double]](repeating: [], count: workers.count)
    for world in worlds {
      var choice = PlanOptions(workers: 1, durations: .history, history: world.seconds)
      choice.searchSteps = 0
      let plan = Planner.plan(
        workstreams: workstreams, dependencies: dependencies, options: choice)
      var options = world.options
      options.workers = workers
      for (place, trials) in Simulation(plan, options).makespans().enumerated() {
        result[place].append(trials.mean)
      }
    }
    return result
  }

  /// Who must not run beside whom.
  func conflicts(with changed: [WorkstreamID: Workstream] = [:]) -> ConflictGraph {
    ConflictGraph(workstreams.map { changed[$0.id] ?? $0 })
  }

  func dependencies(of index: Int) -> [Int] { dependencies[index] }
}
