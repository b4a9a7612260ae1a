import UETGit
import UETModel
import UETSystem
import UETWorkers

/// Worktrees in which combinations are tested, one gate at a time in each: benches where the gate
/// keeps what it builds, else clean ones that go with this.
actor TestBench {
  private let context: Ground
  private var free: [WorktreeHandle] = []
  private var made = 0
  /// Benches that were used.
  private var used: Set<Int> = []
  /// Keys of what was given to others.
  private var spread: Set<String> = []
  private var isSpreading = false
  /// Gates whose word is wanted no more, and that may end all the same, soon; and who waits for it.
  private var lingering = 0
  private var waiters: [CheckedContinuation<Void, Never>] = []

  init(_ context: Ground) { self.context = context }

  /// Runs a gate on a commit in a checkout of it; `declared` is what a bundle adds to the
  /// environment. What a warm place says against a commit is asked again in a clean one;
  /// `isCold`: that one is asked at once.
  func run(
    _ gate: Gate, on commit: ObjectID, log: String, declaring declared: [String: String] = [:],
    isCold: Bool = false, stop: StopSwitch = StopSwitch()
  ) async -> GateResult {
    let first = await ask(gate, on: commit, log, declared, isCold: isCold, stop)
    guard case .failed = first.verdict, first.warm != nil, !Task.isCancelled else { return first }
    var second = await ask(gate, on: commit, log, declared, isCold: true, stop)
    second.seconds += first.seconds
    second.wasRedWarm = true
    if second.verdict == .passed {
      context.notes.once(
        "\(gate.name) was red with what was built before, and is green in a clean place: it is flaky, "
          + "or its build misses what it depends on (see: gates.\(gate.name).warm)")
    }
    return second
  }

  private func ask(
    _ gate: Gate, on commit: ObjectID, _ log: String, _ declared: [String: String], isCold: Bool,
    _ stop: StopSwitch
  ) async -> GateResult {
    do {
      // The folder may be deleted at any time, as everything under it.
      try Files.makeDirectory(context.logs.folder)
      guard let bench = try await take(BenchKind(context, gate, declaring: declared)) else {
        let worktree = try await checkout(commit)
        defer { free.append(worktree) }
        return try await run(gate, in: worktree, log, declared, stop)
      }
      defer { withExtendedLifetime(bench.hold) {} }
      used.insert(bench.hold.number)
      try await spread(bench)
      let ready = try await bench.prepare(commit, isCold: isCold)
      var result = try await run(gate, in: ready.worktree, log, declared, stop)
      (result.warm, result.cold) = (ready.warm, ready.cold)
      if result.endedItself {
        if ready.warm == nil { await bench.dropForeign() }
        bench.finish(ready)
      }
      return result
    } catch {
      return GateResult(fault: "cannot check the commit out: \(error)")
    }
  }

  /// A bench that is free, or soon is.
  private func take(_ kind: BenchKind?) async throws -> Bench? {
    guard let kind else { return nil }
    while true {
      if !isSpreading {
        if let bench = try Bench.take(context, kind) { return bench }
        if lingering == 0 { return nil }
      }
      await withCheckedContinuation { waiters.append($0) }
    }
  }

  /// Gives others what one bench has built before it is at work itself, so that as many as gates
  /// run at once begin warm.
  private func spread(_ bench: Bench) async throws {
    guard bench.kind.gate.builds(besides: context.configuration.run.caches),
      spread.insert(bench.kind.key).inserted
    else { return }
    isSpreading = true
    defer {
      isSpreading = false
      wake()
    }
    var missing = context.configuration.integration.slots - Bench.count(context, bench.kind)
    while missing > 0, let mark = (try bench.usable()).flatMap({ BenchMark(of: $0) }),
      let offer = try await bench.offer(for: mark.commit),
      let other = try Bench.next(
        context, bench.kind, besides: [bench.hold.number], ofItsOwn: false)
    {
      used.insert(other.hold.number)
      try await other.become(bench, offer)
      withExtendedLifetime(other.hold) {}
      missing -= 1
    }
  }

  func linger() { lingering += 1 }

  func ceased() {
    lingering -= 1
    wake()
  }

  private func wake() {
    for waiter in waiters { waiter.resume() }
    waiters = []
  }

  private func run(
    _ gate: Gate, in worktree: WorktreeHandle, _ log: String, _ declared: [String: String],
    _ stop: StopSwitch
  ) async throws -> GateResult {
    if let fault = try await setUp(worktree, log, stop) { return GateResult(fault: fault) }
    let context = context
    var order = ProcessOrder(
      argv: gate.command.argv, workingDirectory: worktree.path,
      environment: Self.environment(context, declaring: declared), logPath: log,
      timeout: gate.timeout, grace: 5)
    order.limits = context.facts.hold.limits(gate.resources)
    order = context.enclosed(order, Enclosure(gate, in: worktree))
    return await GateResult.of(gate) { [order] in
      await context.supervisor.run(order, stop: stop) { _ in }
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
  /// anyone's. Benches stay if there is anything in them that makes a gate faster.
  func close() async {
    for worktree in free {
      try? await context.git.removeWorktree(at: worktree.path, force: true)
    }
    free = []
    let configuration = context.configuration
    let folders = Set(configuration.gates.values.flatMap(\.keep) + configuration.run.caches)
    for number in used.sorted() {
      guard let hold = (try? BenchHold(number, context.project)) ?? nil,
        KeptOutput(in: hold.path, folders: folders.compactMap { LocalFile($0)?.path }).isEmpty
      else { continue }
      try? await context.git.removeWorktree(at: hold.path, force: true)
      withExtendedLifetime(hold) {}
    }
    used = []
  }
}
