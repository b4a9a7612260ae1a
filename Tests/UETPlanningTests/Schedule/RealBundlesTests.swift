import Testing
import UETModel

@testable import UETPlanning

@Suite(.enabled(if: RealBundles.isPresent, "the real bundles are not here")) struct RealBundlesTests
{
  @Test func conflictsAreThoseOfTheScopes() throws {
    let (work, dependencies) = try RealBundles.load()
    #expect(work.count == 36)
    let plan = Planner.plan(workstreams: work, dependencies: dependencies)
    #expect(plan.conflictsTotal == 38)
    #expect(plan.conflicts.filter { !$0.ordered }.count == 23)
    #expect(plan.conflicts.allSatisfy { $0.reason == .scope && !$0.overlaps.isEmpty })
    #expect(plan.conflictGraph.countPairs() == 38)
    for conflict in plan.conflicts {
      for overlap in conflict.overlaps {
        let path = try #require(overlap.witness)
        #expect(overlap.left.matches(path) && overlap.right.matches(path))
      }
    }
  }

  @Test(arguments: [
    (DurationSource.unit, 2, 18.0), (.unit, 4, 9), (.unit, 8, 8), (.unit, 1000, 8),
    (.auto, 2, 35.5), (.auto, 4, 29), (.auto, 8, 29), (.auto, 1000, 29),
  ])
  func schedulesAreOptimal(source: DurationSource, workers: Int, makespan: Double) throws {
    let (work, dependencies) = try RealBundles.load()
    let plan = Planner.plan(
      workstreams: work, dependencies: dependencies,
      options: PlanOptions(workers: workers, durations: source))
    #expect(violations(of: plan) == [])
    #expect(plan.durations.json(plan.schedule.makespan).double == makespan)
    let isOptimal = plan.schedule.isOptimal
    #expect(isOptimal)
  }
}
