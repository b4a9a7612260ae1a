import Synchronization
import UETGit
import UETModel
import UETPlanning
import UETSystem
import UETWorkers

/// What jobs of one executor are handed over and followed by.
final class BatchMeans: Sendable {
  /// The executor's name in the configuration.
  let name: String
  let settings: Configuration.Executor
  let desk: JobDesk
  let board: LeaseBoard
  let opening: LeaseOpening
  let watch: LeaseWatch
  /// Set when whoever drives the run lets go of it, and another may go on with its jobs.
  let isLeft = LeftFlag()

  init(name: String, settings: Configuration.Executor, desk: JobDesk, board: LeaseBoard) {
    (self.name, self.settings, self.desk, self.board) = (name, settings, desk, board)
    (opening, watch) = (LeaseOpening(board), LeaseWatch(board))
  }

  func order(
    _ work: NodeOrder.Work, at base: ObjectID, lease: String, _ facts: RunFacts
  ) -> Shared<NodeOrder> {
    Shared(
      NodeOrder(
        run: facts.run, runBase: facts.base, base: base, lease: lease,
        configuration: facts.configuration, refPrefix: facts.project.refPrefix,
        heartbeat: settings.heartbeat, work: work))
  }

  /// What passes to a node of the user's environment.
  fileprivate func environment(
    _ user: [String: String], adding names: [String]
  ) -> [String: String] {
    let wanted = Set(settings.passedVariables + names)
    return WorkerEnvironment.base(from: user)
      .merging(user.filter { wanted.contains($0.key) }) { first, _ in first }
  }
}

/// Something that is set once.
final class LeftFlag: Sendable {
  private let flag = Atomic(false)

  var isSet: Bool { flag.load(ordering: .acquiring) }

  func set() { flag.store(true, ordering: .releasing) }
}

/// One job of a batch system and its lease, from the order to the result, or to the moment from
/// which none can come.
///
/// What a job is said to have come to decides nothing as long as its lease may still be moved: a
/// result counts if it is there, and a lease is taken away before its job is given up.
final class BatchJob: Sendable {
  let means: BatchMeans
  let lease: String
  let resources: Resources
  /// Variables of the user's environment that pass to the node, besides those that its executor
  /// names.
  let variables: [String]
  /// A file for what the job itself prints, where the file system is shared.
  let log: String
  let stop: StopSwitch
  /// Called with where it has got to.
  let tell: @Sendable (Lease.Progress) -> Void

  enum Outcome: Sendable {
    /// The lease ends with a result. `ending` is what the batch system says, where it was asked;
    /// `wasStopped`: the job had been called back.
    case result(ObjectID, ending: Loss?, wasStopped: Bool)
    case lost(Loss)
    case stopped
  }

  /// Why there is no result.
  struct Loss: Hashable, Sendable {
    var kind = ErrorKind.resourceLimit
    let message: String
    var isTransient = true
  }

  /// Seconds that a job that was called back has to bring what it has.
  private static let farewell = 60.0
  /// Seconds that a result may take to be seen here after its job has ended: file systems and hosts
  /// may be behind the batch system.
  private static let settling = 10.0

  init(
    means: BatchMeans, lease: String, resources: Resources, variables: [String] = [], log: String,
    stop: StopSwitch, tell: @escaping @Sendable (Lease.Progress) -> Void
  ) {
    self.means = means
    self.lease = lease
    self.resources = resources
    self.variables = variables
    self.log = log
    self.stop = stop
    self.tell = tell
  }

  private var project: Project { means.board.project }
  private var name: String { Self.name(of: lease) }

  /// The name of a lease's job, or the beginning of the names for a prefix of leases:
  /// `uet-RUN-WORKSTREAM-ATTEMPT`.
  static func name(of lease: String) -> String {
    let parts = lease.split(separator: "/", omittingEmptySubsequences: false)
    let own = parts.lastIndex(of: "lease").map { parts[($0 + 1)...] } ?? parts[...]
    return "uet-" + own.joined(separator: "-")
  }

