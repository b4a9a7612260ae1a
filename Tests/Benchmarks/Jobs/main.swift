import UETModel
import UETSystem
import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

// What batch systems cost: reading what squeue prints of 10,000 jobs, and, where SLURM_CONF names a
// Slurm of which nothing is asked but this, handing 1,000 jobs over and watching 10,000 that wait.
//
//     jobs-benchmark [WATCHED [SECONDS]]

let clock = ContinuousClock()
let arguments = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let watched = arguments.first ?? 10_000
let seconds = arguments.dropFirst().first ?? 60

func milliseconds(_ duration: Duration) -> Int {
  Int(duration / .milliseconds(1))
}

/// Seconds of a core that this process took, and the programs that it called.
func used(children: Bool) -> Double {
  var usage = rusage()
  #if canImport(Darwin)
    getrusage(children ? RUSAGE_CHILDREN : RUSAGE_SELF, &usage)
  #else
    getrusage(__rusage_who_t(children ? -1 : 0), &usage)
  #endif
  let times = [usage.ru_utime, usage.ru_stime]
  return times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
}

func peakMemory() -> Int {
  let lines = String(decoding: Files.content(of: "/proc/self/status") ?? [], as: UTF8.self)
  let line = lines.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
  return Int(line.split(separator: " ").dropFirst().first ?? "").map { $0 / 1024 } ?? 0
}

/// Called without a Slurm: what it would print.
func recorded(_ output: String) -> JobPrograms {
  JobPrograms { _ throws(JobError) in
    JobPrograms.Answer(end: .exited(0), output: Array(output.utf8), errors: "")
  }
}

let ids = (0..<watched).map { JobID(rawValue: "\(100_000 + $0)") }
let rows = ids.map { "\($0)|PENDING|Resources|0||\n" }.joined()
let reader = SlurmJobs(programs: recorded(rows))
let start = clock.now
for _ in 0..<10 {
  let known = try await reader.look(at: ids)
  precondition(known.count == watched)
}
print("reading \(watched) rows of squeue: \(milliseconds((clock.now - start) / 10)) ms")

guard let configuration = getenv("SLURM_CONF").map({ String(cString: $0) }) else { exit(0) }
let environment = ["PATH": String(cString: getenv("PATH")), "SLURM_CONF": configuration]
let folder = Files.temporaryFolder
var place = SlurmJobs.Place()
place.options = ["--hold"]
let slurm = SlurmJobs(place, programs: .ofMachine(environment))

func orders(_ count: Int, _ name: String) -> [JobOrder] {
  (0..<count).map {
    JobOrder(
      name: "uet-\(name)-\($0)", argv: ["/bin/true", "\($0)"], environment: ["A": "1"],
      log: "\(folder)/uet-\(name)-\($0).log")
  }
}

func measured<Value>(_ words: String, _ body: () async throws -> Value) async rethrows -> Value {
  let start = clock.now
  let value = try await body()
  print("\(words): \(milliseconds(clock.now - start)) ms")
  fflush(nil)
  return value
}

/// One array of as many jobs by sbatch itself.
let script = "#!/bin/sh\nexec /bin/true\n"
let bare = try await measured("sbatch --array=0-999 by itself") {
  try await ProgramOutput(
    of: Spawn.find("sbatch", environment) ?? "sbatch",
    ["--parsable", "--hold", "--array=0-999", "--output=/dev/null"], reading: Array(script.utf8),
    environment: environment, in: nil, seconds: 60, limit: 1000)
}
let bareID = String(decoding: bare.output, as: UTF8.self).filter { $0.isNumber }
try await slurm.cancel([JobID(rawValue: bareID)])

let thousand = try await measured("handing 1,000 jobs over, alike") {
  try await slurm.submit(orders(1000, "alike")).map { try $0.get() }
}
let found = try await measured("finding them by name") { try await slurm.find(prefix: "uet-alike") }
precondition(Set(found.values) == Set(thousand))
let desk = JobDesk(slurm)
let gathered = try await measured("handing 1,000 jobs over, each by a task of its own") {
  let tasks = orders(1000, "own").map { order in Task { try await desk.submit(order) } }
  var jobs: [JobID] = []
  for task in tasks { jobs.append(try await task.value) }
  return jobs
}
try await measured("calling 2,000 jobs back") { try await slurm.cancel(thousand + gathered) }

/// Waiting jobs that are no array: the most that squeue has to say.
var single = place
single.arraySize = 1
let many = SlurmJobs(single, programs: .ofMachine(environment))
let waiting = await measured("handing \(watched) jobs over, one by one") {
  await many.submit(orders(watched, "single")).compactMap { try? $0.get() }
}
print("watching \(waiting.count) jobs for \(seconds) s")
for job in waiting { _ = await desk.follow(job) { _ in } }
try await Task.sleep(for: .seconds(5))
let before = (used(children: false), used(children: true))
try await Task.sleep(for: .seconds(seconds))
let after = (used(children: false), used(children: true))
func percent(_ used: Double) -> Double { (used / Double(seconds) * 10_000).rounded() / 100 }
print(
  "of a core: \(percent(after.0 - before.0)) % here, \(percent(after.1 - before.1)) % in squeue;",
  "\(peakMemory()) MB at most")
try await measured("calling them back") { try await slurm.cancel(waiting) }
