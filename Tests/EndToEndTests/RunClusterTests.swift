import Foundation
import Testing
import UETTestSupport

/// The folder of the Slurm that tests may use.
private enum RunCluster {
  static let folder = ProcessInfo.processInfo.environment["UET_CLUSTER"]
}

/// Runs on a Slurm of our own, which `Tests/Cluster/slurm` starts: `make test-cluster`.
@Suite(.serialized, .enabled(if: RunCluster.folder != nil))
struct RunClusterTests {
  private static let nodes = ["n1", "n2", "n3"]
  private static let count = 60

  /// Sixty workstreams with dependencies and overlaps, and a gate for some.
  private func project() throws -> Scratch {
    let scratch = try Scratch(variables: ["SLURM_CONF": (RunCluster.folder ?? "") + "/slurm.conf"])
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      run: {workers: 12, executor: slurm}
      retry: {max_attempts: 500, initial: 200ms, max: 1s, patience: 1h}
      gates:
        GATE_UNIT: {command: [sh, -c, "test ! -f bad"], timeout: 1m}
      integration: {gates: [GATE_UNIT]}

      """)
    for (key, value) in [
      "folder": scratch.root.path + "/nodes", "heartbeat": "1s", "poll": "500ms", "time": "10m",
    ] {
      try scratch.git("config", "uet.executors.slurm.\(key)", value)
    }
    for number in 0..<Self.count {
      let id = name(number)
      let folder = "d\(number % 20)"
      let after = number % 3 == 0 && number >= 7 ? [name(number - 7)] : []
      let gate = number % 4 == 0 ? "test_gates: [{type: GATE_UNIT, required: true}]" : ""
      try scratch.bundle(
        id, scope: number % 10 == 0 ? ["\(folder)/"] : ["\(folder)/\(id)"], after: after,
        extra: gate,
        "sleep 0.\(number % 7); mkdir -p \(folder); echo \(number) > \(folder)/\(id)"
          + after.map { "; cat d*/\($0) >> \(folder)/\(id)" }.joined())
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("branch", "trunk")
    return scratch
  }

  private func name(_ number: Int) -> String {
    "ws-" + String(UnicodeScalar(UInt8(97 + number / 26)))
      + String(UnicodeScalar(UInt8(97 + number % 26)))
  }

  private func call(_ program: String, _ arguments: String...) throws -> Scratch.Output {
    try Scratch.start(
      program, arguments, "/",
      [
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "SLURM_CONF": (RunCluster.folder ?? "") + "/slurm.conf",
      ]
    ).finish()
  }

  private func program(_ name: String) -> String {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("../Cluster/\(name)").standardizedFileURL.path
  }

  private func slurm(_ verb: String, _ part: String = "") throws {
    let output = try call(program("slurm"), verb, RunCluster.folder ?? "", part)
    try #require(output.status == 0, "\(verb) \(part): \(output)")
  }

  /// Gives each node a network and a disk of its own, and a host where all meet; nil where that may
  /// not be here.
  private func isolate(_ scratch: Scratch) throws -> Running? {
    let folder = RunCluster.folder ?? ""
    let isolated = try call(program("slurm"), "isolate", folder)
    guard isolated.status == 0 else {
      print("nodes without a network and a disk of their own: \(isolated.errors)")
      return nil
    }
    try scratch.git("init", "--quiet", "--bare", scratch.root.path + "/host.git")
    let port = "\(UInt16.random(in: 30_000...32_000))"
    let daemon = try Scratch.start(
      "/usr/bin/git",
      [
        "daemon", "--reuseaddr", "--listen=10.77.0.1", "--port=\(port)", "--export-all",
        "--enable=receive-pack", "--base-path=\(scratch.root.path)", scratch.root.path,
      ], "/", scratch.environment)
    for (key, value) in [
      "remote": "git://10.77.0.1:\(port)/host.git", "folder": folder + "/disk/nodes",
      "wrapper": program("on-node"),
    ] {
      try scratch.git("config", "uet.executors.slurm.\(key)", value)
    }
    return daemon
  }

  /// The tree in which all results are merged, the same wherever they were made.
  private func landed(_ scratch: Scratch) throws -> String {
    let output = try scratch.uet("integrate", "--land", "trunk")
    try #require(output.status == 0, "\(output)")
    return try scratch.git("rev-parse", "trunk^{tree}")
  }

  private func check(_ scratch: Scratch) throws {
    let events = try scratch.uet("events").text.split(separator: "\n")
    for number in 0..<Self.count {
      let ends = events.filter { $0.contains("task_completed") && $0.contains(" \(name(number)) ") }
      #expect(ends.count == 1, "\(ends)")
    }
    let leases = try scratch.git("for-each-ref", "refs/uet/lease")
    #expect(leases == "")
    #expect(try scratch.uet("verify").text.contains("sound"))
    let run = try scratch.onlyRun()
    // One that Slurm starts again much later finds no lease, and ends at once.
    try scratch.wait("none of its jobs runs", limit: 60) {
      try !call("/usr/bin/squeue", "-h", "-t", "R,CG", "-o", "%j").text.contains(run)
    }
  }

  /// Each takes in what those made that it depends on.
  @Test func sixtyWorkstreamsGiveTheSameAsHere() throws {
    let (here, there) = (try project(), try project())
    try here.git("config", "uet.run.executor", "local")
    for scratch in [here, there] {
      let output = try scratch.uet("run")
      try #require(output.status == 0, "\(output)")
    }
    try check(there)
    #expect(try landed(there) == landed(here))
  }

  /// Whatever dies, each result counts once and none is lost.
  @Test func nothingIsLostOrDoneTwice() throws {
    let seed = try #require(Seeds(short: 1, long: 1).all.first)
    var random = SeededGenerator(seed: seed)
    let scratch = try project()
    let daemon = try isolate(scratch)
    defer { daemon?.signal(SIGTERM) }
    let end = Date().addingTimeInterval(isLong ? 1800 : 45)
    var runs = 0
    // A long form goes through many runs, the short one through a part of one at least.
    repeat {
      runs += 1
      try disturbed(scratch, isolated: daemon != nil, until: end, &random)
      if Date() < end { try forget(scratch) }
    } while Date() < end
    print("seed \(seed): \(runs) runs")
  }

  private func forget(_ scratch: Scratch) throws {
    let run = try scratch.onlyRun()
    let output = try scratch.uet("forget", "--discard", run)
    try #require(output.status == 0, "\(output)")
  }

  private func disturbed(
    _ scratch: Scratch, isolated: Bool, until end: Date, _ random: inout SeededGenerator
  ) throws {
    var running = try scratch.direct(["run"])
    var down: Set<String> = []
    var (cut, full): (Set<String>, Set<String>) = ([], [])
    var log: [String] = []
    func heal() throws {
      for part in down { try slurm("start", part) }
      for node in cut { try slurm("join", node) }
      for node in full { try slurm("empty", node) }
      (down, cut, full) = ([], [], [])
    }
    while Date() < end, running.process.isRunning {
      usleep(UInt32.random(in: 500_000...2_500_000, using: &random))
      let node = Self.nodes.randomElement(using: &random) ?? "n1"
      let jobs = try call("/usr/bin/squeue", "-h", "-r", "-o", "%i").text.split(separator: "\n")
        .map(String.init)
      let action = Int.random(in: 0..<(isolated ? 12 : 10), using: &random)
      log.append("\(action) \(node)")
      switch action {
      case 0, 1:
        running.signal(SIGKILL)
        _ = running.finish()
        running = try scratch.direct(["resume"])
      case 2:
        if let job = jobs.randomElement(using: &random) { _ = try call("/usr/bin/scancel", job) }
      case 3:
        if let job = jobs.randomElement(using: &random) {
          _ = try call("/usr/bin/scontrol", "requeue", job)
        }
      case 4 where down.isEmpty:
        try slurm("kill", node)
        down.insert(node)
      case 5 where down.isEmpty:
        try slurm(Bool.random(using: &random) ? "kill" : "stop", "controller")
        down.insert("controller")
      case 6:
        _ = try call(
          "/usr/bin/scontrol", "update", "nodename=\(node)", "state=drain", "reason=test")
        _ = try call("/usr/bin/scontrol", "update", "nodename=\(node)", "state=resume")
      case 7: try slurm("orphan")
      case 8 where isolated && cut.isEmpty:
        try slurm("cut", node)
        cut.insert(node)
      case 9 where isolated && full.isEmpty:
        try slurm("fill", node)
        full.insert(node)
      default: try heal()
      }
    }
    try heal()
    for node in Self.nodes {
      _ = try call("/usr/bin/scontrol", "update", "nodename=\(node)", "state=resume")
    }
    var output = running.finish()
    for _ in 0..<20 where output.status != 0 {
      // Killed between the end of the run and its own.
      if output.errors.contains("is over: SUCCEEDED") { break }
      output = try scratch.uet("resume")
    }
    let isOver = output.status == 0 || output.errors.contains("is over: SUCCEEDED")
    try #require(isOver, "\(log.joined(separator: ", "))\n\(output)")
    try check(scratch)
    let landed = try landed(scratch)
    #expect(landed.count == 40)
  }
}
