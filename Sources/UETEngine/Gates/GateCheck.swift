import UETGit
import UETModel
import UETPlanning
import UETSystem
import UETWorkers

/// Looks whether a gate reads more than it declares: runs it once in a clean checkout under a
/// tracer.
package struct GateCheck: Sendable {
  package let gate: String
  package let commit: ObjectID
  /// Tracked paths that it opened, and those of them that no pattern covers.
  package let opened: Int
  package let uncovered: [String]
  package let seconds: Double
  /// Why it was not green: what it would have read after that is not known.
  package let failure: String?

  /// `name` is a gate of today's configuration that declares its inputs.
  package static func run(_ name: String, in project: Project) async throws -> GateCheck {
    let configuration = project.configuration
    guard let gate = Gate(named: name, configuration: configuration) else {
      throw Refusal(
        .usage, "there is no gate '\(name.terminalSafe)'",
        hint: "there are: \(configuration.gates.keys.sorted().joined(separator: ", "))"
          .terminalSafe)
    }
    if gate.learns {
      throw Refusal(
        .usage, "what '\(name.terminalSafe)' reads is learned: its 'inputs' are 'auto'",
        hint: "see what it read: git uet gates --explain WORKSTREAM")
    }
    guard let inputs = gate.inputs else {
      throw Refusal(
        .usage, "'\(name.terminalSafe)' declares no 'inputs': it may read all",
        hint: "declare them: gates.\(name).inputs".terminalSafe)
    }
    guard let tracer = Spawn.find("strace", project.environment) else {
      throw Refusal(
        .usage, "what a gate reads can be seen only with strace, which is not installed",
        hint: "install it, as: apt install strace")
    }
    try project.requireTrust(in: [])
    let commit = try project.repository.resolveBranchFirst(configuration.run.base)
    return try await run(gate, inputs, tracer, commit, project)
  }

  private static func run(
    _ gate: Gate, _ inputs: [ScopePattern], _ tracer: String, _ commit: ObjectID,
    _ project: Project
  ) async throws -> GateCheck {
    let plan = Planner.plan(workstreams: [], dependencies: [])
    let run = RunID(startedAt: project.clock.now(), after: try project.reader.runs())
    let context = try Ground(
      RunFacts(
        project: project.fixingSettings(), plan: plan, run: run, base: commit,
        waves: WavePlan(plan, project.configuration)))
    try Files.makeDirectory(context.logs.folder)
    try project.makeWorktreeRoot()
    let traces = "\(context.logs.folder)/traces"
    try Files.makeDirectory(traces)
    let bench = TestBench(context)
    let result = await bench.run(
      gate.traced(by: tracer, into: traces).cold, on: commit,
      log: "\(context.logs.folder)/check.log", isCold: true)
    await bench.close()
    defer { try? Files.removeAll(context.logs.folder) }
    let failure: String? =
      switch result.verdict {
      case .passed: nil
      case .failed(let reason): "is red: \(reason)"
      case .fault(let reason): "gave no verdict: \(reason)"
      }
    let paths = try Self.read(in: traces, context)
    let tracked = try paths.filter { path in
      try project.repository.entry(at: path, in: commit).map { $0.mode != .tree } ?? false
    }
    return GateCheck(
      gate: gate.name, commit: commit, opened: tracked.count,
      uncovered: tracked.filter { path in !inputs.contains { $0.matches(path) } }.sorted(),
      seconds: result.seconds, failure: failure)
  }

  /// What it opened below its checkout.
  private static func read(in folder: String, _ context: Ground) throws -> Set<String> {
    var paths: Set<String> = []
    for file in Files.names(in: folder) {
      guard let bytes = try Files.read("\(folder)/\(file)") else { continue }
      for path in TracedRun(bytes, in: []).read {
        if let inside = inside(TracedRun.settled(path), context) { paths.insert(inside) }
      }
    }
    return paths
  }

  /// The path below the checkout that it was made in: a bench, or a worktree of the queue's.
  private static func inside(_ path: String, _ context: Ground) -> String? {
    if let seen = context.onePath, path.hasPrefix(seen + "/") {
      return String(path.dropFirst(seen.count + 1))
    }
    for start in [
      "\(context.project.worktreeRoot)/bench-", context.facts.integrationWorktree + "-",
    ]
    where path.hasPrefix(start) {
      let rest = path.dropFirst(start.count).drop { $0.isNumber }
      return rest.first == "/" ? String(rest.dropFirst()) : nil
    }
    return nil
  }
}
