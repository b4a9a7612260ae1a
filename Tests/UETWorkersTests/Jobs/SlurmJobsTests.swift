import Synchronization
import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETWorkers

/// What Slurm is asked, and how its answers are read; these are recorded from Slurm 22.05.
@Suite struct SlurmJobsTests {
  private func jobs(_ ids: String...) -> [JobID] { ids.map { JobID(rawValue: $0) } }

  private func states(_ output: String, of ids: [JobID]) -> [JobID: JobState] {
    SlurmRows(ids).states(in: Array(output.utf8))
  }

  @Test(
    arguments: [
      ("COMPLETED|None|0|n1", .completed), ("FAILED|NonZeroExitCode|768|n1", .failed(3)),
      ("FAILED|NonZeroExitCode|35072|n1", .failed(137)),
      ("FAILED|JobLaunchFailure|9|n1", .signalled(9)),
      ("FAILED|JobLaunchFailure|0:15|n1", .signalled(15)),
      ("FAILED|BadConstraints|0|", .unknown),
      ("CANCELLED|None|15|n3", .cancelled), ("CANCELLED|BeginTime|0|", .cancelled),
      ("CANCELLED|None|1792|n3", .cancelled),
      ("TIMEOUT|TimeLimit|15|n1", .timedOut), ("TIMEOUT|TimeLimit|0|n1", .timedOut),
      ("NODE_FAIL|NodeDown|0|n2", .nodeLost), ("PREEMPTED|None|0|n2", .nodeLost),
      ("OUT_OF_MEMORY|OutOfMemory|0:125|n1", .outOfMemory),
    ] as [(String, JobEnding.Kind)])
  func endings(columns: String, kind: JobEnding.Kind) {
    let ids = jobs("7")
    guard case .ended(let ending) = states("7|\(columns)|\n", of: ids)[ids[0]] else {
      Issue.record("not ended")
      return
    }
    #expect(ending.kind == kind)
  }

  @Test func wordsAreSlurms() {
    let ids = jobs("7")
    let ending = JobEnding(.nodeLost, words: "NODE_FAIL NodeDown 0:0")
    #expect(states("7|NODE_FAIL|NodeDown|0|n2|\n", of: ids) == [ids[0]: .ended(ending)])
  }

  @Test(
    arguments: [
      ("PENDING|None|0|", .waiting(reason: nil, isHopeless: false)),
      ("PENDING|Resources|0|", .waiting(reason: "Resources", isHopeless: false)),
      ("PENDING|BeginTime|0|", .waiting(reason: "BeginTime", isHopeless: false)),
      (
        "PENDING|ReqNodeNotAvail, UnavailableNodes:n1|0|",
        .waiting(reason: "ReqNodeNotAvail, UnavailableNodes:n1", isHopeless: false)
      ),
      ("PENDING|PartitionConfig|0|", .waiting(reason: "PartitionConfig", isHopeless: true)),
      ("PENDING|JobHeldUser|0|", .waiting(reason: "JobHeldUser", isHopeless: true)),
      (
        "PENDING|AssocMaxCpuPerJobLimit|0|",
        .waiting(reason: "AssocMaxCpuPerJobLimit", isHopeless: true)
      ),
      (
        "PENDING|launch failed requeued held|0|",
        .waiting(reason: "launch failed requeued held", isHopeless: true)
      ),
      ("RUNNING|None|0|n1", .running(node: "n1")),
      ("COMPLETING|None|15|n1", .running(node: "n1")),
      ("CONFIGURING|None|0|n1", .running(node: "n1")),
      ("SUSPENDED|None|0|n1", .running(node: "n1")),
      ("SOMETHING_NEW|None|0|", .running(node: nil)),
    ] as [(String, JobState)])
  func living(columns: String, state: JobState) {
    let ids = jobs("7")
    #expect(states("7|\(columns)|\n", of: ids) == [ids[0]: state])
  }