  /// Puts an order where nodes find it; nil where a lease of the name is there already.
  func open(_ order: Shared<NodeOrder>) async throws -> ObjectID? {
    let time = project.clock.now()
    return try await patiently { try await means.opening.open(lease, with: order, at: time) }
  }

  /// Submits the job whose order was put there, and follows it.
  func handOver(_ order: ObjectID?) async throws -> Outcome {
    guard let order else {
      return .lost(Loss(message: "its lease '\(lease)' is there already"))
    }
    return await follow(try await submit(), from: order)
  }

  /// Goes on with one that a process before this one handed over: the result may be there by now,
  /// the job may wait, run, or be gone. Nil where there is no lease.
  func adopt() async throws -> Outcome? {
    let (board, desk) = (means.board, means.desk)
    let there: ObjectID? = try await patiently { try await board.end(of: lease) }
    guard let end = there else { return nil }
    let step: Lease.Step = try await patiently { try await self.step(endingAt: end) }
    if step == .result { return .result(end, ending: nil, wasStopped: false) }
    let found: JobID? = try await patiently { try await desk.find(prefix: name)[name] }
    if let job = found {
      return await follow(job, from: end)
    }
    // Nobody has taken it up: it may never have been submitted.
    if step == .order { return await follow(try await submit(), from: end) }
    return try await giveUp(
      Loss(message: "its job is gone: '\(means.name)' knows nothing of it any more"))
  }

  /// Tries again, until the task is cancelled, what a host or a batch system that does not answer
  /// came between: what a job has done is not given up for that.
  private func patiently<Value: Sendable>(
    _ body: () async throws -> Value
  ) async throws -> Value {
    var pause = 1.0
    while true {
      do { return try await body() } catch {
        guard mayPass(error), !Task.isCancelled else { throw error }
        tell(Lease.Progress(percent: nil, message: "waits: \("\(error)".terminalSafe)"))
        try await Task.sleep(for: .seconds(pause))
        pause = min(pause * 2, 30)
      }
    }
  }

  private func mayPass(_ error: any Error) -> Bool {
    if case .unreachable = error as? JobError { return true }
    return (error as? GitError)?.mayPass == true
  }

  private func submit() async throws(JobError) -> JobID {
    let settings = means.settings
    var argv = settings.wrapper + [settings.program ?? OwnProgram.path, "job"]
    argv += ["--remote", settings.remote ?? project.repository.commonDirectory]
    if let folder = settings.folder { argv += ["--folder", folder] }
    argv.append(lease)
    let environment = means.environment(project.environment, adding: variables)
    return try await means.desk.submit(
      JobOrder(
        name: name, argv: argv, environment: environment, resources: resources,
        timeLimit: settings.time, log: settings.remote == nil ? log : "/dev/null"))
  }

  private func step(endingAt end: ObjectID) async throws -> Lease.Step {
    try await means.board.bring(lease)
    return try Lease.Step(of: end, in: project.repository)
  }
}

/// Following it.
extension BatchJob {
  private enum Signal: Sendable {
    case job(JobState)
    case lease(ObjectID?)
    /// It is to be asked again whether it is held back, and by what.
    case held(String)
    case cancelled
    /// It was given the time it has.
    case overdue
  }

  /// Until the result is here, or none will be.
  private func follow(_ job: JobID, from end: ObjectID) async -> Outcome {
    let (signals, send) = AsyncStream<Signal>.makeStream()
    let number = await means.desk.follow(job) { send.yield(.job($0)) }
    await means.watch.begin(lease, from: end) { send.yield(.lease($0)) }
    // Whoever is cancelled still hears what comes of it.
    let work = Task {
      var following = Following(self, job, send)
      for await signal in signals {
        if let outcome = await following.take(signal) { return outcome }
      }
      return .stopped
    }
    let outcome = await withTaskCancellationHandler {
      await work.value
    } onCancel: {
      send.yield(.cancelled)
    }
    await means.desk.leave(job, number)
    await means.watch.end(lease)
    return outcome
  }

