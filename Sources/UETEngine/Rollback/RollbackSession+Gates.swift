import UETGit
import UETMergeQueue
import UETModel
import UETPlanning

/// The gates that the result of rolling back `ids` is put to: those of every integration, and those
/// of their waves.
struct RollbackGates: Sendable {
  let gates: [(gate: Gate, key: String)]

  init(_ ids: [WorkstreamID], _ plan: Plan, _ project: Project) {
    let configuration = project.configuration
    let environment = GateEnvironment(project)
    let always = configuration.integration.gates.compactMap {
      Gate(named: $0, configuration: configuration)
    }
    let waves = WavePlan(plan, configuration).waves.filter { wave in
      wave.members.contains { ids.contains($0) }
    }
    var seen: Set<String> = []
    gates = (always + waves.flatMap(\.gates)).compactMap { gate in
      seen.insert(gate.name).inserted ? (gate, environment.key(of: gate, on: .rollback)) : nil
    }
  }
}

extension RollbackSession {
  /// Runs the gates on what all steps together give; the failure where a required one is not green.
  func test() async throws -> RollbackRecord.Failure? {
    guard let rollback = await state.rollback, let last = rollback.workstreams.last,
      rollback.tip != rollback.old
    else { return nil }
    let tree = try context.repository.treeID(of: rollback.tip)
    let bench = TestBench(context)
    let result: Result<RollbackRecord.Failure?, any Error>
    do {
      var failure: RollbackRecord.Failure?
      for (gate, key) in RollbackGates(
        rollback.workstreams, plan, context.project
      ).gates where failure == nil && !control.isDraining {
        if try await verdict(gate, key, tree) == true { continue }
        failure = try await pass(gate, key, on: rollback.tip, tree, last, bench)
      }
      result = .success(failure)
    } catch {
      result = .failure(error)
    }
    await bench.close()
    return try result.get()
  }

  /// Runs one gate; the failure where it is required and not green.
  private func pass(
    _ gate: Gate, _ key: String, on commit: ObjectID, _ tree: ObjectID, _ id: WorkstreamID,
    _ bench: TestBench
  ) async throws -> RollbackRecord.Failure? {
    let (result, log) = try await run(gate, key, on: commit, tree, id, .rollback, bench)
    if result.verdict == .passed || !gate.required || control.isEnded { return nil }
    _ = try await worktree.checkout(commit, keepingAs: await state.sequence)
    return try await fail(
      RollbackRecord.Failure(
        workstream: id, gate: gate.name, reason: reason(gate, result.verdict, log)))
  }

  /// Runs a gate on a commit, on record with its log; what came of it, and where the log is.
  func run(
    _ gate: Gate, _ key: String, on commit: ObjectID, _ tree: ObjectID, _ id: WorkstreamID,
    _ stage: GateRecord.Stage, _ bench: TestBench
  ) async throws -> (result: GateResult, log: String) {
    let words = GateFacts(
      gate: gate, stage: stage, tree: tree, workstream: id, attempt: nil, key: key,
      inputs: try context.facts.cuts.cut(tree, for: gate, key))
    try await record([words.started])
    let name = "\(id).\(stage.rawValue).\(gate.name).log"
    let log = "\(context.logs.folder)/\(name)"
    let result = await bench.run(gate, on: commit, log: log, stop: control.end)
    let files = context.logs.excerpt(log).map { [(name: name, bytes: $0)] } ?? []
    try await record([words.ended(result)], beside: files)
    return (result, log)
  }

  /// What a gate said last of this very tree, or one with the same inputs; nil where it was not
  /// asked.
  func verdict(_ gate: Gate, _ key: String, _ tree: ObjectID) async throws -> Bool? {
    let inputs = try context.facts.cuts.cut(tree, for: gate, key)
    var index = VerdictIndex()
    index.note(await state.allVerdicts.filter { !$0.isOfCommit })
    return index.verdict(on: tree, inputs: inputs, key)?.passed
  }

  func reason(_ gate: Gate, _ verdict: GateVerdict, _ log: String) -> String {
    let words = context.logs.lastWords(log)
    switch verdict {
    case .fault(let reason): return "\(gate.name) gave no verdict: \(reason)"
    case .failed(let reason): return "\(gate.name) is red (\(reason))\(words)"
    case .passed: return ""
    }
  }
}
