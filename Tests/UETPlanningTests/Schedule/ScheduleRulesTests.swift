import Testing
import UETModel
import UETTestSupport

@testable import UETPlanning

/// Random plans keep every rule, whatever their shape.
@Suite struct ScheduleRulesTests {
  /// Up to 24 workstreams with scopes, groups, dependencies and some that run alone.
  static func random(_ random: inout SplitMix) -> ([Workstream], [[Int]]) {
    let count = 1 + random.below(24)
    let paths = ["a", "a/b", "a/*", "b", "b/c", "c", "d", "e", "f", "{e,f}/x", "**/g"]
    var list: [Workstream] = []
    var dependencies: [[Int]] = []
    for index in 0..<count {
      let writes = (0..<random.below(3)).map { _ in random.pick(paths) } + ["own/\(index)"]
      list.append(
        work(
          "\(100 + index)", writes: writes, reads: random.chance(20) ? [random.pick(paths)] : [],
          group: random.chance(20) ? random.pick(["x", "y"]) : nil, parallel: !random.chance(5),
          background: random.chance(10),
          hours: random.chance(50) ? Double(1 + random.below(12)) / 2 : nil))
      let needs = (0..<random.below(3)).compactMap { _ in index > 0 ? random.below(index) : nil }
      dependencies.append(Set(needs).sorted())
    }
    return (list, dependencies)
  }

  @Test(arguments: seeds(8, long: 400))
  func everyRuleIsKept(seed: UInt64) {
    var random = SplitMix(seed: seed)
    let (list, dependencies) = Self.random(&random)
    for workers in [1, 2, 3, 5, 1000] {
      var options = PlanOptions(workers: workers, durations: random.pick([.auto, .unit]))
      options.searchSteps = 100_000
      let plan = Planner.plan(workstreams: list, dependencies: dependencies, options: options)
      #expect(violations(of: plan) == [], "replay with UET_SEED=\(seed)")
      #expect(plan.schedule.lowerBound <= plan.schedule.makespan, "UET_SEED=\(seed)")
      #expect(plan.conflictGraph.countPairs() == plan.conflictsTotal, "UET_SEED=\(seed)")
      #expect(Self.groupsHoldEveryPair(plan), "replay with UET_SEED=\(seed)")
      #expect(Self.engineStarts(plan) == plan.schedule.slots.map(\.start), "UET_SEED=\(seed)")
    }
  }

  /// What a dispatcher does that knows only the plan's order, conflicts and holds.
  private static func engineStarts(_ plan: Plan) -> [Int] {
    var starts = [Int](repeating: -1, count: plan.workstreams.count)
    let ticks = plan.durations.ticks
    var now = 0
    while true {
      for index in plan.order where starts[index] < 0 {
        let isReady = plan.dependencies.before[index].allSatisfy {
          starts[$0] >= 0 && starts[$0] + ticks[$0] <= now
        }
        let isHeld = (plan.holds[index] ?? []).contains { starts[$0] < 0 }
        let running = starts.indices.filter { starts[$0] >= 0 && starts[$0] + ticks[$0] > now }
        guard isReady, !isHeld, running.count < plan.workers else { continue }
        if plan.conflictGraph.isExclusive[index], !running.isEmpty { break }
        if running.contains(where: { plan.conflictGraph.areInConflict($0, index) }) { continue }
        starts[index] = now
      }
      let ends = starts.indices.filter { starts[$0] >= 0 }.map { starts[$0] + ticks[$0] }
      guard let next = ends.filter({ $0 > now }).min() else { return starts }
      now = next
    }
  }

  private static func groupsHoldEveryPair(_ plan: Plan) -> Bool {
    var pairs: Set<[Int]> = []
    for group in ConflictGroup.all(plan.conflictGraph) {
      let others = group.withAll ? Array(plan.workstreams.indices) : group.others ?? []
      for member in group.members {
        for other in group.members + others where other != member {
          pairs.insert([min(member, other), max(member, other)])
        }
      }
    }
    return pairs == Set(plan.conflicts.map { [$0.left, $0.right] })
  }

  @Test func theSameInputGivesTheSamePlan() {
    var random = SplitMix(seed: 42)
    let (list, dependencies) = Self.random(&random)
    let first = Planner.plan(workstreams: list, dependencies: dependencies)
    let second = Planner.plan(workstreams: list, dependencies: dependencies)
    #expect(first.schedule.slots == second.schedule.slots && first.order == second.order)
    #expect(first.waves == second.waves && first.holds == second.holds)
  }

  @Test func backgroundWorkDoesNotDelayForegroundWork() {
    let list = [
      work("a", writes: ["x"], background: true, hours: 10), work("b", writes: ["b"], hours: 1),
      work("c", writes: ["x"], hours: 5),
    ]
    let plan = Planner.plan(workstreams: list, dependencies: [[], [], [1]])
    #expect(plan.schedule.slots.map { plan.durations.json($0.start) } == [6, 0, 1])
    #expect(plan.holds == [0: [2]])
    #expect(violations(of: plan) == [])
  }
}