  private struct Following {
    private let batch: BatchJob
    private let job: JobID
    private let send: AsyncStream<Signal>.Continuation
    private var said: String?
    private var isCalledBack = false
    /// How often a lease that is to be taken away is tried for again, where it cannot be reached.
    private var triesLeft = 5
    /// The batch system holds it back.
    private var isHeld = false
    /// What its worker said last.
    private var told: Lease.Progress?
    /// Where the lease was when the job was last seen held back.
    private var heldAt: ObjectID?

    init(_ batch: BatchJob, _ job: JobID, _ send: AsyncStream<Signal>.Continuation) {
      (self.batch, self.job, self.send) = (batch, job, send)
    }

    private var means: BatchMeans { batch.means }

    /// The outcome, where there is one by now.
    mutating func take(_ signal: Signal) async -> Outcome? {
      do { return try await outcome(of: signal) } catch {
        say("\("\(error)".terminalSafe); it is looked at again")
        // What cannot be looked at now may be in a moment, and nobody tells it again.
        switch signal {
        case .cancelled: break
        case .overdue:
          // The attempt is over in any case: nobody asks for what this lease comes to later.
          if triesLeft == 0 || batch.stop.level == .immediate { return .stopped }
          triesLeft -= 1
          send(signal, after: 1)
        case .job, .lease, .held: send(signal, after: 1)
        }
        return nil
      }
    }

    // What follows on each is a function of its own: thousands wait in this one.
    private mutating func outcome(of signal: Signal) async throws -> Outcome? {
      switch signal {
      case .job(.waiting(let reason, let isHopeless)):
        let words = reason.map { ": \($0.terminalSafe)" } ?? ""
        say("job \(job.rawValue) waits\(words)")
        isHeld = isHopeless && !isCalledBack
        return isHeld ? try await held(words) : nil
      case .held(let words): return try await held(words)
      case .job(.running(let node)):
        isHeld = false
        await means.watch.hurry(batch.lease)
        say("job \(job.rawValue) runs" + (node.map { " on \($0.terminalSafe)" } ?? ""))
        return nil
      case .job(.ended(let ending)): return try await outcome(of: batch.loss(ending, job))
      case .lease(let end): return try await outcome(ofLeaseAt: end)
      case .cancelled:
        if means.isLeft.isSet { return .stopped }
        isCalledBack = true
        sendOverdue()
        try? await means.desk.cancel([job])
        return nil
      case .overdue: return try await outcomeOverdue()
      }
    }

    /// What its end comes to, from which there will be nothing but what is there by now.
    private func outcome(of loss: Loss) async throws -> Outcome {
      guard let end = try await batch.settledResult() else {
        let outcome = try await batch.giveUp(loss)
        if isCalledBack, case .lost = outcome { return .stopped }
        return outcome
      }
      return .result(end, ending: loss, wasStopped: isCalledBack)
    }

    private mutating func outcome(ofLeaseAt end: ObjectID?) async throws -> Outcome? {
      guard let end else {
        return isCalledBack
          ? .stopped : .lost(Loss(message: "somebody took its lease '\(batch.lease)' away"))
      }
      if try await batch.step(endingAt: end) == .result {
        return .result(end, ending: nil, wasStopped: isCalledBack)
      }
      if let progress = Lease.Progress(in: end, of: batch.project.repository), progress != told {
        batch.tell(progress)
        told = progress
      }
      return nil
    }

    private func outcomeOverdue() async throws -> Outcome {
      try? await means.desk.cancel([job])
      if case .result(let end, let ending, _) = try await batch.giveUp(Loss(message: "")) {
        return .result(end, ending: ending, wasStopped: true)
      }
      return .stopped
    }

