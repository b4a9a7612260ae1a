import Foundation
import UETModel
import UETPlanning
import UETReporting

// Prints how long planning takes on generated input of several sizes and shapes.

let floors: [(name: String, seconds: Double, make: () -> PlanningInput)] = [
  ("1,000 mixed", 0.1, { .mixed(count: 1_000, seed: 1) }),
  ("10,000 mixed", 0.2, { .mixed(count: 10_000, seed: 1) }),
  ("100,000 mixed", 3, { .mixed(count: 100_000, seed: 1) }),
  ("10,000 on one file", 1, { .oneFile(count: 10_000) }),
  ("100,000 on one file", 4, { .oneFile(count: 100_000) }),
  ("10,000 in one directory", 1, { .directory(count: 10_000) }),
  ("10,000 globs in one directory", 1, { .globs(count: 10_000) }),
  ("10,000 overlapping globs", 4, { .deepGlobs(count: 10_000) }),
  ("chain of 100,000", 4, { .chain(count: 100_000) }),
  ("200 dense", 1, { .dense(count: 200, seed: 1) }),
  ("600 dense", 2, { .dense(count: 600, seed: 1) }),
  ("1,200 dense", 3, { .dense(count: 1_200, seed: 1) }),
]

let wanted = CommandLine.arguments.dropFirst()
if wanted.first == "quality" {
  Quality.measure(files: Array(wanted.dropFirst()))
  exit(0)
}
for (name, floor, make) in floors where wanted.isEmpty || wanted.contains(where: name.contains) {
  let input = make()
  let clock = ContinuousClock()
  var plan: Plan?
  let workers = name.contains("dense") ? 16 : 4
  let planning = clock.measure {
    plan = Planner.plan(
      workstreams: input.workstreams, dependencies: input.dependencies,
      options: PlanOptions(workers: workers))
  }
  var bytes = 0
  let reporting = clock.measure {
    if let plan { bytes = PlanReport(plan).json().encoded().utf8.count }
  }
  guard let plan else { continue }
  print(
    "\(name): plan \(planning), json \(reporting) (\(bytes) bytes), floor \(floor) s, "
      + "\(plan.conflictsTotal) pairs, makespan \(plan.schedule.makespan), "
      + "bound \(plan.schedule.lowerBound)")
}

if wanted.isEmpty || wanted.contains("simulation") {
  let input = PlanningInput.mixed(count: 1_000, seed: 1)
  let plan = Planner.plan(workstreams: input.workstreams, dependencies: input.dependencies)
  for workers in [[4], Array(1...16)] {
    let took = ContinuousClock().measure {
      _ = Simulation(plan, SimulationOptions(workers: workers, trials: 1_000)).run()
    }
    print(
      "1,000 trials of 1,000 workstreams, \(workers.count) numbers of workers: \(took), floor 2 s")
  }
}

if wanted.isEmpty || wanted.contains("figures") {
  for workstreams in [36, 1_000] {
    try Figures.measure(events: 1_000_000, workstreams: workstreams)
  }
}
