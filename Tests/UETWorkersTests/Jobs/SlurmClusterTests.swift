import Synchronization
import Testing
import UETModel
import UETSystem
import UETTestSupport

@testable import UETWorkers

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The Slurm that tests may use: a folder that `Tests/Cluster/slurm` made.
enum SlurmCluster {
  static let folder = getenv("UET_CLUSTER").map { String(cString: $0) }

  /// Ends the controller or a node, or starts it again.
  static func turn(_ verb: String, _ part: String) async throws {
    let output = try await ProgramOutput(
      of: "Tests/Cluster/slurm", [verb, folder ?? "", part],
      environment: ["PATH": "/usr/local/bin:/usr/bin:/usr/sbin:/bin"], in: nil, seconds: 60,
      limit: 10_000)
    #expect(output.end == .exited(0), "\(output.lastWords ?? "")")
  }
}

/// Against a Slurm of our own, which `Tests/Cluster/slurm` starts: `make test-cluster`.
@Suite(.serialized, .enabled(if: SlurmCluster.folder != nil))
struct SlurmClusterTests {
  private let folder = TemporaryDirectory()
  private let name = "uet-\(UInt32.random(in: 0 ... .max))-"

  private var environment: [String: String] {
    [
      "PATH": "/usr/local/bin:/usr/bin:/bin",
      "SLURM_CONF": (SlurmCluster.folder ?? "") + "/slurm.conf",
    ]
  }

  private var jobs: SlurmJobs { jobs() }

  private func jobs(_ options: String...) -> SlurmJobs {
    var place = SlurmJobs.Place()
    place.options = options
    return SlurmJobs(place, programs: .ofMachine(environment))
  }

  private func order(
    _ script: String, _ suffix: String = "a", limit: Double? = nil, resources: [String: Int] = [:]
  ) -> JobOrder {
    JobOrder(
      name: name + suffix, argv: ["/bin/sh", "-c", script, "it's"],
      environment: ["PATH": "/usr/bin:/bin", "A": "1,2=3", "FOLDER": folder.path],
      resources: Resources(resources), timeLimit: limit, log: "\(folder.path)/\(suffix).log")
  }

  private func desk(
    _ jobs: SlurmJobs? = nil, note: @escaping @Sendable (String) -> Void = { _ in }
  ) -> JobDesk {
    var pace = JobPace()
    (pace.poll, pace.longestPoll) = (.milliseconds(300), .seconds(1))
    return JobDesk(jobs ?? self.jobs, pace: pace, note: note)
  }

  /// The states of a job up to the first for which that holds.
  private func states(
    _ job: JobID, _ desk: JobDesk, until isLast: (JobState) -> Bool
  ) async -> [JobState] {
    var states: [JobState] = []
    for await state in await desk.states(of: job) {
      states.append(state)
      if isLast(state) { break }
    }
    return states
  }

  private static func isRunning(_ state: JobState) -> Bool {
    if case .running = state { true } else { false }
  }

  private func end(_ job: JobID, _ desk: JobDesk) async -> JobEnding? {
    for await state in await desk.states(of: job) {
      if case .ended(let ending) = state { return ending }
    }
    return nil
  }

