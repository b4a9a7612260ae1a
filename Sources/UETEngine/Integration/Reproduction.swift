import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETSystem
import UETWorkers

/// The very combination on which the queue judged a candidate, made again: the same commit in a
/// clean worktree, the gate recorded at the run's start, in the environment in which it ran.
package struct Reproduction: Sendable {
  package let run: RunID
  package let record: WorkstreamRecord
  /// The merge; its tree is what was tested.
  package let commit: ObjectID
  package let tree: ObjectID
  /// What it was merged onto, and the candidates in that.
  package let onto: ObjectID?
  package let predecessors: [WorkstreamID]
  /// The gates to run, the recorded red one alone where there is one.
  package let gates: [String]
  private let context: Ground
  private let known: [String: Gate]
  /// All that gates of the run have said.
  private let verdicts: [VerdictRecord]

  /// What one gate said now, beside what is on record.
  package struct Result: Hashable, Sendable {
    package let gate: String
    /// nil where the machinery failed: nothing is said about the tree then.
    package let passed: Bool?
    /// What the record says of this tree; nil where nothing.
    package let recorded: Bool?
    package let message: String
    package let seconds: Double
    package let log: String

    /// nil where there is nothing to compare.
    package var reproduces: Bool? {
      guard let passed, let recorded else { return nil }
      return passed == recorded
    }
  }

  /// Finds what is to be made again; changes nothing. `gate` names another one than the recorded.
  package static func prepare(
    _ name: String, of run: RunID, gate: String?, in project: Project
  ) async throws -> Reproduction {
    let recorded = try RecordedPlan(reading: run, in: project)
    let state = try project.reader.state(of: run)
    guard let id = WorkstreamID(name), let record = state[id] else {
      throw Refusal.unknownWorkstream(
        name, known: state.workstreams.map(\.id), run: state.run)
    }
    // What this clone ran was trusted when it began.
    if try !project.isOwn(run) {
      try project.requireTrust(
        in: recorded.plan.workstreams, under: recorded.project.configuration)
    }
    let context = try Ground(RunFacts(recorded, run))
    return try await Reproduction(
      context, record, state, gate, Gate.all(recorded.plan, recorded.project.configuration))
  }

  private init(
    _ context: Ground, _ record: WorkstreamRecord, _ state: RunState, _ gate: String?,
    _ known: [String: Gate]
  ) async throws {
    let ejection = record.state == .ejected ? record.candidate?.ejection : nil
    if let gate, known[gate] == nil {
      throw Refusal.unknownGate(gate, known: known.keys.sorted())
    }
    guard let found = try await Self.commit(record, ejection, context) else {
      throw Refusal(
        .usage,
        "'\(record.id)' is \(record.state.rawValue), and the queue has judged no tree of it",
        hint: "see how it stands: git uet show \(context.run) \(record.id)")
    }
    run = context.run
    self.record = record
    self.context = context
    self.known = known
    verdicts = state.allVerdicts
    (commit, onto) = found
    tree = try context.repository.treeID(of: commit)
    predecessors = ejection?.predecessors ?? []
    gates =
      [gate ?? ejection?.gate].compactMap { $0 }.isEmpty
      ? context.configuration.integration.gates : [gate ?? ejection?.gate].compactMap { $0 }
  }

  /// The recorded merge, or the same merge made again: equal inputs give an equal commit.
  private static func commit(
    _ record: WorkstreamRecord, _ ejection: CandidateRecord.Ejection?, _ context: Ground
  ) async throws -> (ObjectID, ObjectID?)? {
    let recorded = ejection?.commit ?? record.integrated
    if let recorded, context.repository.contains(recorded) {
      let first = try context.repository.commit(recorded).parents.first
      return (recorded, ejection?.onto ?? first)
    }
    guard let candidate = record.candidate, let onto = ejection?.onto else { return nil }
    let session = MergeSession(context.git)
    defer { session.close() }
    let merge = CandidateMerge(session, run: context.run, committer: context.facts.committer)
    switch try await merge.merge(
      record.id, tip: candidate.tip, onto: onto, base: candidate.base)
    {
    case .clean(let commit, _):
      try session.stash.settle()
      return (commit, onto)
    case .conflict(let conflict):
      let names = conflict.paths.map(\.path.terminalSafe).quoted(3)
      throw Refusal(
        .failed,
        "'\(record.id)' conflicts in \(names) on top of \(onto.short), as recorded: "
          + conflict.message.terminalSafe)
    }
  }
}

extension Reproduction {
  /// A worktree at the commit; a folder of before is replaced.
  package func openWorktree() async throws -> String {
    let path = "\(context.project.worktreeRoot)/\(run)/reproduce-\(record.id)"
    if Files.kind(path) != nil {
      try await context.git.removeWorktree(at: path, force: true)
    }
    try await context.git.addWorktree(
      at: path, commit: commit, reason: "git-uet reproduction of \(record.id)")
    return path
  }

  /// Takes the worktree away with all that a gate left in it.
  package func closeWorktree(_ path: String) async {
    try? await context.git.removeWorktree(at: path, force: true)
  }

  /// Runs one of the gates there.
  package func test(_ name: String, in path: String) async throws -> Result {
    let context = context
    // One that is not the queue's for all is the candidate's own, which its repaired tree was put
    // to.
    let isForAll = context.configuration.integration.gates.contains(name)
    let workstream = isForAll ? nil : context.workstreams[record.id]
    let own = workstream.flatMap { workstream in
      Gate.ofAttempt(workstream, context.configuration).first { $0.name == name }
    }
    guard let gate = own ?? known[name] else {
      throw Refusal.unknownGate(name, known: known.keys.sorted())
    }
    try Files.makeDirectory(context.logs.folder)
    let log = "\(context.logs.folder)/\(record.id).reproduce.\(name).log"
    let environment = TestBench.environment(
      context, declaring: workstream?.environment ?? [:])
    let result = await GateResult.of(gate) {
      await context.supervisor.run(
        context.enclosed(
          ProcessOrder(
            argv: gate.command.argv, workingDirectory: path, environment: environment,
            logPath: log, timeout: gate.timeout, grace: 5),
          Enclosure(gate, in: context.repository.worktree(at: path)))
      ) { _ in }
    }
    let inputs = try context.facts.cuts.cut(tree, for: gate, nil)
    let last =
      record.verdicts.last { $0.tree == tree && $0.gate == name }
      ?? verdicts.last { inputs != nil && $0.inputs == inputs && $0.gate == name }
    let (passed, message): (Bool?, String) =
      switch result.verdict {
      case .passed: (true, "passed")
      case .failed(let reason):
        (false, reason + context.logs.lastWords(log))
      case .fault(let reason): (nil, reason)
      }
    return Result(
      gate: name, passed: passed, recorded: last?.passed, message: message,
      seconds: result.seconds, log: log)
  }

  /// What a gate of the queue sees.
  package var environment: [String: String] {
    TestBench.environment(context)
  }
}

extension Refusal {
  fileprivate static func unknownGate(_ name: String, known: [String]) -> Refusal {
    var nearby = Nearest()
    let nearest = nearby.name(for: name, among: known)
    return Refusal(
      .usage, "the run has no gate '\(name.terminalSafe)'",
      hint: nearest.map { "did you mean '\($0)'?" }
        ?? "it has: \(known.joined(separator: ", "))".terminalSafe)
  }
}
