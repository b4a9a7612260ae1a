import Synchronization
import UETGit
import UETModel
import UETPlanning
import UETScheduling
import UETSystem
import UETWorkers

/// Machines behind a batch system: each attempt is a job, which takes up the lease that says what
/// is to be done and brings its result there.
final class BatchExecutor: Executor {
  private let means: BatchMeans
  /// What takes leases away at present.
  private let removal = Mutex<Task<Void, Never>?>(nil)

  init(
    _ name: String, _ settings: Configuration.Executor, in project: Project,
    _ system: any JobSystem
  ) {
    let board = LeaseBoard(project: project, remote: settings.remote)
    let warn = project.warn
    var pace = JobPace()
    pace.poll = .seconds(settings.poll)
    means = BatchMeans(
      name: name, settings: settings,
      desk: JobDesk(system, pace: pace) { warn("'\(name)': \($0)") }, board: board)
  }

  func run(_ attempt: AttemptRunner) async -> (AttemptOutcome, JSONObject) {
    await BatchAttempt(attempt, means).run()
  }

  func adopt(_ attempt: AttemptRunner, base: ObjectID?) async -> (AttemptOutcome, JSONObject) {
    let recorded = (try? attempt.context.facts.recorded(of: attempt.order.name)) ?? []
    return await BatchAttempt(attempt, means, recorded: recorded).adopt(base: base)
  }

  /// Ends one that a process before this one began, and that nobody goes on with: it can bring
  /// nothing any more. Gives what it had brought by then, and what it said that it has used.
  func abandon(
    _ name: AttemptName, of facts: RunFacts
  ) async -> (result: NodeResult?, usage: [EventDraft]) {
    let lease = facts.names.lease(name.workstream, attempt: name.number)
    var result: NodeResult?
    var usage: [EventDraft] = []
    while let end = (try? await means.board.end(of: lease)) ?? nil {
      try? await means.board.bring(lease)
      if (try? Lease.Step(of: end, in: facts.repository)) == .result {
        result = try? NodeResult(end, in: facts.repository, of: name, worker: "")
      } else if let progress = Lease.Progress(in: end, of: facts.repository) {
        usage = NodeFacts.read(progress.usage, in: facts.repository, of: name, worker: "")
      }
      // Where it cannot be taken away now, it goes with the run.
      if (try? await means.board.remove(lease, at: end)) != false { break }
    }
    await means.board.forget(lease)
    let job = BatchJob.name(of: lease)
    if let id = (try? await means.desk.find(prefix: job))?[job] {
      try? await means.desk.cancel([id])
    }
    let spent = result?.facts.filter { if case .usageRecorded = $0.fact { true } else { false } }
    return (result, spent ?? usage)
  }

  /// Runs a gate on a commit; its output comes to `log`. A verdict that cannot be had is a fault of
  /// the machinery.
  func run(
    _ gate: Gate, on commit: ObjectID, log: String, declaring declared: [String: String],
    isCold: Bool, stop: StopSwitch, _ facts: RunFacts
  ) async -> GateResult {
    let project = facts.project
    let number = String(UInt64.random(in: 0 ... .max), radix: 36)
    let lease = facts.names.gateLease(number)
    let own = facts.configuration.gates[gate.name]
    let work = NodeOrder.GateRun(
      name: gate.name, command: own?.command == gate.command ? nil : gate.command,
      declared: declared, isCold: isCold)
    let job = BatchJob(
      means: means, lease: lease, resources: own?.resources ?? Resources(),
      log: "\(log).job.log", stop: stop
    ) { _ in }
    do {
      try Files.makeDirectory(facts.logs.folder)
      let order = means.order(.gate(work), at: commit, lease: lease, facts)
      switch try await job.handOver(job.open(order)) {
      case .stopped: return GateResult(fault: describe(.stopped))
      case .lost(let loss): return GateResult(fault: loss.message)
      case .result(let end, _, _):
        let verdict = try NodeVerdict(end, in: project.repository)
        if let bytes = verdict.log { try Files.write(bytes, to: log, mode: 0o600) }
        recorded([lease])
        return verdict.result
      }
    } catch let error as JobError {
      return GateResult(fault: AttemptFailure(error, of: means.name).message)
    } catch {
      return GateResult(fault: "\(error)".terminalSafe)
    }
  }

  /// How many jobs of so many cores there may be at once: no more than its settings say, and no
  /// fewer than one, which waits in its line.
  func room(cores: Int) async throws(JobError) -> Int {
    min(max(1, try await means.desk.room(cores: cores)), means.settings.jobs ?? .max)
  }

  /// Jobs go on without this process: another one takes them up.
  func leave() { means.isLeft.set() }

  /// What came of these leases is durable: they are taken away, one after the other.
  func recorded(_ leases: [String]) {
    let board = means.board
    removal.withLock { removal in
      let before = removal
      removal = Task {
        await before?.value
        for lease in leases {
          guard let end = (try? await board.end(of: lease)) ?? nil else { continue }
          _ = try? await board.remove(lease, at: end)
        }
      }
    }
  }