  @Test func tasksThatWaitStandTogether() {
    let ids = jobs("6_0", "6_2", "6_4", "6_9", "8", "9_1")
    let output = """
      6_[1-3,9%4]|PENDING|Resources|0||
      6_0|RUNNING|None|0|n1|
      5_[0-99]|PENDING|Resources|0||
      8|RUNNING|None|0|n1|
      CLUSTER: other

      """
    let waiting = JobState.waiting(reason: "Resources", isHopeless: false)
    #expect(
      states(output, of: ids) == [
        ids[0]: .running(node: "n1"), ids[1]: waiting, ids[3]: waiting,
        ids[4]: .running(node: "n1"),
      ])
  }

  @Test func indexes() {
    #expect(SlurmIndexes("[1-3,7,10-14:2%4]").text == "1-3,7,10,12,14")
    #expect(SlurmIndexes("4").text == "4")
    #expect(SlurmIndexes([3, 1, 2, 9, 2]).text == "1-3,9")
    #expect(SlurmIndexes("nonsense").first == nil)
  }

  // MARK: What is called

  private final class Programs: Sendable {
    let calls = Mutex<[JobPrograms.Call]>([])
    let answers: [String: (Int32, String, String)]

    init(_ answers: [String: (Int32, String, String)]) { self.answers = answers }

    var jobs: SlurmJobs { SlurmJobs(programs: programs) }

    var programs: JobPrograms {
      JobPrograms { call throws(JobError) in
        self.calls.withLock { $0.append(call) }
        guard let (status, output, errors) = self.answers[call.argv[0]] else {
          throw .unreachable("'\(call.argv[0])' did not answer in 60 seconds")
        }
        return JobPrograms.Answer(end: .exited(status), output: Array(output.utf8), errors: errors)
      }
    }
  }

  private func order(
    _ name: String, _ resources: [String: Int] = [:], environment: [String: String] = ["A": "1,2"]
  ) -> JobOrder {
    JobOrder(
      name: name, argv: ["/bin/echo", "it's \(name)"], environment: environment,
      resources: Resources(resources), timeLimit: 3600, log: "/logs/100%/\(name).log")
  }

  @Test func oneJob() async throws {
    let programs = Programs(["sbatch": (0, "Welcome!\n123;cluster\n", "")])
    let resources = ["cpu": 1500, "memory": 1 << 30, "disk": 1, "gpu": 2, "license": 1]
    let results = await programs.jobs.submit([order("uet-r-a", resources)])
    #expect(results == [.success(JobID(rawValue: "123"))])
    let call = try #require(programs.calls.withLock { $0.first })
    #expect(
      call.argv == [
        "sbatch", "--parsable", "--export=ALL", "--job-name=uet-r-a",
        "--output=/logs/100%%/uet-r-a.log", "--open-mode=append", "--chdir=/", "--requeue",
        "--nodes=1", "--ntasks=1", "--signal=B:TERM@60", "--time=60:00", "--cpus-per-task=2",
        "--mem=1024M", "--tmp=1M", "--gres=gpu:2",
      ])
    #expect(call.environment == ["A": "1,2"])
    #expect(!call.isPassed("SBATCH_EXPORT") && !call.isPassed("SECRET") && call.isPassed("PATH"))
  }

  @Test func alikeIsOneArray() async throws {
    let programs = Programs(["sbatch": (0, "77\n", "")])
    var orders = (0..<1500).map { order("uet-r-\($0)", ["cpu": 1000]) }
    orders.append(order("uet-s-x", ["cpu": 2000]))
    let results = await programs.jobs.submit(orders)
    #expect(results[3] == .success(JobID(rawValue: "77_3")))
    #expect(results[1499] == .success(JobID(rawValue: "77_499")))
    #expect(results[1500] == .success(JobID(rawValue: "77")))
    let calls = programs.calls.withLock { $0 }
    #expect(calls.count == 3)
    let arrays = calls.filter { $0.argv.contains("--job-name=uet-r-*") }
    #expect(arrays.contains { $0.argv.contains("--array=0-999") })
    #expect(arrays.contains { $0.argv.contains("--output=/logs/100%%/uet-%A_%a.out") })
  }

  @Test func refusedAndUnreachable() async {
    let refused = Programs([
      "sbatch": (1, "", "sbatch: error: Batch job submission failed: Invalid account\n")
    ])
    let words = "sbatch: error: Batch job submission failed: Invalid account"
    #expect(
      await refused.jobs.submit([order("a"), order("b")]) == [
        .failure(.refused(words)), .failure(.refused(words)),
      ])
    let down = Programs([
      "sbatch": (1, "", "sbatch: error: Unable to contact slurm controller (connect failure)\n")
    ])
    #expect(
      await down.jobs.submit([order("a")]) == [
        .failure(
          .unreachable("sbatch: error: Unable to contact slurm controller (connect failure)"))
      ])
    let silent = Programs([:])
    #expect(
      await silent.jobs.submit([order("a")]) == [
        .failure(.unreachable("'sbatch' did not answer in 60 seconds"))
      ])
  }

  @Test func cancelNamesEachArrayOnce() async throws {
    let programs = Programs([
      "scancel": (1, "", "scancel: error: Kill job error on job id 9: Invalid job id specified\n")
    ])
    try await programs.jobs.cancel(jobs("9", "6_1", "6_2", "6_3", "6_8", "7_0"))
    #expect(programs.calls.withLock { $0.map(\.argv) } == [["scancel", "9", "6_[1-3,8]", "7_[0]"]])
  }

  /// As sinfo of Slurm 22.05 prints it; cores of drained nodes are among the others.
  @Test func idleCoresAreThoseOfThePartition() async throws {
    let programs = Programs(["sinfo": (0, "short*|10/6/0/16\nlong|0/30/2/32\n", "")])
    #expect(try await programs.jobs.idleCores() == 6)
    var place = SlurmJobs.Place()
    place.partition = "short,long"
    let chosen = SlurmJobs(place, programs: programs.programs)
    #expect(try await chosen.idleCores() == 36)
    place.options = ["-p", "long"]
    _ = try await SlurmJobs(place, programs: programs.programs).idleCores()
    let asked = programs.calls.withLock { $0.map { $0.argv.last } }
    #expect(asked == ["--format=%P|%C", "--partition=short,long", "--partition=long"])
    let none = Programs(["sinfo": (0, "\n", "")])
    #expect(try await none.jobs.idleCores() == nil)
  }

  /// Run by a real shell as Slurm would.
  @Test func scriptRunsTheTaskOfItsIndex() async throws {
    let folder = TemporaryDirectory()
    var orders = ["a", "b"].map { name in
      JobOrder(
        name: name, argv: ["/bin/sh", "-c", "echo \"$0 $A $B ${HOME-none}\"", "it's \(name)"],
        environment: ["A": "common", "B": "o'wn \(name)"], log: "\(folder.path)/\(name).log")
    }
    orders[0].environment["C"] = "only"
    let script = SlurmScript(orders: orders)
    #expect(script.common == ["A": "common"])
    for _ in 0..<2 {
      try Files.write([], to: "\(folder.path)/uet-5_1.out")
      let output = try await ProgramOutput(
        of: "/bin/sh", [], reading: Array(script.text(without: ["HOME"]).utf8),
        environment: [
          "A": "common", "HOME": "/root", "PATH": "/usr/bin:/bin", "SLURM_ARRAY_JOB_ID": "5",
          "SLURM_ARRAY_TASK_ID": "1",
        ], in: "/", seconds: 20, limit: 1000)
      #expect(output.end == .exited(0))
      #expect(output.errors == [])
    }
    // The first went to where Slurm writes; that became the log, to which the second adds.
    #expect(Files.text("\(folder.path)/b.log") == "it's b common o'wn b none")
    #expect(SlurmScript.names(in: script.text(without: [])).map(\.1) == ["a", "b"])
  }

  @Test func foundByNameInTheArraysScript() async throws {
    let orders = ["uet-r-a", "uet-r-b", "uet-r-c"].map { order($0) }
    let programs = Programs([
      "squeue": (0, "5_[1-2]|uet-r-*\n5_0|uet-r-*\n8|uet-r-d\n9|other\n10_[0-9]|uet-s-*\n", ""),
      "scontrol": (0, SlurmScript(orders: orders).text(without: []), ""),
    ])
    let found = try await programs.jobs.find(prefix: "uet-r-")
    #expect(
      found == [
        "uet-r-a": JobID(rawValue: "5_0"), "uet-r-b": JobID(rawValue: "5_1"),
        "uet-r-c": JobID(rawValue: "5_2"), "uet-r-d": JobID(rawValue: "8"),
      ])
    #expect(try await programs.jobs.find(prefix: "uet-r-b") == ["uet-r-b": JobID(rawValue: "5_1")])
  }
}
