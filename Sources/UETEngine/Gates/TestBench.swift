import UETGit
import UETModel
import UETSystem
import UETWorkers

/// What runs gates on other machines.
protocol GatesElsewhere: Sendable {
  /// Runs a gate on a commit as `TestBench` does; nil where it is to run here.
  func run(
    _ gate: Gate, on commit: ObjectID, log: String, declaring declared: [String: String],
    isCold: Bool, stop: StopSwitch
  ) async -> GateResult?

  func close() async
}

/// Worktrees in which combinations are tested, one gate at a time in each: benches where the gate
/// keeps what it builds, else clean ones that go with this.
actor TestBench {
  private let context: Ground
  private let elsewhere: (any GatesElsewhere)?
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

  /// `elsewhere` runs those gates that are to run on other machines.
  init(_ context: Ground, elsewhere: (any GatesElsewhere)? = nil) {
    (self.context, self.elsewhere) = (context, elsewhere)
  }

  /// Runs a gate on a commit in a checkout of it; `declared` is what a bundle adds to the
  /// environment. What a warm place says against a commit is asked again in a clean one;
  /// `isCold`: that one is asked at once. With `key`, that of its verdicts, it is seen what it
  /// reads, where that is to be learned.
  func run(
    _ gate: Gate, on commit: ObjectID, log: String, declaring declared: [String: String] = [:],
    isCold: Bool = false, stop: StopSwitch = StopSwitch(), learning key: String? = nil
  ) async -> GateResult {
    if let result = await elsewhere?.run(
      gate, on: commit, log: log, declaring: declared, isCold: isCold, stop: stop)
    {
      return result
    }
    var result = await look(gate, on: commit, log, declared, isCold: isCold, stop, key)
    if let key {
      let tree = try? context.repository.treeID(of: commit)
      context.facts.cuts.learned.note(&result, of: tree, key)
    }
    return result
  }

  private func look(
    _ gate: Gate, on commit: ObjectID, _ log: String, _ declared: [String: String], isCold: Bool,
    _ stop: StopSwitch, _ key: String?
  ) async -> GateResult {
    let tracing = key.flatMap { Tracing(gate, $0, log: log, context) }
    var first = await ask(gate, on: commit, log, declared, isCold: isCold, stop, tracing)
    if tracing != nil, first.learning == nil, !Task.isCancelled {
      context.notes.once("\(gate.name) cannot be run under strace: what it reads is not learned")
      let seconds = first.seconds
      first = await ask(gate, on: commit, log, declared, isCold: isCold, stop, nil)
      first.seconds += seconds
      first.learning = Learning(outcome: .unknown("it cannot be run under strace"))
    } else if gate.learns, let key, first.learning == nil {
      first.learning = context.facts.cuts.learned.givenUp(key)
    }
    let wasTraced = first.learning?.seconds != nil
    guard case .failed = first.verdict, first.warm != nil || wasTraced, !Task.isCancelled else {
      return first
    }
    var second = await ask(gate, on: commit, log, declared, isCold: true, stop, nil)
    second.seconds += first.seconds
    second.wasRedWarm = first.warm != nil
    second.learning = first.learning
    if case .failed = second.verdict {} else { second.forgetReads() }
    if second.verdict == .passed, first.warm != nil {
      context.notes.once(
        "\(gate.name) was red with what was built before, and is green in a clean place: it is flaky, "
          + "or its build misses what it depends on (see: gates.\(gate.name).warm)")
    }
    return second
  }

  private func ask(
    _ gate: Gate, on commit: ObjectID, _ log: String, _ declared: [String: String], isCold: Bool,
    _ stop: StopSwitch, _ tracing: Tracing?
  ) async -> GateResult {
    do {
      // The folder may be deleted at any time, as everything under it.
      try Files.makeDirectory(context.logs.folder)
      guard let bench = try await take(BenchKind(context, gate, declaring: declared)) else {
        let worktree = try await checkout(commit)
        defer { free.append(worktree) }
        return try await run(gate, in: worktree, commit, log, declared, stop, tracing)
      }
      defer { withExtendedLifetime(bench.hold) {} }
      used.insert(bench.hold.number)
      try await spread(bench)
      var ready = try await bench.prepare(commit, isCold: isCold)
      let kept = BenchReads(ready.worktree)
      let former = tracing == nil ? nil : ready.warm.flatMap(kept.read)
      if tracing != nil, ready.warm != nil, former == nil {
        ready = try await bench.prepare(commit, isCold: true)
      }
      kept.remove()
      var result = try await run(
        gate, in: ready.worktree, commit, log, declared, stop, tracing, former: former)
      (result.warm, result.cold) = (ready.warm, ready.cold)
      if result.endedItself {
        if ready.warm == nil { await bench.dropForeign() }
        bench.finish(ready)
        if case .reads(let reads)? = result.learning?.outcome {
          kept.write(reads, builtOf: ready.mark.tree)
        }
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
    _ gate: Gate, in worktree: WorktreeHandle, _ commit: ObjectID, _ log: String,
    _ declared: [String: String], _ stop: StopSwitch, _ tracing: Tracing?,
    former: TreeReads? = nil
  ) async throws -> GateResult {
    try tracing?.begin()
    defer { tracing?.end() }
    if let fault = try await setUp(worktree, log, stop, tracing) { return GateResult(fault: fault) }
    let context = context
    let run = tracing?.gate(gate) ?? gate
    var order = ProcessOrder(
      argv: run.command.argv, workingDirectory: worktree.path,
      environment: Self.environment(context, declaring: declared), logPath: log,
      timeout: run.timeout, grace: 5)
    order.limits = context.facts.hold.limits(gate.resources)
    order = context.enclosed(order, Enclosure(run, in: worktree))
    var result = await GateResult.of(gate) { [order] in
      let report = await context.supervisor.run(order, stop: stop) { _ in }
      tracing?.keepTry()
      return report
    }
    if let tracing {
      let tree = try context.repository.treeID(of: commit)
      result.learning = try tracing.learning(
        result, in: worktree, of: tree, former: former, left: [], context)
    }
    return result
  }

  /// What an attempt's worktree gets, so that a gate says the same here: copied files and the
  /// set-up. The reason where that fails.
  private func setUp(
    _ worktree: WorktreeHandle, _ log: String, _ stop: StopSwitch, _ tracing: Tracing?
  ) async throws -> String? {
    try LocalFiles(context.project).copy(into: worktree.path)
    let settings = context.configuration.run
    for (number, command) in settings.setup.enumerated() {
      var enclosure = Enclosure(owner: Enclosure.queue, worktree: worktree)
      enclosure.writing = tracing.map { [$0.folder] } ?? []
      let report = await context.supervisor.run(
        context.enclosed(
          ProcessOrder(
            argv: tracing?.setUp(command.argv, number) ?? command.argv,
            workingDirectory: worktree.path, environment: environment,
            logPath: log + ".setup", timeout: settings.setupTimeout, grace: 5),
          enclosure), stop: stop
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
    await elsewhere?.close()
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
