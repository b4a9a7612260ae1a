import UETGit
import UETModel
import UETPlanning
import UETSystem
import UETWorkers

/// Makes the commit that undoes one workstream.
struct RollbackSteps: Sendable {
  enum Outcome: Sendable {
    case made(ObjectID)
    case failed(String)
  }

  let context: Ground
  let plan: Plan
  let worktree: RollbackWorktree
  let control: RollbackControl

  /// Compensation actions that change nothing in the worktree compensate for something elsewhere:
  /// what the workstream brought is then reversed as well.
  func make(
    _ id: WorkstreamID, _ rollback: RollbackRecord, _ state: RunState
  ) async throws -> Outcome {
    guard let undone = rollback.part ?? state[id]?.integrated else {
      return .failed("the record does not say which commit brought it")
    }
    let onto = rollback.tip
    if rollback.part == nil, let actions = actions(of: id), !actions.isEmpty {
      switch try await run(actions, id, onto: onto, undone, state.sequence) {
      case .made(onto): break
      case let outcome: return outcome
      }
    }
    let reversal = Reversal(
      repository: context.repository, git: context.git, run: context.run)
    let identity = context.project.identity()
    switch try await reversal.reverse(undone, of: id, onto: onto, by: identity) {
    case .clean(let commit): return .made(commit)
    case .conflict(let paths):
      try await worktree.showConflict(
        context.repository.commit(undone), onto: onto, keepingAs: state.sequence)
      return .failed("later work changed the same: " + paths.prefix(5).joined(separator: ", "))
    }
  }

  func actions(of id: WorkstreamID) -> [Command]? {
    plan.index(of: id).map { plan.workstreams[$0].compensationActions }
  }

  /// Runs the actions, the last declared first, and commits what they changed.
  private func run(
    _ actions: [Command], _ id: WorkstreamID, onto: ObjectID, _ undone: ObjectID, _ sequence: Int
  ) async throws -> Outcome {
    let handle = try await worktree.checkout(onto, keepingAs: sequence)
    try Files.makeDirectory(context.logs.folder)
    for (index, action) in actions.enumerated().reversed() {
      let log = "\(context.logs.folder)/\(id).rollback.\(index + 1).log"
      let report = await context.supervisor.run(
        context.enclosed(
          ProcessOrder(
            argv: action.argv, workingDirectory: handle.path, environment: environment(id, undone),
            logPath: log, timeout: timeout(of: id), grace: 5),
          Enclosure(owner: Enclosure.queue, worktree: handle)), stop: control.end
      ) { _ in }
      guard report.ending == .exited(0) else {
        let words = context.logs.lastWords(log)
        return .failed("compensation action \(index + 1) \(describe(report.ending))\(words)")
      }
    }
    let commit = try await worktree.commit(handle, base: onto, message: message(id, undone))
    let violations = try ScopeCheck(
      repository: context.repository, scope: context.workstreams[id]?.scope ?? .init(writes: [])
    ).violations(base: onto, tip: commit)
    if let first = violations.first {
      return .failed("its compensation actions changed '\(first)' outside its scope")
    }
    return .made(commit)
  }

  private func timeout(of id: WorkstreamID) -> Double? { context.workstreams[id]?.timeout }

  private func environment(_ id: WorkstreamID, _ undone: ObjectID) -> [String: String] {
    WorkerEnvironment.make(
      user: context.project.environment,
      declared: context.workstreams[id]?.environment ?? [:],
      run: [
        "UET_RUN": context.run.rawValue, "UET_WORKSTREAM": id.rawValue,
        "UET_COMPENSATES": undone.hex,
      ])
  }

  private func message(_ id: WorkstreamID, _ undone: ObjectID) -> String {
    """
    compensate \(id)

    Its compensation actions, in place of a revert of \(undone).

    UET-Run: \(context.run)
    UET-Workstream: \(id)

    """
  }
}
