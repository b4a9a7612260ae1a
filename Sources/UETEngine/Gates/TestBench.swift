import UETGit
import UETModel
import UETSystem
import UETWorkers

/// Worktrees in which combinations are tested, one gate at a time in each.
actor TestBench {
  private let context: Ground
  private var free: [WorktreeHandle] = []
  private var made = 0

  init(_ context: Ground) { self.context = context }

  /// Runs a gate on a commit in a clean checkout of it; `declared` is what a bundle adds to the
  /// environment.
  func run(
    _ gate: Gate, on commit: ObjectID, log: String, declaring declared: [String: String] = [:],
    stop: StopSwitch = StopSwitch()
  ) async -> GateResult {
    do {
      let worktree = try await checkout(commit)
      // The folder may be deleted at any time, as everything under it.
      try Files.makeDirectory(context.logs.folder)
      if let fault = try await setUp(worktree, log, stop) {
        free.append(worktree)
        return GateResult(verdict: .fault(fault), seconds: 0, isFlaky: false)
      }
      let context = context
      let environment = Self.environment(context, declaring: declared)
      var order = ProcessOrder(
        argv: gate.command.argv, workingDirectory: worktree.path, environment: environment,
        logPath: log, timeout: gate.timeout, grace: 5)
      order.limits = context.facts.hold.limits(gate.resources)
      order = context.enclosed(order, Enclosure(gate, in: worktree))
      let result = await GateResult.of(gate) { [order] in
        await context.supervisor.run(order, stop: stop) { _ in }
      }
      free.append(worktree)
      return result
    } catch {
      return GateResult(
        verdict: .fault("cannot check the commit out: \(error)"), seconds: 0, isFlaky: false)
    }
  }

  /// What an attempt's worktree gets, so that a gate says the same here: copied files and the
  /// set-up. The reason where that fails.
  private func setUp(
    _ worktree: WorktreeHandle, _ log: String, _ stop: StopSwitch
  ) async throws -> String? {
    try LocalFiles(context.project).copy(into: worktree.path)
    let settings = context.configuration.run
    for command in settings.setup {
      let report = await context.supervisor.run(
        context.enclosed(
          ProcessOrder(
            argv: command.argv, workingDirectory: worktree.path, environment: environment,
            logPath: log + ".setup", timeout: settings.setupTimeout, grace: 5),
          Enclosure(owner: Enclosure.queue, worktree: worktree)), stop: stop
      ) { _ in }
      if case .exited(0) = report.ending { continue }
      let words = context.logs.lastWords(log + ".setup")
      return "set-up failed before the gate began: it \(describe(report.ending))\(words)"
    }
    return nil
  }

  private func checkout(_ commit: ObjectID) async throws -> WorktreeHandle {
    if let worktree = free.popLast() {
      try await context.git.reset(worktree, to: commit)
      return worktree
    }
    made += 1
    let path = "\(context.facts.integrationWorktree)-\(made)"
    if Files.kind(path) != nil { try await context.git.removeWorktree(at: path, force: true) }
    return try await context.git.addWorktree(
      at: path, commit: commit, reason: "git-uet integration of \(context.run)")
  }

  private var environment: [String: String] { Self.environment(context) }

  /// What every gate of the queue sees, so that it can be reproduced.
  static func environment(
    _ context: Ground, declaring declared: [String: String] = [:]
  ) -> [String: String] {
    WorkerEnvironment.make(
      user: context.project.environment, declared: declared,
      run: ["UET_RUN": context.run.rawValue])
  }

  /// Removes the worktrees: they hold checkouts of commits and what gates built, nothing of
  /// anyone's.
  func close() async {
    for worktree in free {
      try? await context.git.removeWorktree(at: worktree.path, force: true)
    }
    free = []
  }
}
