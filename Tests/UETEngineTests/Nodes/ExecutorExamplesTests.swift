import Foundation
import Testing
import UETModel
import UETPlanning
import UETSystem
import UETTestSupport
import UETWorkers

/// The executors of docs/guide/clusters.md, with programs that print what those systems do.
@Suite struct ExecutorExamplesTests {
  private let folder = TemporaryDirectory()

  /// The examples by name.
  static func examples() throws -> [String: Configuration.Executor] {
    let guide = try #require(Files.text("docs/guide/clusters.md"))
    let blocks = guide.components(separatedBy: "```yaml\n").dropFirst()
      .compactMap { $0.components(separatedBy: "```").first }
      .filter { $0.hasPrefix("executors:") }
    var examples: [String: Configuration.Executor] = [:]
    for block in blocks {
      let (configuration, diagnostics) = Configuration.load(Array(block.utf8), file: "c.yaml")
      #expect(diagnostics.isEmpty, "\(diagnostics)")
      examples.merge(configuration.executors) { $1 }
    }
    return examples
  }

  static func jobs(_ name: String, folder: String, path: String) throws -> CommandJobs {
    let executor = try #require(try examples()[name])
    let nothing = Command.arguments([])
    let commands = JobCommands(
      submit: executor.submit ?? nothing, status: executor.status ?? nothing,
      cancel: executor.cancel ?? nothing, id: executor.id, columns: executor.columns,
      states: executor.states)
    let environment = ProcessInfo.processInfo.environment.merging(["PATH": path]) { $1 }
    return CommandJobs(commands, folder: folder, programs: .ofMachine(environment))
  }

  /// Programs that note what they are called with, and print this.
  private func jobs(_ name: String, _ programs: [String: String]) throws -> CommandJobs {
    for (program, output) in programs {
      let script = """
        #!/bin/sh
        { echo "\(program) $*"; test "$1" != -f -a "$1" != create -a "$2" != - || cat; } >>\(folder.path)/called
        cat <<'END'
        \(output)
        END
        """
      TemporaryDirectory.write(
        Array((script + "\n").utf8), to: "\(folder.path)/bin/\(program)", mode: 0o755)
    }
    return try Self.jobs(
      name, folder: folder.path + "/jobs", path: "\(folder.path)/bin:/usr/bin:/bin")
  }

  private var order: JobOrder {
    JobOrder(
      name: "uet-r-a", argv: ["true"],
      resources: Resources(["cpu": 1500, "memory": 1 << 30]), timeLimit: 3661, log: "/l")
  }

  private func called() -> String { Files.text(folder.path + "/called") ?? "" }

  private func submitted(_ jobs: CommandJobs) async throws -> String {
    try await jobs.submit([order])[0].get().rawValue
  }

  private func states(_ jobs: CommandJobs, _ ids: String...) async throws -> [JobState?] {
    let ids = ids.map(JobID.init)
    let states = try await jobs.look(at: ids)
    return ids.map { states[$0] }
  }

  private let waiting = { JobState.waiting(reason: $0, isHopeless: $1) }

