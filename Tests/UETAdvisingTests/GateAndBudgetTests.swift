import Testing
import UETModel
import UETTestSupport

@testable import UETAdvising

/// Gates of which the world knows what they read, and plans of which it knows what they cost.
@Suite struct GateAndBudgetTests {
  static let seeds = Seeds(short: 40, long: 200)

  /// Three gates, each of one folder, or of all that there is; candidates that change some folders.
  private struct GateWorld {
    let reads: [Set<Int>]
    let seconds: [Double]
    let touches: [Double]
    /// What watching adds to each run, as a part of it.
    let watching = 0.03

    init(seed: UInt64) {
      var random = SeededGenerator(seed: seed)
      reads = (0..<3).map { gate in random.oneIn(3) ? [0, 1, 2] : [gate] }
      seconds = (0..<3).map { _ in Double.random(in: 10...300, using: &random) }
      touches = (0..<3).map { _ in Double.random(in: 0.05...1, using: &random) }
    }

    /// The folders that each of the next candidates changes.
    func changes(_ seed: UInt64, count: Int) -> [Set<Int>] {
      var random = SeededGenerator(seed: seed)
      return (0..<count).map { _ in
        let changed = (0..<3).filter {
          Double.random(in: 0..<1, using: &random) < touches[$0] * 0.6
        }
        return changed.isEmpty ? [Int.random(in: 0..<3, using: &random)] : Set(changed)
      }
    }

    func history(_ seed: UInt64) -> MeasuredRun {
      var random = SeededGenerator(seed: seed)
      var run = MeasuredRun(run: RunID(startedAt: Timestamp(seconds: 0), salt: 1))
      for (number, folders) in changes(seed, count: 16).enumerated() {
        let id = PlanWorld.id(number)
        run.changed[id] = folders.sorted().map { "f\($0)/a.txt" }
        for gate in 0..<3 {
          run.gates.append(
            MeasuredRun.GateRun(
              gate: "GATE_\(gate)", workstream: id, isOfQueue: true,
              seconds: seconds[gate] * Double.random(in: 0.8...1.2, using: &random)))
        }
      }
      return run
    }

    /// What gates take in all where these count for what they read.
    func cost(_ chosen: Set<Int>) -> Double {
      changes(77_777, count: 400).reduce(0) { sum, folders in
        sum
          + (0..<3).reduce(0) { sum, gate in
            guard chosen.contains(gate) else { return sum + seconds[gate] }
            return sum
              + (reads[gate].isDisjoint(with: folders) ? 0 : seconds[gate] * (1 + watching))
          }
      }
    }

    var settings: PresentSettings {
      var settings = PresentSettings()
      settings.queueGates = (0..<3).map { "GATE_\($0)" }
      settings.gates = (0..<3).map { gate in
        PresentSettings.Gate(
          name: "GATE_\(gate)", folders: reads[gate].sorted().map { "f\($0)" })
      }
      return settings
    }
  }

  @Test func gatesThatReadLittleAreFound() {
    let all = Self.seeds.all
    let wrong = all.compactMap { seed -> String? in
      let world = GateWorld(seed: seed)
      let adviser = Adviser(
        [world.history(seed * 3 + 1)], workstreams: [], dependencies: [], settings: world.settings)
      let chosen = Set(
        adviser.report([.inputs]).advice.compactMap { $0.subject.last?.wholeNumberValue })
      let costs = (0..<8).map { bits in
        world.cost(Set((0..<3).filter { bits >> $0 & 1 == 1 }))
      }
      let (cost, best) = (world.cost(chosen), costs.min() ?? 0)
      return cost > best * 1.02 ? "seed \(seed): \(chosen) \(Int(cost)), best \(Int(best))" : nil
    }
    print("inputs: \(all.count - wrong.count) of \(all.count) right, seeds 1 to \(all.count)")
    #expect(wrong.count <= all.count / 10, "\(wrong.joined(separator: "\n"))")
  }

  private struct CostWorld {
    let means: [Double]
    let spread: Double

    init(seed: UInt64) {
      var random = SeededGenerator(seed: seed)
      means = (0..<Int.random(in: 8...30, using: &random)).map { _ in
        Double.random(in: 0.1...3, using: &random)
      }
      spread = Double.random(in: 0.1...0.4, using: &random)
    }

    func costs(_ seed: UInt64) -> [WorkstreamID: Double] {
      var random = SeededGenerator(seed: seed)
      var costs: [WorkstreamID: Double] = [:]
      for (index, mean) in means.enumerated() {
        // The product of factors: skew, as what conversations cost is.
        let factor = (0..<4).reduce(1.0) { product, _ in
          product * (1 + spread * Double.random(in: -0.87...0.87, using: &random))
        }
        costs[PlanWorld.id(index)] = mean * factor
      }
      return costs
    }

    func run(_ seed: UInt64) -> MeasuredRun {
      var run = MeasuredRun(run: RunID(startedAt: Timestamp(seconds: 0), salt: 1))
      run.costs = costs(seed)
      for id in run.costs.keys {
        run.attempts[id] = [MeasuredRun.Attempt(start: 0, end: 1, hasResult: true)]
      }
      return run
    }

    func adviser(_ runs: [MeasuredRun], budget: Double? = nil) -> Adviser {
      var settings = PresentSettings()
      settings.budget = budget
      return Adviser(
        runs, workstreams: means.indices.map { work(String(1000 + $0).dropFirst().description) },
        dependencies: means.map { _ in [] }, settings: settings)
    }
  }

  /// Nine budgets of ten cover the run that follows, and none is much larger than it need be.
  @Test func theBudgetCoversTheNextRun() {
    let all = Self.seeds.all
    var (covered, close) = (0, 0)
    for seed in all {
      let world = CostWorld(seed: seed)
      let runs = (0..<2 + seed % 3).map { world.run(seed * 100 + $0) }
      guard let budget = world.adviser(runs).report([.budget]).forecast?.budget else { continue }
      if world.costs(seed * 100 + 50).values.reduce(0, +) <= budget { covered += 1 }
      let totals = (0..<200).map { world.costs(9_000_000 + $0).values.reduce(0, +) }.sorted()
      if budget <= 1.15 * totals.quantile(0.9) { close += 1 }
    }
    print(
      "budget: \(covered) of \(all.count) cover the next run, \(close) are within 15 % of what "
        + "does, seeds 1 to \(all.count)")
    #expect(Double(covered) >= 0.85 * Double(all.count))
    #expect(Double(close) >= 0.9 * Double(all.count))
  }

  @Test func aBudgetIsRaisedOnlyWhereItStopsRuns() {
    let all = Self.seeds.all
    let wrong = all.filter { seed in
      let world = CostWorld(seed: seed)
      let runs = (0..<3).map { world.run(seed * 100 + $0) }
      let totals = (0..<200).map { world.costs(9_000_000 + $0).values.reduce(0, +) }.sorted()
      let low = world.adviser(runs, budget: totals.quantile(0.2)).report([.budget])
      let high = world.adviser(runs, budget: 1.3 * totals.quantile(0.95)).report([.budget])
      return low.advice.isEmpty || !high.advice.isEmpty
    }
    print("budgets: \(all.count - wrong.count) of \(all.count) right, seeds 1 to \(all.count)")
    #expect(wrong.count <= all.count / 10, "\(wrong)")
  }
}