  private func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<6000 {
      if try await condition() { return true }
      try await Task.sleep(for: .milliseconds(20))
    }
    return false
  }

  @Test(
    arguments: [
      ("exit 0", .completed), ("exit 3", .failed(3)), ("exit 137", .failed(137)),
      ("kill -9 $$", .signalled(9)), ("kill -TERM $$", .signalled(15)),
    ] as [(String, JobEnding.Kind)])
  func ends(script: String, kind: JobEnding.Kind) async throws {
    let desk = desk()
    let job = try await desk.submit(order(script))
    #expect(await end(job, desk)?.kind == kind)
  }

  @Test func environmentIsTheOrdersAlone() async throws {
    let desk = desk()
    let job = try await desk.submit(order("echo \"$0 $A\"; env"))
    #expect(await end(job, desk)?.kind == .completed)
    let lines = (Files.text("\(folder.path)/a.log") ?? "").split(separator: "\n")
    #expect(lines.first == "it's 1,2=3")
    let names = lines.dropFirst().compactMap { $0.split(separator: "=").first }.filter {
      !$0.hasPrefix("SLURM")
    }
    #expect(
      Set(names).isSubset(of: [
        "PATH", "A", "FOLDER", "PWD", "TMPDIR", "HOSTNAME", "ENVIRONMENT", "SHLVL", "_",
      ]),
      "\(names)")
  }

  @Test func manyAreArrays() async throws {
    let desk = desk()
    let ids = try await withThrowingTaskGroup(of: (Int, JobID).self) { group in
      for number in 0..<30 {
        group.addTask {
          (
            number,
            try await desk.submit(order("echo $0 \(number); exit \(number % 5)", "n\(number)"))
          )
        }
      }
      return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
    }
    #expect(ids.values.contains { $0.rawValue.contains("_") })
    for (number, job) in ids {
      let code = Int32(number % 5)
      #expect(await end(job, desk)?.kind == (code == 0 ? .completed : .failed(code)))
      #expect(Files.text("\(folder.path)/n\(number).log") == "it's \(number)")
    }
    #expect(Files.names(in: folder.path).filter { $0.hasSuffix(".out") } == [])
  }

  @Test func calledBackAndFound() async throws {
    let desk = desk()
    let orders = (0..<12).map {
      order("trap 'exit 7' TERM; touch $FOLDER/on; while :; do sleep 0.1; done", "n\($0)")
    }
    let ids = try await jobs.submit(orders).map { try $0.get() }
    #expect(try await eventually { Files.exists(folder.path + "/on") })
    let found = try await jobs.find(prefix: name)
    #expect(found == Dictionary(uniqueKeysWithValues: zip(orders.map(\.name), ids)))
    #expect(try await jobs.find(prefix: name + "n11") == [name + "n11": ids[11]])
    try await desk.cancel(Array(ids[3...]))
    for job in ids[3...] {
      let kind = await end(job, desk)?.kind
      // Tasks called back while they wait leave no trace.
      #expect(kind == .cancelled || kind == .unknown)
    }
    #expect(try await eventually { try await jobs.find(prefix: name).count == 3 })
    try await jobs.cancel(ids)
    for job in ids[..<3] { #expect(await end(job, desk)?.kind == .cancelled) }
    try await jobs.cancel(ids + [JobID(rawValue: "999999")])
    #expect(try await jobs.find(prefix: name) == [:])
  }

  @Test func whatNobodyHasIsRefusedOrHopeless() async throws {
    let results = await jobs.submit([order("true", resources: ["cpu": 1_000_000])])
    switch results[0] {
    case .failure(.refused): break
    case .failure(let error): Issue.record("\(error)")
    case .success(let job):
      #expect(
        try await eventually {
          if case .waiting(_, let isHopeless) = try await jobs.look(at: [job])[job] {
            return isHopeless
          }
          return false
        })
      try await jobs.cancel([job])
    }
    guard
      case .failure(.refused(let words)) = await jobs.submit(
        [order("true", resources: ["gpu": 1])])[0]
    else {
      Issue.record("taken")
      return
    }
    #expect(words.contains("gres"))
  }

  // MARK: What goes wrong

  /// Goes on until the test's folder is gone, whoever forgets it.
  private let endless = "while test -d $FOLDER; do sleep 0.1; done"

  @Test func isToldBeforeItsTimeIsOver() async throws {
    let desk = desk()
    let job = try await desk.submit(
      order("trap 'touch $FOLDER/told' TERM; \(endless)", limit: 60))
    let ending = await end(job, desk)
    #expect(ending?.kind == .timedOut, "\(String(describing: ending))")
    #expect(Files.exists(folder.path + "/told"))
  }

  @Test func nodeIsLost() async throws {
    let jobs = jobs("--no-requeue", "--nodelist=n3")
    let desk = desk(jobs)
    let job = try await desk.submit(order(endless))
    #expect(await states(job, desk, until: Self.isRunning).last == .running(node: "n3"))
    try await SlurmCluster.turn("kill", "n3")
    let ending = await end(job, desk)
    try await SlurmCluster.turn("start", "n3")
    #expect(ending == JobEnding(.nodeLost, words: "NODE_FAIL NodeDown 0:0"))
  }

  @Test func isPutBackInLine() async throws {
    let desk = desk(jobs("--nodelist=n3"))
    let job = try await desk.submit(order(endless))
    _ = await states(job, desk, until: Self.isRunning)
    try await SlurmCluster.turn("kill", "n3")
    let states = await states(job, desk) { !Self.isRunning($0) }
    try await SlurmCluster.turn("start", "n3")
    // Its reason comes with the next round of Slurm's.
    if case .waiting(_, isHopeless: false)? = states.last {} else { Issue.record("\(states)") }
    try await desk.cancel([job])
    #expect(await end(job, desk)?.kind == .cancelled)
  }

  @Test func controllerIsDown() async throws {
    let notes = Mutex<[String]>([])
    let desk = desk { line in notes.withLock { $0.append(line) } }
    let script = "while ! test -e $FOLDER/go; do sleep 0.1; done; exit 4"
    let before = try await desk.submit(order(script, "before"))
    _ = await states(before, desk, until: Self.isRunning)
    let ending = Task { await end(before, desk) }
    try await SlurmCluster.turn("stop", "controller")
    try Files.write([], to: folder.path + "/go")
    let later = Task { try await desk.submit(order("exit 5", "later")) }
    #expect(try await eventually { !notes.withLock { $0.isEmpty } })
    try await Task.sleep(for: .seconds(5))
    try await SlurmCluster.turn("start", "controller")
    #expect(await ending.value?.kind == .failed(4))
    #expect(await end(try await later.value, desk)?.kind == .failed(5))
    #expect(notes.withLock { $0.count } == 2, "\(notes.withLock { $0 })")
    #expect(notes.withLock { $0.last } == "the batch system answers again")
  }

  /// As after an orchestrator was away for longer than Slurm remembers.
  @Test func slurmForgot() async throws {
    let job = try await jobs.submit([order("exit 3")])[0].get()
    #expect(try await eventually { try await jobs.look(at: [job])[job] == nil })
    #expect(await end(job, desk())?.kind == .unknown)
  }

  @Test func aThousand() async throws {
    let desk = desk()
    let tasks = (0..<1000).map { number in
      Task {
        let job = try await desk.submit(order("exit \(number % 7)", "n\(number)"))
        return await end(job, desk)?.kind
      }
    }
    for (number, task) in tasks.enumerated() {
      let code = Int32(number % 7)
      #expect(try await task.value == (code == 0 ? .completed : .failed(code)))
    }
  }
}
