import Testing
import UETTestSupport

@testable import UETScheduling

@Suite struct BudgetSimulationTests {
  /// Whatever programs spend and whenever the orchestrator dies: no budget is overspent by more
  /// than a request an attempt, nothing is counted twice or lost, no run gets stuck, and one that
  /// is halted says so and goes on.
  @Test func budgetsHold() {
    let failure = Seeds(short: 1000, long: 100_000, also: [6386]).firstFailure(
      filter: "budgetsHold"
    ) { seed in
      var world = try BudgetWorld(seed: seed)
      try world.runToTheEnd()
      try world.checkEnd()
    }
    #expect(failure == nil, "\(failure ?? "")")
  }
}
