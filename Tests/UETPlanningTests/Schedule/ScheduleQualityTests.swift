import Foundation
import Testing
import UETModel
import UETTestSupport

@testable import UETPlanning

/// Compares makespans with proven optima.
@Suite struct ScheduleQualityTests {
  struct Instance {
    let value: JSONValue

    func numbers(_ key: String) -> [Int] { (value[key]?.array ?? []).compactMap(\.integer) }

    func lists(_ key: String) -> [[Int]] {
      (value[key]?.array ?? []).map { ($0.array ?? []).compactMap(\.integer) }
    }

    var optimum: Int { value["makespan"]?.integer ?? 0 }
    var count: Int { numbers("durations").count }

    func plan(searchSteps: Int?) -> Plan {
      let alone = Set(numbers("alone"))
      let needs = lists("needs")
      let list = numbers("durations").enumerated().map { index, duration in
        work(
          "\(1000 + index)", writes: ["own/\(index)"] + needs[index].map { "lock\($0)" },
          parallel: !alone.contains(index), hours: Double(duration))
      }
      var options = PlanOptions(workers: value["workers"]?.integer ?? 1)
      if let searchSteps { options.searchSteps = searchSteps }
      return Planner.plan(workstreams: list, dependencies: lists("after"), options: options)
    }
  }

  static func instances() throws -> [Instance] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: folder.appending(path: "Instances/solved.jsonl"), encoding: .utf8)
    return try text.split(separator: "\n").map { Instance(value: try JSONValue(parsing: $0)) }
  }

  @Test func makespansAreCloseToTheOptimum() throws {
    var gaps: [Double] = []
    for instance in try Self.instances() where isLong || instance.count <= 20 {
      let plan = instance.plan(searchSteps: isLong ? nil : 2_000_000)
      #expect(violations(of: plan) == [])
      let made = plan.schedule.makespan / plan.durations.ticksPerUnit
      let bound = plan.schedule.lowerBound / plan.durations.ticksPerUnit
      let name = instance.value["seed"]?.string ?? ""
      #expect(bound <= instance.optimum, "a wrong bound for \(name)")
      #expect(made >= instance.optimum, "an impossible schedule for \(name)")
      let gap = Double(made) / Double(instance.optimum) - 1
      #expect(gap <= 0.05, "\(name): \(made) instead of \(instance.optimum)")
      gaps.append(gap)
    }
    #expect(gaps.reduce(0, +) / Double(gaps.count) <= 0.01)
  }
}