  /// Takes away the leases under a prefix that nobody waits for, but for some, and calls back the
  /// jobs whose names begin so: what a process before this one left.
  func sweep(under prefix: String, keeping kept: Set<String> = []) async {
    await removal.withLock { $0 }?.value
    guard let ends = try? await means.board.ends(under: prefix) else { return }
    for (lease, end) in ends where !kept.contains(lease) {
      _ = try? await means.board.remove(lease, at: end)
    }
    await means.board.forgetAll(under: prefix, but: kept.union(ends.keys))
    // Whoever had a job start again may have done so after its result came.
    guard let found = try? await means.desk.find(prefix: BatchJob.name(of: prefix)) else { return }
    let running = Set(kept.map(BatchJob.name(of:)))
    let over = found.filter { !running.contains($0.key) }.values
    try? await means.desk.cancel(Array(over))
  }

  func close() async {
    await removal.withLock { $0 }?.value
    await means.watch.close()
  }
}

/// One attempt that is carried out as a job.
private final class BatchAttempt: Sendable {
  private let attempt: AttemptRunner
  private let means: BatchMeans
  private let heard: HeardFacts

  /// - Parameter recorded: What is on record of it already.
  init(_ attempt: AttemptRunner, _ means: BatchMeans, recorded: [EventDraft] = []) {
    (self.attempt, self.means) = (attempt, means)
    heard = HeardFacts(recorded)
  }

  func run() async -> (AttemptOutcome, JSONObject) {
    do {
      let (base, job) = (try await begin(), job)
      return try await ending(of: job.handOver(job.open(order(base))), base)
    } catch {
      return ending(error)
    }
  }

  /// The record knows of it before anybody works on it.
  private func begin() async throws -> ObjectID {
    let base = try await attempt.makeBase()
    for await _ in attempt.reportStart(at: base, by: means.name) {}
    try Task.checkCancellation()
    return base
  }

  func adopt(base: ObjectID?) async -> (AttemptOutcome, JSONObject) {
    do {
      guard let base, let outcome = try await job.adopt() else {
        throw AttemptFailure(
          .orchestratorCrash, "the orchestrator ended before it was handed over",
          isTransient: true)
      }
      return try await ending(of: outcome, base)
    } catch {
      return ending(error)
    }
  }

  private func ending(_ error: any Error) -> (AttemptOutcome, JSONObject) {
    if Task.isCancelled || error is CancellationError { return (.cancelled(salvage: nil), [:]) }
    switch error {
    case let error as JobError: return (.failed(AttemptFailure(error, of: means.name)), [:])
    default: return (.failed(attempt.failure(from: error)), [:])
    }
  }

  /// A worker that was ended without our asking was ended by the batch system.
  private func ending(
    of outcome: BatchJob.Outcome, _ base: ObjectID
  ) async throws -> (AttemptOutcome, JSONObject) {
    switch outcome {
    case .stopped: return (.cancelled(salvage: nil), [:])
    case .lost(let loss): return (.failed(AttemptFailure(loss)), [:])
    case .result(let end, let loss, let wasStopped):
      let taken = try await NodeIntake(attempt, base: base, heard).take(end)
      guard case .cancelled(let salvage) = taken.0, !wasStopped else { return taken }
      let usual = BatchJob.Loss(message: "its job was ended from outside of this run")
      var failure = AttemptFailure(loss ?? usual)
      failure.salvage = salvage
      failure.tip = salvage.flatMap { (try? attempt.context.repository.reference($0)) ?? nil }
      return (.failed(failure), taken.1)
    }
  }

  private func order(_ base: ObjectID) -> Shared<NodeOrder> {
    let workInHand = attempt.workToTakeUp(on: base)
    let work = NodeOrder.Attempt(
      workstream: attempt.workstream, order: attempt.order, workInHand: workInHand,
      prompt: attempt.prompt(takingUp: workInHand, mayResume: false))
    return means.order(.attempt(work), at: base, lease: lease, attempt.context.facts)
  }

  private var lease: String {
    attempt.context.names.lease(attempt.id, attempt: attempt.attempt)
  }

  private var job: BatchJob {
    let (context, name) = (attempt.context, attempt.order.name)
    try? Files.makeDirectory(context.logs.folder)
    return BatchJob(
      means: means, lease: lease,
      resources: context.configuration.resources(
        for: attempt.workstream, tool: attempt.order.tool),
      variables: logins, log: "\(context.logs.folder)/\(name.label).job.log",
      stop: attempt.stop
    ) { progress in self.heard(progress) }
  }

  private func heard(_ progress: Lease.Progress) {
    let name = attempt.order.name
    let usage = NodeFacts.read(
      progress.usage, in: attempt.context.repository, of: name, worker: attempt.worker)
    for fact in heard.news(in: usage) { _ = attempt.report(fact) }
    if progress.percent == nil, progress.message == nil { return }
    _ = attempt.report(
      EventDraft(
        .taskProgress(.init { ($0.percent, $0.message) = (progress.percent, progress.message) }),
        workstream: name.workstream, attempt: name.number))
  }

  /// What its tool logs in with.
  private var logins: [String] {
    let tool = attempt.context.configuration.tools[attempt.order.tool]
    return tool.map { WorkerVariables($0, user: attempt.context.project.environment).tool } ?? []
  }
}

extension AttemptFailure {
  fileprivate init(_ loss: BatchJob.Loss) {
    self.init(loss.kind, loss.message, isTransient: loss.isTransient)
  }

  fileprivate init(_ error: JobError, of executor: String) {
    let words = error.words.terminalSafe
    switch error {
    case .refused: self.init(.resourceLimit, "'\(executor)' refuses its job: \(words)")
    case .unreachable, .givenUp:
      self.init(
        .resourceLimit, "'\(executor)' cannot be reached: \(words)", isTransient: true)
    }
  }
}
