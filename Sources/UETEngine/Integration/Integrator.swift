import UETGit
import UETLedger
import UETMergeQueue
import UETModel

/// Drives the merge queue of one run: records what it decides, applies it, then acts.
actor Integrator {
  let context: RunContext
  let ledger: LedgerWriter
  let mailbox: Mailbox<IntegrationMessage>
  private let observer: RunObserver
  let gates: [String: Gate]
  let bench: TestBench
  let session: MergeSession
  private let reviews: IntegrationReviews
  let updatesCheckout: Bool
  var machine: QueueMachine
  /// Who asked for a look at the inboxes; nil once nobody is to ask any more.
  private var asking: [@Sendable (SteeringAnswer) -> Void]? = []
  /// Waves that a person wants to be merged all the same.
  private var releasing: [WaveRequest] = []
  var tests: [GateName: Task<Void, Never>] = [:]
  var merges: [Task<Void, Never>] = []
  var repairs: [RepairName: Task<Void, Never>] = [:]
  /// Why the last landing did not come about.
  private(set) var refusal: String?
  /// A person paused the queue while this process was at it: it waits for the word to go on.
  private var isPausedHere = false

  init(
    context: RunContext, ledger: LedgerWriter, machine: QueueMachine, gates: [String: Gate],
    updatesCheckout: Bool, mailbox: Mailbox<IntegrationMessage>, reviews: IntegrationReviews,
    observer: @escaping RunObserver
  ) {
    self.reviews = reviews
    self.context = context
    self.ledger = ledger
    self.machine = machine
    self.gates = gates
    self.updatesCheckout = updatesCheckout
    self.mailbox = mailbox
    self.observer = observer
    bench = TestBench(context)
    session = MergeSession(context.git)
  }

  var state: RunState { machine.state }

  /// What the queue has come to, or nil while it works.
  var outcome: QueueOutcome? { machine.outcome }

  /// Works until the queue can do no more by itself, and says what it has come to.
  func settle() async throws -> QueueOutcome {
    while true {
      try await admitInboxes()
      try await releaseWaves()
      if let outcome = machine.outcome, !waitsForPerson(outcome) { return outcome }
      for message in await mailbox.receive() { try await handle(message) }
    }
  }

  private func waitsForPerson(_ outcome: QueueOutcome) -> Bool {
    isPausedHere && outcome.pause?.intent == .person
  }

  /// Carries out again what was begun before a crash and not recorded as ended.
  func finishBegun() async { for effect in machine.unfinished { await perform(effect) } }

  private func handle(_ message: IntegrationMessage) async throws {
    switch message.input {
    case .drain, .stopNow: isPausedHere = false
    case .landingDone(_, .refused(let reason)), .landingDone(_, .fault(let reason)):
      refusal = reason
    case .landingDone: refusal = nil
    default: break
    }
    do {
      let events = try await handle(message.input)
      if events.contains(where: { $0.type == .integrationPaused }) { isPausedHere = true }
      message.answer?(.success(events))
    } catch let error as QueueError {
      // What a person asks for may be refused; what the machine asks itself may not.
      guard let answer = message.answer else { throw error }
      answer(.failure(error))
    }
  }

  /// Takes one input to its end: recorded, durable, applied, carried out.
  ///
  /// Merges are made on the way: they change nothing that anyone sees, so a chain of them is one batch of
  /// the record, one pack and one move of the branch.
  @discardableResult
  func handle(_ input: QueueInput) async throws -> [Event] {
    var recorded: [Event] = []
    var pending = PendingEffects()
    var inputs = [try attachLog(of: input)]
    while let input = inputs.popLast() {
      for effect in try take(input, &recorded) {
        switch effect {
        case .merge(let order) where pending.takesMerge && !session.isFull:
          inputs.append(await merged(order))
        case .probe(let order) where pending.takesMerge && !session.isFull:
          inputs.append(await probed(order))
        default: pending.add(effect)
        }
      }
    }
    if !recorded.isEmpty {
      try session.stash.settle()
      try await ledger.flush()
      session.stash.release()
      observer(recorded, machine.state)
    }
    for effect in pending.effects { await perform(effect) }
    await remember(recorded)
    wakeLater()
    return recorded
  }

  private func take(_ input: QueueInput, _ recorded: inout [Event]) throws -> [QueueEffect] {
    let now = context.project.clock.now()
    return try machine.take(input, at: now) { drafts in
      let events = try ledger.append(drafts, at: now) { session.stash.holds($0) }
      recorded += events
      return events
    }
  }

  /// Asks for a look at the inboxes of other clones; the answer comes when what is new is durable.
  func admit() async -> SteeringAnswer {
    await withCheckedContinuation { continuation in
      guard asking != nil else { return continuation.resume(returning: .runIsOver) }
      asking?.append { continuation.resume(returning: $0) }
      mailbox.send(.timerFired)
    }
  }

  /// Records what is new where somebody asked, and what it means for the candidates.
  private func admitInboxes() async throws {
    guard let waiting = asking, !waiting.isEmpty else { return }
    asking = []
    var answer = SteeringAnswer.refused("the inboxes cannot be looked at")
    defer { for reply in waiting { reply(answer) } }
    guard let result = context.project.news(for: machine.state) else { return }
    if !result.drafts.isEmpty { try await handle(.facts(result.drafts)) }
    context.project.tell(result)
    let decided = Set(result.drafts.compactMap(\.workstream))
    for input in reviews.consequences(machine.state, decided: decided) { try await handle(input) }
    answer = result.answer
  }

  private struct WaveRequest: Sendable {
    let wave: String
    let reason: String?
    let reply: @Sendable (SteeringAnswer) -> Void
  }

  /// Lets the results of a wave be merged; the answer comes when that is durable.
  func release(_ wave: String, _ reason: String?) async -> SteeringAnswer {
    await withCheckedContinuation { continuation in
      guard asking != nil else { return continuation.resume(returning: .runIsOver) }
      releasing.append(
        WaveRequest(wave: wave, reason: reason) { continuation.resume(returning: $0) })
      mailbox.send(.timerFired)
    }
  }

  /// Records what was released, and takes the candidates that are free now.
  private func releaseWaves() async throws {
    while !releasing.isEmpty {
      let request = releasing.removeFirst()
      var answer = SteeringAnswer.refused("the wave cannot be released")
      defer { request.reply(answer) }
      let (draft, said) = reviews.waves.release(
        request.wave, machine.state, reason: request.reason, by: context.project.person)
      guard let draft else {
        answer = said
        continue
      }
      try await handle(.facts([draft]))
      let freed = Set(
        draft.data[.inputs]?.array?.compactMap { $0["workstream"]?.workstreamID } ?? [])
      for input in reviews.consequences(machine.state, decided: freed) { try await handle(input) }
      answer = SteeringAnswer(.done, said.message)
    }
  }

  /// Ends what runs and removes the test worktrees.
  func close() async {
    for reply in asking ?? [] { reply(.runIsOver) }
    for request in releasing { request.reply(.runIsOver) }
    (asking, releasing) = (nil, [])
    for message in mailbox.close() { message.answer?(.failure(.over)) }
    for task in tests.values { task.cancel() }
    for task in tests.values { await task.value }
    for task in merges { await task.value }
    for task in repairs.values { task.cancel() }
    for task in repairs.values { await task.value }
    session.close()
    await bench.close()
  }

  private func perform(_ effect: QueueEffect) async {
    switch effect {
    case .merge(let order): merge(order)
    case .probe(let order): probe(order)
    case .test(let name): test(name)
    case .cancel(let name): tests[name]?.cancel()
    case .repair(let order): repair(order)
    case .cancelRepair(let name): repairs[name]?.cancel()
    case .keep(let id, let commit): keep(id, commit)
    case .advance(let old, let new): advance(from: old, to: new)
    case .land(let target, let old, let new): await land(target, old, new)
    }
  }

  private func wakeLater() {
    guard let moment = machine.nextWake else { return }
    let mailbox = mailbox
    let wait = max(0, moment.seconds(since: context.project.clock.now()))
    Task {
      try? await Task.sleep(for: .seconds(wait))
      mailbox.send(.timerFired)
    }
  }
}
