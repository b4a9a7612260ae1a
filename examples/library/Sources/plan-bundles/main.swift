// plan-bundles FOLDER [WORKERS]: plans the bundles of a folder, and plays the plan with one attempt that fails.
import Foundation
import UETPlanning
import UETScheduling

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data((message + "\n").utf8))
  exit(2)
}

guard CommandLine.arguments.count > 1 else { fail("usage: plan-bundles FOLDER [WORKERS]") }
let folder = URL(filePath: CommandLine.arguments[1])
let workers = CommandLine.arguments.dropFirst(2).first.flatMap { Int($0) } ?? 4

let names: [String]
do { names = try FileManager.default.contentsOfDirectory(atPath: folder.path) } catch {
  fail("cannot read '\(folder.path)'")
}
let bundles = BundleSet(
  BundleFile.names(among: names).compactMap { name in
    (try? Data(contentsOf: folder.appending(path: name))).map {
      BundleFile(path: name, bytes: [UInt8]($0))
    }
  })
for problem in bundles.problems { print(problem) }

let plan: WorkPlan
do { plan = try bundles.plan(workers: workers) } catch { fail("the bundles have errors") }

print("\(plan.items.count) workstreams, \(plan.workers) workers: \(plan.makespan) \(plan.unit)")
for item in plan.items {
  print("  \(item.start) to \(item.finish)  \(item.id) on worker \(item.worker): \(item.reason)")
}
for bottleneck in plan.bottlenecks.prefix(3) { print("  \(bottleneck.advice)") }

// The same work, with the first of the plan failing once: when does the run end then?
let work = plan.items.enumerated().map { place, item in
  ScheduleSimulation.Work(
    id: item.id, seconds: item.duration, dependsOn: item.dependsOn, failures: place == 0 ? 1 : 0)
}
let conflicts = plan.conflicts.map {
  ScheduleSimulation.Conflict(name: $0.shared, members: [$0.first, $0.second])
}
let outcome = try ScheduleSimulation(work, conflicts: conflicts).run(workers: workers)
print("with one attempt that fails: \(outcome.end) \(plan.unit)")
for wait in outcome.waits.prefix(5) {
  print("  \(wait.start) to \(wait.end)  \(wait.id) \(wait.reason)")
}
