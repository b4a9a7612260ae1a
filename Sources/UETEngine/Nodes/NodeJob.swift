import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETScheduling
import UETSystem
import UETWorkers

/// What `git uet job` does on a node: takes up the order of a lease, carries it out as an attempt
/// is carried out anywhere, and brings the result, as long as the lease is still its own.
package struct NodeJob: Sendable {
  /// Path or address of the repository that holds the lease.
  private let remote: String
  /// The full name of the lease's reference.
  private let lease: String
  /// Where this user's mirrors and worktrees stay on this node.
  private let folder: String
  private let environment: [String: String]
  /// Told what is going on, a line each.
  private let say: @Sendable (String) -> Void

  package init(
    remote: String, lease: String, folder: String?, environment: [String: String],
    say: @escaping @Sendable (String) -> Void
  ) {
    (self.remote, self.lease) = (remote, lease)
    // Settings of git for some other repository are none for the mirror.
    self.environment = environment.filter { !$0.key.hasPrefix("GIT_") }
    self.folder = folder ?? Self.usualFolder(environment)
    self.say = say
  }

  /// Where a node keeps what is disposable, if nothing says so.
  static func usualFolder(_ environment: [String: String]) -> String {
    let user = environment["USER"] ?? environment["LOGNAME"] ?? "user"
    return "/var/tmp/git-uet-\(user.filter { $0.isLetter || $0.isNumber || $0 == "-" })"
  }

  package enum End: Sendable {
    /// The result stands where the orchestrator looks for it.
    case brought
    /// The lease is not, or no longer, this job's: nothing was brought.
    case fenced
  }

  /// Seconds that a repository that cannot be reached is waited for: at the beginning, and with a
  /// result in hand.
  private static let patience = (first: 600.0, last: 3600.0)

  /// Does all of it. A cancelled task ends the attempt, and brings what it left.
  package func perform() async throws -> End {
    let mirror = try NodeMirror(of: remote, in: folder)
    let project = try Project.open(
      from: mirror.path, environment: environment, reading: true)
    let board = LeaseBoard(
      project: project, remote: remote, lender: mirror.lender(environment))
    let end = try await patiently(Self.patience.first) {
      let end = try await board.end(of: lease)
      // A fetch looks at all that the mirror ever referred to, and where objects are lent that may
      // be gone there by now.
      if mirror.borrows || end == nil { return end }
      try await board.bring(lease)
      return try project.repository.reference(lease)
    }
    guard let end else {
      say("lease '\(lease)' is gone")
      return .fenced
    }
    let known = try Lease(endingAt: end, in: project.repository)
    let order = try NodeOrder(known.order, in: project.repository)
    guard known.step != .result, order.lease == lease else {
      say("lease '\(lease)' has its result already")
      return .fenced
    }
    let held = HeldLease(board, lease, end: end, of: order.run, clock: project.clock)
    guard try await claim(held) else { return .fenced }
    let slot = try mirror.takeSlot()
    let outcome: Result<End, any Error>
    do {
      outcome = .success(try await perform(order, held, NodePlace(order, path: slot.path, project)))
    } catch {
      outcome = .failure(error)
    }
    slot.release()
    if !mirror.borrows { await board.forget(lease) }
    await mirror.tidy(project)
    return try outcome.get()
  }

  private func perform(
    _ order: NodeOrder, _ held: HeldLease, _ place: NodePlace
  ) async throws -> End {
    switch order.work {
    case .attempt(let attempt):
      guard let result = try await carryOut(attempt, order, held, place) else { return .fenced }
      return try await bring(held) { (repository, end, time) throws(GitError) in
        try result.write(to: repository, after: end, of: order.run, at: time)
      }
    case .gate(let gate):
      guard let verdict = try await run(gate, order, held, place) else { return .fenced }
      return try await bring(held) { (repository, end, time) throws(GitError) in
        try verdict.write(to: repository, after: end, of: order.run, at: time)
      }
    }
  }

  private func claim(_ held: HeldLease) async throws -> Bool {
    let claim = Lease.Claim(
      job: environment["SLURM_JOB_ID"] ?? environment["UET_JOB"],
      node: environment["SLURMD_NODENAME"] ?? SystemProcesses.hostName)
    let isOurs = try await patiently(Self.patience.first) {
      try await held.move(Lease.Claim.document, claim.json, "claimed on \(claim.node)")
    }
    if !isOurs { say("lease '\(lease)' was claimed by another at the same time") }
    return isOurs
  }

  /// The result of an attempt; nil where the lease went to another meanwhile.
  private func carryOut(
    _ attempt: NodeOrder.Attempt, _ order: NodeOrder, _ held: HeldLease, _ place: NodePlace
  ) async throws -> NodeResult? {
    let reports = NodeReports()
    defer { reports.close() }
    let facts = place.facts(Planner.plan(workstreams: [attempt.workstream], dependencies: [[]]))
    let sockets = WorkerReports(
      run: order.run, in: facts.project, mailbox: reports.mailbox, at: "\(place.path).sock")
    let ground = try Ground(facts, reports: sockets)
    let (stop, seeds) = (StopSwitch(), BenchSeeds())
    let begun = BegunAttempt(
      base: order.base, workInHand: attempt.workInHand, prompt: attempt.prompt,
      place: attempt.workstream.worktree == .some(.none)
        ? .scratch(path: "\(place.path).scratch") : .slot(path: place.path))
    var result = await holding(held, each: order.heartbeat, telling: reports.progress) {
      var runner = AttemptRunner(
        context: Shared(ground), seeds: seeds, workstream: attempt.workstream, order: attempt.order,
        previous: nil, stop: stop, report: { reports.note($0) }, begun: begun)
      let (outcome, details) = await runner.run()
      return NodeResult(
        outcome: outcome, details: details, facts: [],
        logs: ground.logs(ofEnded: attempt.order.name))
    }
    await seeds.close()
    await sockets?.close()
    result?.facts = reports.facts
    if case .cancelled(let name?)? = result?.outcome {
      result?.left = try? ground.repository.reference(name)
    }
    return result
  }

  /// What a gate says; nil where the lease went to another meanwhile.
  private func run(
    _ asked: NodeOrder.GateRun, _ order: NodeOrder, _ held: HeldLease, _ place: NodePlace
  ) async throws -> NodeVerdict? {
    let facts = place.facts(Planner.plan(workstreams: [], dependencies: []))
    let ground = try Ground(facts)
    var request = GateRequest(name: asked.name)
    request.command = asked.command
    guard let gate = Gate(request, configuration: facts.configuration) else {
      throw Refusal(.internalError, "the gate '\(asked.name.terminalSafe)' is not configured")
    }
    let bench = TestBench(ground)
    let log = "\(facts.logs.folder)/gate.log"
    let stop = StopSwitch()
    let result = await holding(held, each: order.heartbeat, telling: Self.nothing) {
      await bench.run(
        gate, on: order.base, log: log, declaring: asked.declared, isCold: asked.isCold, stop: stop)
    }
    await bench.close()
    return result.map { NodeVerdict($0, log: facts.logs.excerpt(log)) }
  }

  private static func nothing() -> Lease.Progress? { nil }

  /// Does the work and gives signs of life meanwhile; nil where the lease went to another, and then
  /// the work is ended.
  private func holding<Value: Sendable>(
    _ held: HeldLease, each seconds: Double,
    telling progress: @escaping @Sendable () -> Lease.Progress?,
    _ body: @escaping @Sendable () async -> Value
  ) async -> Value? {
    let work = Task { await body() }
    let watch = Task {
      guard await held.isLost(each: seconds, telling: progress) else { return false }
      say("lease '\(lease)' is another's now; what was done here does not count")
      work.cancel()
      return true
    }
    let value = await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      work.cancel()
    }
    watch.cancel()
    return await watch.value ? nil : value
  }

  /// Brings what came of it, whatever was asked of this task meanwhile: it is all that there is.
  private func bring(
    _ held: HeldLease,
    _ write: @escaping @Sendable (Repository, ObjectID, Timestamp) throws(GitError) -> ObjectID
  ) async throws -> End {
    let work = Task { try await patiently(Self.patience.last) { try await held.end(write) } }
    guard try await work.value else {
      say("lease '\(lease)' is another's now; the result does not count")
      return .fenced
    }
    return .brought
  }

  /// Tries again, with longer and longer waits, what a network or a host came between.
  private func patiently<Value: Sendable>(
    _ seconds: Double, _ body: () async throws -> Value
  ) async throws -> Value {
    let end = ContinuousClock.now.advanced(by: .seconds(seconds))
    var pause = 1.0
    while true {
      do { return try await body() } catch let error as GitError {
        guard error.mayPass, ContinuousClock.now < end, !Task.isCancelled else { throw error }
        say("waits: \(error)")
        try await Task.sleep(for: .seconds(pause))
        pause = min(pause * 2, 60)
      }
    }
  }
}