    /// When its time is over, or as soon as nobody wants to wait any more.
    private func sendOverdue() {
      let (send, stop) = (send, batch.stop)
      let limit = ContinuousClock.now.advanced(by: .seconds(BatchJob.farewell))
      Task {
        while stop.level != .immediate, ContinuousClock.now < limit {
          try? await Task.sleep(for: .milliseconds(250))
        }
        send.yield(.overdue)
      }
    }

    /// The end of a job that will never start by itself, unless it did before.
    private mutating func held(_ words: String) async throws -> Outcome? {
      guard isHeld else { return nil }
      guard try await isStill else {
        send(.held(words), after: means.settings.heartbeat * 3)
        return nil
      }
      try? await means.desk.cancel([job])
      return try await batch.giveUp(
        Loss(message: "job \(job.rawValue) can never start\(words)", isTransient: false))
    }

    /// Whether nobody works on it: what a batch system holds back may have been started before, and
    /// the first copy goes on without its knowledge, and gives signs of life.
    private var isStill: Bool {
      mutating get async throws {
        guard let end = try await means.board.end(of: batch.lease) else { return true }
        defer { heldAt = end }
        return try await batch.step(endingAt: end) == .order || end == heldAt
      }
    }

    private func send(_ signal: Signal, after seconds: Double) {
      let send = send
      Task {
        try? await Task.sleep(for: .seconds(seconds))
        send.yield(signal)
      }
    }

    private mutating func say(_ text: String) {
      if text != said { batch.tell(Lease.Progress(percent: nil, message: text)) }
      said = text
    }
  }
}

/// What it has come to.
extension BatchJob {
  /// The end of the lease where it is a result, or becomes one in the next moments.
  private func settledResult() async throws -> ObjectID? {
    let limit = ContinuousClock.now.advanced(by: .seconds(Self.settling))
    while true {
      guard let end = try await means.board.end(of: lease) else { return nil }
      if try await step(endingAt: end) == .result { return end }
      if ContinuousClock.now >= limit { return nil }
      try? await Task.sleep(for: .milliseconds(250))
    }
  }

  /// Takes the lease away, so that no copy of the job can bring anything any more; where one was
  /// faster, its result counts.
  private func giveUp(_ loss: Loss) async throws -> Outcome {
    while let end = try await means.board.end(of: lease) {
      if try await step(endingAt: end) == .result {
        return .result(end, ending: loss, wasStopped: false)
      }
      // What it has used so far is known, whatever becomes of it.
      if let progress = Lease.Progress(in: end, of: project.repository) { tell(progress) }
      if try await means.board.remove(lease, at: end) { return .lost(loss) }
    }
    await means.board.forget(lease)
    return .lost(loss)
  }

  private func loss(_ ending: JobEnding, _ job: JobID) -> Loss {
    let words = ending.words.isEmpty ? "" : " (\(ending.words.terminalSafe))"
    let name = "job \(job.rawValue)"
    func loss(_ text: String) -> Loss { Loss(message: "\(name) \(text)\(words)\(lastWords)") }
    switch ending.kind {
    case .timedOut:
      return Loss(
        kind: .timeout, message: "\(name) reached the time that '\(means.name)' gives it\(words)")
    case .outOfMemory: return loss("was killed for want of memory")
    case .nodeLost: return loss("was lost with its node")
    case .cancelled: return loss("was ended from outside of this run")
    case .completed: return loss("ended and brought no result")
    case .failed(let status): return loss("ended with status \(status) and brought no result")
    case .signalled(let signal): return loss("was ended by signal \(signal)")
    case .unknown: return loss("is gone, and brought no result")
    }
  }

  /// What it said itself.
  private var lastWords: String {
    AttemptLogs(folder: "", redaction: project.redaction).lastWords(log)
  }
}
