import Foundation
import UETModel
import UETPlanning

/// Compares makespans with those of an exact solver.
enum Quality {
  static func measure(files: [String]) {
    var gaps: [(gap: Double, text: String)] = []
    var (proven, known, seconds) = (0, 0, 0.0)
    for file in files {
      guard let text = try? String(contentsOfFile: file, encoding: .utf8) else { continue }
      for line in text.split(separator: "\n") {
        guard let value = try? JSONValue(parsing: line), let optimum = value["makespan"]?.integer
        else { continue }
        let input = PlanningInput(solved: value)
        let clock = ContinuousClock()
        var plan: Plan?
        let took = clock.measure {
          plan = Planner.plan(
            workstreams: input.workstreams, dependencies: input.dependencies,
            options: PlanOptions(workers: value["workers"]?.integer ?? 1))
        }
        guard let plan else { continue }
        let made = plan.schedule.makespan / plan.durations.ticksPerUnit
        let bound = plan.schedule.lowerBound / plan.durations.ticksPerUnit
        seconds += Double(took.components.attoseconds) / 1e18 + Double(took.components.seconds)
        proven += plan.schedule.isOptimal ? 1 : 0
        known += made == optimum ? 1 : 0
        let gap = Double(made - optimum) / Double(optimum) * 100
        gaps.append(
          (
            gap,
            "\(value["seed"]?.encoded() ?? ""): \(input.workstreams.count) on \(plan.workers): "
              + "\(made), known \(optimum), bound \(bound), \(plan.holds.count) holds, \(took)"
          ))
      }
    }
    gaps.sort { $0.gap > $1.gap }
    for entry in gaps where entry.gap != 0 || gaps.count < 40 { print(entry.gap, entry.text) }
    let mean = gaps.reduce(0) { $0 + $1.gap } / Double(max(1, gaps.count))
    print(
      "\(gaps.count) instances, mean \(mean) %, worst \(gaps.first?.gap ?? 0) %, "
        + "\(known) optimal, \(proven) proven, \(seconds) s in all")
  }
}