  @Test func gridEngine() async throws {
    let jobs = try jobs(
      "grid",
      [
        "qsub": "7",
        "qstat": """
        <?xml version='1.0'?>
        <job_info  xmlns:xsd="http://arc.liv.ac.uk/repos/darcs/sge/source/dist/util/resources/schemas/qstat/qstat.xsd">
          <queue_info>
            <job_list state="running">
              <JB_job_number>5</JB_job_number>
              <JAT_prio>0.75000</JAT_prio>
              <JB_name>uet-r-run-20260101-a-long-name-1</JB_name>
              <JB_owner>root</JB_owner>
              <state>r</state>
              <JAT_start_time>2026-12-01T02:21:26</JAT_start_time>
              <queue_name>main.q@vm</queue_name>
              <slots>1</slots>
            </job_list>
          </queue_info>
          <job_info>
            <job_list state="pending">
              <JB_job_number>6</JB_job_number>
              <JAT_prio>0.00000</JAT_prio>
              <JB_name>uet-r-held</JB_name>
              <JB_owner>root</JB_owner>
              <state>hqw</state>
              <JB_submission_time>2026-12-01T02:21:26</JB_submission_time>
              <queue_name></queue_name>
              <slots>1</slots>
            </job_list>
          </job_info>
        </job_info>
        """,
      ])
    #expect(try await submitted(jobs) == "7")
    #expect(
      called().contains("-N uet-r-a -o /l -j y -S /bin/sh -pe smp 2 -l h_rt=3661 -l h_vmem=1024M"))
    #expect(
      try await states(jobs, "5", "6", "9") == [.running(node: nil), waiting("hqw", true), nil])
    #expect(
      try await jobs.find(prefix: "uet-r-run").map(\.key) == ["uet-r-run-20260101-a-long-name-1"])
  }

  @Test func pbs() async throws {
    let user = NSUserName()
    func job(_ id: Int, _ owner: String, _ state: String, _ rest: String = "") -> String {
      """
      Job Id: \(id).host
          Job_Name = uet-r-\(id)
          Job_Owner = \(owner)@host
          job_state = \(state)
          queue = workq
      \(rest)

      """
    }
    let output =
      job(1, user, "R") + job(2, user, "Q") + job(3, user, "F", "    Exit_status = 3")
      + job(4, "else", "R") + job(5, user, "H")
    let jobs = try jobs("pbs", ["qsub": "12.host", "qstat": output])
    #expect(try await submitted(jobs) == "12.host")
    #expect(called().contains("-l select=1:ncpus=2:mem=1024mb -l walltime=01:01:01"))
    let failed = JobState.ended(JobEnding(.failed(3), words: "F exit status 3"))
    #expect(
      try await states(jobs, "1.host", "2.host", "3.host", "4.host", "5.host") == [
        .running(node: nil), waiting("Q", false), failed, nil, waiting("H", true),
      ])
    #expect(
      Set(try await jobs.find(prefix: "uet-r-").map(\.value.rawValue))
        == ["1.host", "2.host", "5.host"])
  }

  @Test func lsf() async throws {
    let jobs = try jobs(
      "lsf",
      [
        "bsub": "Job <77> is submitted to default queue <normal>.",
        "bjobs": "1 RUN - uet-r-a\n2 PEND - uet-r-b\n3 EXIT 3 uet-r-c\n4 DONE - uet-r-d",
      ])
    #expect(try await submitted(jobs) == "77")
    #expect(called().contains("-n 2 -R span[hosts=1] -W 62 -M 1024"))
    #expect(
      try await states(jobs, "1", "2", "3", "4") == [
        .running(node: nil), waiting("PEND", false),
        .ended(JobEnding(.failed(3), words: "EXIT exit status 3")),
        .ended(JobEnding(.completed, words: "DONE")),
      ])
  }

  @Test func condor() async throws {
    let jobs = try jobs(
      "condor",
      [
        "condor_submit": "12.0 - 12.0",
        "condor_q": "12.0 2 uet-r-a slot1@host\n13.0 1 uet-r-b undefined\n14.0 5 uet-r-c undefined",
      ])
    #expect(try await submitted(jobs) == "12.0")
    #expect(
      called().contains("request_cpus = 2\nrequest_memory = 1024\nperiodic_remove = JobStatus"))
    #expect(
      try await states(jobs, "12.0", "13.0", "14.0") == [
        .running(node: "slot1@host"), waiting("1", false), waiting("5", true),
      ])
    #expect(try await jobs.find(prefix: "uet-r-b") == ["uet-r-b": JobID(rawValue: "13.0")])
  }

  @Test func kubernetes() async throws {
    let jobs = try jobs("kubernetes", ["kubectl": "job.batch/uet-r-a"])
    #expect(try await submitted(jobs) == "uet-r-a")
    #expect(called().contains("metadata: {name: uet-r-a, labels: {app: git-uet}}"))
    let later = try self.jobs(
      "kubernetes",
      [
        "kubectl":
          "uet-r-a   <none>     uet-r-a\nuet-r-b   Complete   uet-r-b\nuet-r-c   Failed     uet-r-c"
      ])
    #expect(
      try await states(later, "uet-r-a", "uet-r-b", "uet-r-c") == [
        .running(node: nil), .ended(JobEnding(.completed, words: "Complete")),
        .ended(JobEnding(.failed(1), words: "Failed")),
      ])
  }

  /// On a real one, where it is there: `UET_GRID_ENGINE=1`, with its programs on the PATH.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["UET_GRID_ENGINE"] != nil))
  func realGridEngine() async throws {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let desk = JobDesk(try Self.jobs("grid", folder: folder.path + "/jobs", path: path))
    func order(_ script: String, _ name: String) -> JobOrder {
      JobOrder(
        name: "uet-r-\(name)", argv: ["/bin/sh", "-c", script], environment: ["A": "it's 1,2"],
        resources: Resources(["cpu": 1000]), timeLimit: 600, log: "\(folder.path)/\(name).log")
    }
    func end(_ job: JobID) async -> JobEnding.Kind? {
      for await state in await desk.states(of: job) {
        if case .ended(let ending) = state { return ending.kind }
      }
      return nil
    }
    let done = try await desk.submit(order("echo \"$A\"", "done"))
    let failed = try await desk.submit(order("exit 3", "failed"))
    let killed = try await desk.submit(order("kill -9 $$", "killed"))
    let long = try await desk.submit(order("sleep 600", "long-name-of-a-workstream-1"))
    #expect(await end(done) == .completed)
    #expect(Files.text(folder.path + "/done.log") == "it's 1,2")
    #expect(await end(failed) == .failed(3))
    #expect(await end(killed) == .signalled(9))
    #expect(
      try await desk.find(prefix: "uet-r-long") == ["uet-r-long-name-of-a-workstream-1": long])
    try await desk.cancel([long, JobID(rawValue: "99999")])
    let kind = await end(long)
    #expect(kind == .unknown || kind == .signalled(15) || kind == .signalled(9))
    #expect(try await desk.find(prefix: "uet-r-") == [:])
  }
}
