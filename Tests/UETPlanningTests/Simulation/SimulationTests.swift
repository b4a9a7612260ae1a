import Testing
import UETModel
import UETTestSupport

@testable import UETPlanning

@Suite struct SimulationTests {
  static func plan() -> Plan {
    let list = (0..<12).map { index in
      var one = work("\(100 + index)", writes: [index < 4 ? "docs/" : "f\(index)"], hours: 2)
      one.estimate.maxCostUSD = 1
      return one
    }
    return Planner.plan(
      workstreams: list, dependencies: list.indices.map { $0 == 11 ? [10] : [] })
  }

  @Test func theSameSeedGivesTheSameResult() {
    let options = SimulationOptions(workers: [1, 2, 4, 8], trials: 50, seed: 7, budget: 8)
    let first = Simulation(Self.plan(), options).run()
    #expect(first == Simulation(Self.plan(), options).run())
    var other = options
    other.seed = 8
    #expect(first != Simulation(Self.plan(), other).run())
  }

  @Test func moreWorkersHelpUntilTheConflictsDoNotLetThem() {
    let result = Simulation(
      Self.plan(), SimulationOptions(workers: Array(1...10), trials: 100)
    ).run()
    #expect(result.rows[0].makespan.p50 > 2 * result.rows[3].makespan.p50)
    #expect(result.enough >= 3 && result.enough <= 7)
    #expect(result.reason.contains("conflicts"))
    for row in result.rows {
      #expect(row.makespan.p50 <= row.makespan.p90 && row.makespan.p90 <= row.makespan.p95)
    }
  }

  @Test func withoutLuckItIsThePlan() {
    var options = SimulationOptions(workers: [3], trials: 3)
    options.durationRatios = [1]
    options.failureChance = 0
    options.conflictChance = 0
    options.gateShare = 0
    let row = Simulation(Self.plan(), options).run().rows[0]
    #expect(row.makespan.p50 == 8 && row.makespan.p95 == 8)
    #expect(row.completes == 1)
  }

  @Test func whatAlwaysFailsNeverCompletes() {
    var options = SimulationOptions(workers: [2], trials: 5, budget: 0.01)
    options.failureChance = 1
    let row = Simulation(Self.plan(), options).run().rows[0]
    #expect(row.completes == 0 && row.withinBudget == 0)
  }
}
