import UETGit
import UETModel
import UETSystem

extension AttemptRunner {
  /// What a gate says; where it is to be learned what it reads, it is seen.
  func result(
    of gate: Gate, on tree: ObjectID, _ key: String, _ log: String, knowing inputs: ObjectID?
  ) async throws -> GateResult {
    // What was built elsewhere before was built of what nobody saw here.
    guard gate.learns, inputs == nil, warmth.tree == nil,
      let worktree = context.repository.worktree(at: path)
    else {
      return await ask(gate, log)
    }
    let learned = context.facts.cuts.learned
    var result: GateResult
    // What stands in a worktree besides its tree is nothing against the gate.
    let tally = "attempt \(key)"
    if let tracing = Tracing(gate, key, tally: tally, log: log, context) {
      result = try await look(at: gate, tracing, on: tree, worktree, log)
    } else {
      result = await ask(gate, log)
      result.learning = learned.givenUp(tally)
    }
    learned.note(&result, of: tree, key, tally: tally)
    if let bytes = result.learned?.bytes {
      let file = context.logs.reads(gate.name, order.name)
      try Files.write(bytes, to: file)
      context.written.add(file, of: order.name)
    }
    return result
  }

  private func look(
    at gate: Gate, _ tracing: Tracing, on tree: ObjectID, _ worktree: WorktreeHandle, _ log: String
  ) async throws -> GateResult {
    try tracing.begin()
    defer { tracing.end() }
    let copied = Set(context.configuration.run.copy.compactMap { LocalFile($0)?.path })
    let left = try Tracing.left(in: path, of: tree, except: copied, context.repository)
    var first = await ask(gate, log, tracing)
    first.learning = try tracing.learning(
      first, in: worktree, of: tree, former: nil, left: left, context)
    if first.verdict == .passed, first.learning != nil { return first }
    // What goes wrong under a tracer need not without one.
    var second = await ask(gate, log)
    second.seconds += first.seconds
    second.learning =
      first.learning ?? Learning(outcome: .unknown("it cannot be run under strace"))
    if case .failed = second.verdict {} else if first.learning != nil { second.forgetReads() }
    return second
  }
}
