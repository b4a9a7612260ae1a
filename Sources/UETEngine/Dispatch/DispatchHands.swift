import UETGit
import UETModel
import UETScheduling
import UETSystem
import UETWorkers

/// The dispatcher's hands: starts and ends attempts and the gates of waves, and publishes results.
final class DispatchHands: Hands {
  typealias Machine = DispatchMachine

  private var ground: Shared<Ground>
  private let mailbox: Mailbox<RunMessage>
  private let bench: TestBench
  private let seeds = BenchSeeds()
  private let executors: Executors
  private var attempts: [AttemptName: RunningAttempt] = [:]
  private var waveTests: [WaveTest: Task<Void, Never>] = [:]
  private var suspects: Set<AttemptName> = []
  private var hasEnded = false

  private struct RunningAttempt {
    let task: Task<Void, Never>
    let stop: StopSwitch
  }

  init(_ context: Ground, _ mailbox: Mailbox<RunMessage>, _ executors: Executors) {
    ground = Shared(context)
    self.mailbox = mailbox
    self.executors = executors
    bench = TestBench(context, elsewhere: NodeGates(context.facts))
  }

  var context: Ground { ground.value }

  /// Attempts that begin from now on go by what has changed.
  func amend(_ body: (inout Ground) -> Void) {
    var context = context
    body(&context)
    ground = Shared(context)
  }

  func perform(_ effect: DispatchEffect, _ machine: DispatchMachine) {
    switch effect {
    case .startAttempt(let order): start(order, machine.state)
    case .prepareWorker(let name): prepare(name)
    case .cancelAttempt(let name, let graceful):
      guard let attempt = attempts[name] else { break }
      if !graceful { attempt.stop.kill() }
      attempt.task.cancel()
    case .publish(let name, let tip): publish(name, tip, machine.state)
    case .testWave(let test): start(test)
    case .runEnded:
      hasEnded = true
      for message in mailbox.close() { message.answer?(.runIsOver) }
    }
  }

  func end(_ machine: DispatchMachine) -> RunState? { hasEnded ? machine.state : nil }

  nonisolated(nonsending) func close() async {
    for test in waveTests.values { test.cancel() }
    for attempt in attempts.values { attempt.task.cancel() }
    for attempt in attempts.values { await attempt.task.value }
    for test in waveTests.values { await test.value }
    await seeds.close()
    await bench.close()
    await executors.close()
    (attempts, waveTests) = ([:], [:])
  }

  func wrote(_ events: [Event], _ machine: DispatchMachine) {
    context.verdicts.note(events.compactMap { VerdictRecord($0) })
    var ended: [String: [String]] = [:]
    for event in events {
      switch event.fact {
      case .taskCompleted, .taskFailed, .taskCancelled: break
      default: continue
      }
      guard let id = event.workstream, let number = event.attempt,
        let executor = machine.state[id]?.attempts.last(where: { $0.number == number })?.executor
      else { continue }
      ended[executor, default: []].append(context.names.lease(id, attempt: number))
    }
    for (executor, leases) in ended { executors.batch(named: executor)?.recorded(leases) }
  }

  /// Asks for a person's look at what has just finished, where its bundle wants one.
  func record(
    _ drafts: [EventDraft], _ append: ([EventDraft]) throws -> [Event]
  ) rethrows -> [Event] {
    let events = try append(drafts.flatMap(withReview))
    for event in events {
      guard case .protectedChangeFound(let fact) = event.fact, fact.isUnattributed else { continue }
      for suspect in fact.suspects ?? [] {
        guard let id = suspect.workstream, let number = suspect.attempt else { continue }
        suspects.insert(AttemptName(id, number))
      }
    }
    return events
  }

  private func withReview(_ draft: EventDraft) -> [EventDraft] {
    guard case .taskCompleted(let end) = draft.fact, let id = draft.workstream, let tip = end.tip,
      context.workstreams[id]?.wantsReview == true || isSuspect(draft, id)
    else { return [draft] }
    return [draft, .reviewRequest(id, tip, context.workstreams[id]?.reviewReason)]
  }

  /// Whether the attempt is one of several that may have changed what is protected.
  private func isSuspect(_ draft: EventDraft, _ id: WorkstreamID) -> Bool {
    draft.attempt.map { suspects.contains(AttemptName(id, $0)) } ?? false
  }
}

/// What belongs beside an input on record.
extension DispatchHands {
  /// Throws where the disk is full: an attempt that failed by that is no fault of its worker's, and
  /// is begun anew when the run is resumed.
  func completed(_ input: DispatchInput) throws -> (DispatchInput, [File]) {
    switch input {
    case .attemptEnded(let name, .failed(let failure), _) where failure.isDiskFull:
      throw GitError.diskFull(
        path: context.project.worktreeRoot,
        detail:
          "No space left on device; attempt \(name.number) of '\(name.workstream)' did not finish")
    case .attemptEnded(let name, let outcome, let details):
      return (.attemptEnded(name, outcome, details: withTree(of: outcome, details)), logs([name]))
    case .recover(let ended, _): return (input, logs(Array(ended.keys)))
    case .waveTested(let test, let outcome, let details): return tested(test, outcome, details)
    default: return (input, [])
    }
  }

