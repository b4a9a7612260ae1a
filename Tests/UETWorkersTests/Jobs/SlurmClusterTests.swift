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

/// The Slurm that tests may use.
enum SlurmCluster {
  static let configuration = getenv("UET_CLUSTER").map { String(cString: $0) }
}

/// Against a Slurm of our own, which `Tests/Cluster/slurm` starts: `make test-cluster`.
@Suite(.serialized, .enabled(if: SlurmCluster.configuration != nil))
struct SlurmClusterTests {
  private let folder = TemporaryDirectory()
  private let name = "uet-\(UInt32.random(in: 0 ... .max))-"

  private var environment: [String: String] {
    ["PATH": "/usr/local/bin:/usr/bin:/bin", "SLURM_CONF": SlurmCluster.configuration ?? ""]
  }

  private var jobs: SlurmJobs { SlurmJobs(programs: .ofMachine(environment)) }

  private func order(
    _ script: String, _ suffix: String = "a", limit: Double? = nil, resources: [String: Int] = [:]
  ) -> JobOrder {
    JobOrder(
      name: name + suffix, argv: ["/bin/sh", "-c", script, "it's"],
      environment: ["PATH": "/usr/bin:/bin", "A": "1,2=3", "FOLDER": folder.path],
      resources: Resources(resources), timeLimit: limit, log: "\(folder.path)/\(suffix).log")
  }

  private func desk() -> JobDesk {
    var pace = JobPace()
    (pace.poll, pace.longestPoll) = (.milliseconds(300), .seconds(1))
    return JobDesk(jobs, pace: pace)
  }

  private func end(_ job: JobID, _ desk: JobDesk) async -> JobEnding? {
    for await state in await desk.states(of: job) {
      if case .ended(let ending) = state { return ending }
    }
    return nil
  }

  private func eventually(_ condition: () async throws -> Bool) async throws -> Bool {
    for _ in 0..<3000 {
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
      Set(names).isSubset(of: ["PATH", "A", "FOLDER", "PWD", "TMPDIR", "HOSTNAME", "SHLVL", "_"]),
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
}
