import UETGit
import UETLedger
import UETModel
import UETScheduling
import UETSystem

/// Drives one run: records what the dispatcher decides, applies it, then acts.
///
/// One pass takes all waiting inputs, makes their events durable with one write, and only then
/// carries out the effects; so nothing happens in the world that the record does not know of.
actor Orchestrator {
  private var context: RunContext
  private let ledger: LedgerWriter
  private let mailbox: Mailbox<RunMessage>
  private let observer: RunObserver
  private var machine: DispatchMachine
  private var attempts: [AttemptName: RunningAttempt] = [:]
  private let bench: TestBench
  private var waveTests: [WaveTest: Task<Void, Never>] = [:]
  private var timer: (at: Timestamp, task: Task<Void, Never>)?
  private var suspects: Set<AttemptName> = []
  private var lastWrite: ContinuousClock.Instant?

  private struct RunningAttempt {
    let task: Task<Void, Never>
    let stop: StopSwitch
  }

  init(
    context: RunContext, ledger: LedgerWriter, machine: DispatchMachine,
    mailbox: Mailbox<RunMessage>, observer: @escaping RunObserver
  ) {
    self.context = context
    bench = TestBench(context)
    self.ledger = ledger
    self.machine = machine
    self.mailbox = mailbox
    self.observer = observer
  }

  /// Runs until the dispatcher says that the run has ended, and returns the state it ended in.
  ///
  /// Throws when the record cannot be written; attempts under way are stopped first.
  func run() async throws(EngineError) -> RunState {
    do {
      var ended = false
      while !ended {
        let effects = try await take(await messages())
        for effect in effects where perform(effect) { ended = true }
        setTimer()
      }
    } catch {
      await stopAttempts()
      refuseTheRest()
      throw EngineError(error)
    }
    await stopAttempts()
    refuseTheRest()
    timer?.task.cancel()
    return machine.state
  }

  /// The next messages. Where one batch follows the other, it is worth a moment: each write costs as much as
  /// several attempts that only begin and end.
  private func messages() async -> [RunMessage] {
    let messages = await mailbox.receive()
    guard let lastWrite, lastWrite.duration(to: .now) < Self.busy else { return messages }
    try? await Task.sleep(for: Self.moment)
    return messages + mailbox.receiveNow()
  }

  private static let busy = Duration.milliseconds(2)
  private static let moment = Duration.microseconds(500)

  /// What one batch of messages led to.
  private struct Batch {
    var effects: [DispatchEffect] = []
    var events: [Event] = []
    var answers: [() -> Void] = []
  }

  /// Records and applies a batch; returns what is now to be done.
  private func take(_ messages: [RunMessage]) async throws -> [DispatchEffect] {
    var batch = Batch()
    do {
      for message in messages { try take(message, &batch) }
      _ = try recording(&batch) { try machine.settle(at: $0, record: $1) }
      if !batch.events.isEmpty {
        if let fold = ledger.state { machine.share(fold) }
        try await ledger.flush()
        lastWrite = .now
        observer(batch.events, machine.state)
      }
    } catch {
      for message in messages { message.answer?(.refused("the record cannot be written")) }
      throw error
    }
    for answer in batch.answers { answer() }
    return batch.effects
  }

  /// Takes one message in memory; what follows from all of a batch is drawn after the last, so that
  /// it is decided on all that is known. One that the dispatcher refuses changes nothing.
  private func take(_ message: RunMessage, _ batch: inout Batch) throws {
    let answer: SteeringAnswer
    do {
      switch message.content {
      case .input(let input):
        try attachLogs(of: input)
        let input = try withLog(withTree(input))
        _ = try recording(&batch) { try machine.accept(input, at: $0, record: $1) }
        answer = SteeringAnswer(.done, "recorded")
      case .steering(let request):
        answer = try steer(request, &batch)
      case .admission: answer = try admit(&batch)
      }
    } catch let refusal as DispatchError {
      answer = .refused("\(refusal)", hint: refusal.hint(machine.state.run))
    } catch let refusal as Refusal {
      answer = refusal.answer
    }
    if let reply = message.answer { batch.answers.append { reply(answer) } }
  }

  private func steer(_ request: RunSteering, _ batch: inout Batch) throws -> SteeringAnswer {
    let before = machine.state
    if let input = request.input {
      let events = try recording(&batch) { try machine.take(input, at: $0, record: $1) }
      return request.answer(events, before, machine.state)
    }
    if case .release(let wave, let reason) = request { return try release(wave, reason, &batch) }
    let (answer, change, plan) = try Refusal.catching {
      try request.replan(before, in: context.project)
    }
    guard let change else { return answer }
    _ = try recording(&batch) { try machine.take(.changePlan(change), at: $0, record: $1) }
    guard let plan else { return answer }
    for workstream in plan.workstreams { context.workstreams[workstream.id] = workstream }
    context.waves = WavePlan(plan, context.configuration)
    return answer
  }

  private func release(
    _ wave: String, _ reason: String?, _ batch: inout Batch
  ) throws -> SteeringAnswer {
    let (draft, answer) = context.waves.release(
      wave, machine.state, reason: reason, by: context.project.person)
    guard let draft else { return answer }
    _ = try recording(&batch) { try machine.accept(.fact(draft), at: $0, record: $1) }
    return answer
  }

  private typealias Record = ([EventDraft]) throws -> [Event]

  /// Lets `step` record; its effects and events join the batch.
  private func recording(
    _ batch: inout Batch, _ step: (Timestamp, Record) throws -> [DispatchEffect]
  ) throws -> [Event] {
    let now = context.project.clock.now()
    var recorded: [Event] = []
    batch.effects += try step(now) { drafts in
      let events = try ledger.append(drafts.flatMap(withReview), at: now)
      recorded += events
      context.verdicts.note(events.compactMap { VerdictRecord($0) })
      for event in events where event.type == .protectedChangeFound && event.isUnattributed {
        suspects.formUnion(event.suspects.map { AttemptName($0.workstream, $0.attempt) })
      }
      return events
    }
    batch.events += recorded
    return recorded
  }

  /// Records what is new in the inboxes of other clones.
  private func admit(_ batch: inout Batch) throws -> SteeringAnswer {
    guard let result = context.project.news(for: machine.state) else {
      return .refused("the inboxes cannot be looked at")
    }
    for draft in result.drafts {
      _ = try recording(&batch) { try machine.accept(.fact(draft), at: $0, record: $1) }
    }
    context.project.tell(result)
    return result.answer
  }

  /// Asks for a person's look at what has just finished, where its bundle wants one.
  private func withReview(_ draft: EventDraft) -> [EventDraft] {
    guard draft.type == .taskCompleted, let id = draft.workstream,
      let tip = draft.data[.tip]?.objectID,
      context.workstreams[id]?.review == .beforeMerge || isSuspect(draft, id)
    else { return [draft] }
    return [draft, .reviewRequest(id, tip)]
  }

  /// Whether the attempt is one of several that may have changed what is protected.
  private func isSuspect(_ draft: EventDraft, _ id: WorkstreamID) -> Bool {
    draft.attempt.map { suspects.contains(AttemptName(id, $0)) } ?? false
  }

  private func refuseTheRest() {
    for message in mailbox.close() { message.answer?(.runIsOver) }
  }

  private func attachLogs(of input: DispatchInput) throws {
    let names: [AttemptName] =
      switch input {
      case .attemptEnded(let name, _, _): [name]
      case .recover(let ended, _): Array(ended.keys)
      default: []
      }
    for name in names { attempts[name] = nil }
    for log in names.flatMap({ context.logs(ofEnded: $0) }) {
      try ledger.attach(log.name, log.bytes)
    }
  }

  /// Keeps the output of a wave's gate beside its event, which names it.
  private func withLog(_ input: DispatchInput) throws -> DispatchInput {
    guard case .waveTested(let test, let outcome, var details) = input else { return input }
    waveTests[test] = nil
    let name = "wave-\(test.wave).\(test.gate).log"
    guard details[.reused] == nil,
      let bytes = context.logs.excerpt("\(context.logs.folder)/\(name)")
    else { return input }
    try ledger.attach(name, bytes)
    details[.log] = .string(name)
    return .waveTested(test, outcome, details: details)
  }

  /// Adds the tree of what a failed attempt left, by which a change is known again.
  private func withTree(_ input: DispatchInput) -> DispatchInput {
    guard case .attemptEnded(let name, .failed(let failure), var details) = input,
      let tip = failure.tip, let tree = try? context.repository.commit(tip).tree
    else { return input }
    details[.tree] = .commit(tree)
    return .attemptEnded(name, .failed(failure), details: details)
  }

  /// A worker needs somewhere to write: where there is none, it is not ready, and says why.
  private func prepare(_ worker: String) {
    do throws(SystemFailure) {
      try context.project.makeWorktreeRoot()
      try Files.makeDirectory(context.logs.folder)
      mailbox.send(.workerReady(worker))
    } catch {
      let reason = "cannot \(error.operation) '\(error.path)': \(error.reason)"
      context.project.warn("worker '\(worker)' cannot work: \(reason)")
      mailbox.send(.workerLost(worker, reason: reason))
    }
  }

  /// Carries out one effect; true when the run has ended.
  private func perform(_ effect: DispatchEffect) -> Bool {
    switch effect {
    case .startAttempt(let order): start(order)
    case .prepareWorker(let name): prepare(name)
    case .cancelAttempt(let name, let graceful):
      guard let attempt = attempts[name] else { break }
      if !graceful { attempt.stop.kill() }
      attempt.task.cancel()
    case .publish(let name, let tip): publish(name, tip)
    case .testWave(let test): start(test)
    case .runEnded: return true
    }
    return false
  }

  /// Points a workstream's branch at its result. A branch that somebody moved stays where it is: the
  /// record keeps the result in any case.
  private func publish(_ name: AttemptName, _ tip: ObjectID) {
    // What ran without a worktree has no result to review.
    if !context.place(of: name.workstream, worker: "").isWorktree { return }
    let earlier = machine.state[name.workstream]?.attempts
      .last { $0.number < name.number && $0.outcome == .succeeded }?.tip
    do {
      try context.repository.setReference(
        context.names.branch(name.workstream), to: tip, expecting: earlier ?? .zero,
        message: "git-uet: \(name.workstream) finished")
      context.guardian?.note(context.names.branch(name.workstream), at: tip)
    } catch {
      context.project.warn("branch of '\(name.workstream)' is not moved: \(error)")
    }
  }

  private func start(_ order: AttemptOrder) {
    let name = order.name
    guard let workstream = context.workstreams[name.workstream], attempts[name] == nil else {
      return
    }
    let mailbox = mailbox
    let stop = StopSwitch()
    // Without a worktree nothing waits until the record says that the attempt has begun.
    let canWait = !context.place(of: name.workstream, worker: order.worker).isWorktree
    let runner = AttemptRunner(
      context: context, workstream: workstream, order: order,
      previous: machine.state[name.workstream]?.previous(to: name.number),
      stop: stop, report: { mailbox.record($0, canWait: canWait) })
    let task = Task {
      var runner = runner
      let (outcome, details) = await runner.run()
      mailbox.send(.attemptEnded(name, outcome, details: details))
    }
    attempts[name] = RunningAttempt(task: task, stop: stop)
  }

  private func start(_ test: WaveTest) {
    guard waveTests[test] == nil else { return }
    guard let gate = context.waves.gate(of: test) else {
      let outcome = WaveOutcome(.fault("the gate is not configured"))
      return mailbox.send(.waveTested(test, outcome, details: [:]))
    }
    let tester = WaveTester(context: context, bench: bench, gate: gate, test: test)
    let mailbox = mailbox
    waveTests[test] = Task {
      let (outcome, details) = await tester.run()
      if !Task.isCancelled { mailbox.send(.waveTested(test, outcome, details: details)) }
    }
  }

  private func setTimer() {
    guard let moment = machine.nextWake else { return }
    if let timer, timer.at == moment { return }
    timer?.task.cancel()
    let mailbox = mailbox
    let wait = moment.seconds(since: context.project.clock.now())
    let task = Task {
      try? await Task.sleep(for: .seconds(max(0, wait)))
      if !Task.isCancelled { mailbox.send(.timerFired) }
    }
    timer = (moment, task)
  }

  private func stopAttempts() async {
    for test in waveTests.values { test.cancel() }
    for attempt in attempts.values { attempt.task.cancel() }
    for attempt in attempts.values { await attempt.task.value }
    for test in waveTests.values { await test.value }
    await bench.close()
    (attempts, waveTests) = ([:], [:])
  }
}