extension GitError {
  /// Whether it may be otherwise in a while, with nothing changed here.
  var mayPass: Bool {
    switch self {
    case .remoteFailed, .gitOverdue, .referenceLocked: true
    default: false
    }
  }
}

/// Where a job works: a slot of the mirror, with all that is its own.
private struct NodePlace {
  /// Of the worktree; the names of what lies beside it begin so.
  let path: String
  private let order: NodeOrder
  private let project: Project

  init(_ order: NodeOrder, path: String, _ project: Project) {
    (self.order, self.path) = (order, path)
    var configuration = order.configuration
    // What is carried out here is not handed on.
    configuration.runHere()
    configuration.run.mode = .slots
    configuration.run.worktrees = "\(path).trees"
    self.project = project.with(configuration, refPrefix: order.refPrefix).fixingSettings()
  }

  /// Two jobs of one run on a node do not write to each other's files.
  func facts(_ plan: Plan) -> RunFacts {
    var facts = RunFacts(
      project: project, plan: plan, run: order.run, base: order.runBase,
      waves: WavePlan(plan, project.configuration))
    facts.logs = AttemptLogs(folder: "\(path).logs", redaction: project.redaction)
    try? Files.removeAll(facts.logs.folder)
    return facts
  }
}

/// A lease in the hands of a job.
private actor HeldLease {
  private let board: LeaseBoard
  private let name: String
  private let run: RunID
  private let clock: Clock
  private var end: ObjectID
  /// Ends that it was moved to without word of what came of it.
  private var unsure: Set<ObjectID> = []

  init(_ board: LeaseBoard, _ name: String, end: ObjectID, of run: RunID, clock: Clock) {
    (self.board, self.name, self.end, self.run, self.clock) = (board, name, end, run, clock)
  }

  private var repository: Repository { board.project.repository }

  /// False where it is another's.
  func move(_ document: String, _ json: JSONValue, _ subject: String) async throws -> Bool {
    try await move { end throws(GitError) in
      try repository.writeRecord(
        [(document, Array(json.encoded(.pretty).utf8))], parents: [end], subject, of: run,
        at: clock.now())
    }
  }

  func end(
    _ write: (Repository, ObjectID, Timestamp) throws(GitError) -> ObjectID
  ) async throws -> Bool {
    try await move { end throws(GitError) in try write(repository, end, clock.now()) }
  }

  private func move(_ make: (ObjectID) throws(GitError) -> ObjectID) async throws -> Bool {
    while true {
      let next = try make(end)
      do throws(GitError) {
        if try await board.move(name, from: end, to: next) {
          end = next
          return true
        }
      } catch {
        // It may have been taken, and only the answer was lost.
        unsure.insert(next)
        throw error
      }
      guard let there = try await board.end(of: name), unsure.remove(there) != nil else {
        return false
      }
      end = there
    }
  }

  /// Gives a sign of life now and then, until the task is cancelled; true as soon as the lease is
  /// another's.
  func isLost(
    each seconds: Double, telling: @escaping @Sendable () -> Lease.Progress?
  ) async -> Bool {
    while (try? await Task.sleep(for: .seconds(seconds))) != nil {
      // What is begun is not cut off: nobody would know then what the lease has come to.
      if await Task(operation: { await isAnother(telling()) }).value { return true }
    }
    return false
  }

  private func isAnother(_ progress: Lease.Progress?) async -> Bool {
    let progress = progress ?? Lease.Progress(percent: nil, message: nil)
    let moved = try? await move(
      Lease.Progress.document, progress.json, progress.message ?? "at work")
    return moved == false
  }
}
