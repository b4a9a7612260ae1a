import Testing
import UETModel
import UETTestSupport

@testable import UETPlanning

@Suite struct SmallPlanTests {
  @Test func reasonsAndGroups() {
    let plan = Planner.plan(
      workstreams: [
        work("a", writes: ["docs/"]), work("b", creates: ["docs/x.md"]),
        work("c", writes: ["c"], group: "db"), work("d", writes: ["d"], group: "db"),
        work("e", writes: ["e"], parallel: false),
      ],
      dependencies: [[], [0], [], [], []], options: PlanOptions(workers: 8))
    #expect(violations(of: plan) == [])
    #expect(plan.conflictsTotal == 6)
    #expect(
      plan.conflicts.map(\.reason) == [.scope, .serial, .serial, .conflictGroup, .serial, .serial])
    #expect(plan.conflicts[0].ordered)
    #expect(plan.conflicts[0].overlaps.map(\.witness) == ["docs/x.md"])
    #expect(plan.conflicts[0].overlaps[0].rightField == .filesCreate)
    #expect(plan.conflicts[3].group == "db")
    #expect(plan.conflictGraph.countPairs() == 6)
    #expect(plan.schedule.makespan == 3)
    #expect(plan.schedule.isOptimal)
  }

  @Test func readersGetAWarningUnlessTheyWait() {
    let work = [work("a", writes: ["docs/"]), work("b", writes: ["b"], reads: ["docs/x.md"])]
    let plan = Planner.plan(workstreams: work, dependencies: [[], []])
    #expect(plan.conflicts.isEmpty)
    #expect(plan.warnings.map(\.code) == [.readWriteOverlap])
    #expect(plan.warnings[0].workstreams.map(\.rawValue) == ["ws-b", "ws-a"])
    #expect(Planner.plan(workstreams: work, dependencies: [[], [0]]).warnings.isEmpty)
  }

  @Test func foregroundGoesFirst() {
    let plan = Planner.plan(
      workstreams: [
        work("a", writes: ["a"], background: true), work("b", writes: ["b"]),
        work("c", writes: ["c"], background: true), work("d", writes: ["d"]),
      ],
      dependencies: [[], [], [], [2]], options: PlanOptions(workers: 1))
    #expect(plan.order == [2, 1, 3, 0])
  }

  @Test func aSelectionBringsWhatItNeeds() throws {
    let work = [work("a", writes: ["a"]), work("b", writes: ["b"]), work("c", writes: ["c"])]
    let wanted = try #require(WorkstreamID("ws-c"))
    let plan = Planner.plan(
      workstreams: work, dependencies: [[], [], [0]], selecting: [wanted])
    #expect(plan.workstreams.map(\.id.rawValue) == ["ws-a", "ws-c"])
    #expect(plan.dependencies.before == [[], [0]])
    #expect(plan.index(of: wanted) == 1)
  }

  @Test func nothingIsNoTrap() {
    let plan = Planner.plan(workstreams: [], dependencies: [], options: PlanOptions(workers: 0))
    #expect(plan.schedule.makespan == 0 && plan.waves.isEmpty && plan.schedule.isOptimal)
  }

  @Test func aLongChainNeedsNoRecursion() {
    let count = isLong ? 100_000 : 20_000
    let chain = (0..<count).map { index in
      work("\(1_000_000 + index)", writes: ["f\(index)"])
    }
    let plan = Planner.plan(
      workstreams: chain, dependencies: (0..<count).map { $0 == 0 ? [] : [$0 - 1] })
    #expect(plan.schedule.makespan == count)
    #expect(plan.criticalPath.count == count)
  }
}