  private func logs(_ names: [AttemptName]) -> [File] {
    for name in names { attempts[name] = nil }
    return names.flatMap { context.logs(ofEnded: $0) }
  }

  /// Adds the tree of what a failed attempt left, by which a change is known again.
  private func withTree(of outcome: AttemptOutcome, _ details: JSONObject) -> JSONObject {
    guard case .failed(let failure) = outcome, let tip = failure.tip,
      let tree = try? context.repository.commit(tip).tree
    else { return details }
    var end = Told<Fact.TaskEnd>(members: details)
    end.tree = tree
    return end.members
  }

  /// Keeps the output of a wave's gate beside its event, which names it.
  private func tested(
    _ test: WaveTest, _ outcome: WaveOutcome, _ details: JSONObject
  ) -> (DispatchInput, [File]) {
    waveTests[test] = nil
    let name = "wave-\(test.wave).\(test.gate).log"
    var run = Told<Fact.GateRun>(members: details)
    guard !run.has(\.reused), let bytes = context.logs.excerpt("\(context.logs.folder)/\(name)")
    else { return (.waveTested(test, outcome, details: details), []) }
    run.log = name
    return (.waveTested(test, outcome, details: run.members), [(name, bytes)])
  }
}

extension DispatchHands {
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

  /// Points a workstream's branch at its result. A branch that somebody moved stays where it is:
  /// the record keeps the result in any case.
  private func publish(_ name: AttemptName, _ tip: ObjectID, _ state: RunState) {
    // What ran without a worktree has no result to review.
    if !context.facts.place(of: name.workstream, worker: "").isWorktree { return }
    let earlier = state[name.workstream]?.attempts
      .last { $0.number < name.number && $0.outcome == .succeeded }?.tip
    let branch = context.names.branch(name.workstream)
    do {
      let now = try context.repository.advance(
        branch, to: tip, from: earlier, message: "git-uet: \(name.workstream) finished")
      context.guardian?.note(branch, at: now)
    } catch {
      context.project.warn("branch of '\(name.workstream)' is not moved: \(error)")
    }
  }

  private func start(_ order: AttemptOrder, _ state: RunState) {
    let executor = executors.executor(named: order.executor)
    begin(order, state) { await executor.run($0) }
  }

  /// Goes on with an attempt that is carried out elsewhere.
  func adopt(_ order: AttemptOrder, _ state: RunState) {
    let record = state[order.name.workstream]?.lastAttempt
    let executor = executors.executor(named: record?.executor)
    begin(order, state) { await executor.adopt($0, base: record?.base) }
  }

  private func begin(
    _ order: AttemptOrder, _ state: RunState,
    _ carryOut: @escaping @Sendable (AttemptRunner) async -> (AttemptOutcome, JSONObject)
  ) {
    let name = order.name
    guard let workstream = context.workstreams[name.workstream], attempts[name] == nil else {
      return
    }
    let mailbox = mailbox
    let stop = StopSwitch()
    // Without a worktree nothing waits until the record says that the attempt has begun.
    let canWait = !context.facts.place(of: name.workstream, worker: order.worker).isWorktree
    let runner = AttemptRunner(
      context: ground, seeds: seeds, workstream: workstream, order: order,
      previous: state[name.workstream]?.previous(to: name.number),
      notes: state[name.workstream]?.notes ?? [],
      answers: state[name.workstream]?.answered(before: name.number) ?? [],
      stop: stop, report: { mailbox.record($0, canWait: canWait) },
      openQuestion: { await mailbox.openQuestion(of: name) })
    let task = Task {
      let (outcome, details) = await carryOut(runner)
      mailbox.send(.attemptEnded(name, outcome, details: details))
    }
    attempts[name] = RunningAttempt(task: task, stop: stop)
  }

  private func start(_ test: WaveTest) {
    guard waveTests[test] == nil else { return }
    guard let gate = context.facts.waves.gate(of: test) else {
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
}

extension Mailbox where Message == RunMessage {
  fileprivate func openQuestion(of name: AttemptName) async -> QuestionRecord? {
    let answer = await askUntilCancelled(.wish(.openQuestion(name)))
    return answer?.details[Questions.openQuestion].flatMap { try? QuestionRecord(json: $0) }
  }

  /// Hands over a fact; the stream ends when it is durable, which may take a little longer where it
  /// `canWait`.
  fileprivate func record(_ draft: EventDraft, canWait: Bool = false) -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream<Void>.makeStream()
    ask(.input(.fact(draft)), canWait: canWait) { _ in continuation.finish() }
    return stream
  }
}
