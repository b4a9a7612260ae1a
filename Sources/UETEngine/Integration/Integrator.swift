import UETGit
import UETLedger
import UETMergeQueue
import UETModel

/// Drives the merge queue of one run: records what it decides, applies it, then acts.
actor Integrator {
  private let context: RunContext
  private let ledger: LedgerWriter
  private let mailbox: Mailbox<IntegrationMessage>
  private let observer: RunObserver
  private let gates: [String: Gate]
  private let bench: TestBench
  private let session: MergeSession
  private let reviews: IntegrationReviews
  private let updatesCheckout: Bool
  private var machine: QueueMachine
  /// Who asked for a look at the inboxes; nil once nobody is to ask any more.
  private var asking: [@Sendable (SteeringAnswer) -> Void]? = []
  /// Waves that a person wants to be merged all the same.
  private var releasing: [WaveRequest] = []
  private var tests: [GateName: Task<Void, Never>] = [:]
  private var merges: [Task<Void, Never>] = []
  private var repairs: [RepairName: Task<Void, Never>] = [:]
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

  private func merge(_ order: MergeOrder) {
    let mailbox = mailbox
    merges.append(Task { mailbox.send(await merged(order)) })
  }

  private func probe(_ order: ProbeOrder) {
    let mailbox = mailbox
    merges.append(Task { mailbox.send(await probed(order)) })
  }

  /// Merges its members one onto the other, as they would be in line.
  private func probed(_ order: ProbeOrder) async -> QueueInput {
    var onto = order.name.onto
    var last = MergeOutcome.fault("there is nothing to merge")
    for merge in order.merges {
      guard case .mergeDone(_, let outcome) = await merged(merge.onto(onto)) else { continue }
      last = outcome
      switch outcome {
      case .clean(let commit, _), .repaired(let commit, _, _, _): onto = commit
      case .conflict, .replayed, .fault: return .probeDone(order.name, outcome)
      }
    }
    return .probeDone(order.name, last)
  }

  private func merged(_ order: MergeOrder) async -> QueueInput {
    let merge = OrderedMerge(context: context, session: session, state: machine.state)
    return .mergeDone(order.name, await merge.outcome(of: order))
  }

  private func repair(_ order: RepairOrder) {
    let mailbox = mailbox
    guard let conflict = machine.state[order.name.workstream]?.conflict else {
      return mailbox.send(.repairDone(order.name, .fault("the conflict is not on record")))
    }
    let id = order.name.workstream
    let work = ResolverWork(
      context: context,
      subject: ConflictSubject(
        id: id, label: id.rawValue, conflict: conflict,
        salvage: context.names.salvage(id, repair: order.name.started)))
    repairs[order.name] = Task { mailbox.send(.repairDone(order.name, await work.outcome())) }
  }

  /// Points the candidate's reference at what a repair made of it; the record keeps that in any case.
  private func keep(_ id: WorkstreamID, _ commit: ObjectID) {
    do throws(GitError) {
      try context.repository.setReference(
        context.names.candidate(id), to: commit, expecting: nil, message: "git-uet: repaired")
    } catch {
      context.project.warn("the repaired '\(id)' has no reference: \(error)")
    }
  }

  /// What a tool resolved is resolved alike the next time, once it has passed its gates.
  private func remember(_ events: [Event]) async {
    for event in events where event.type == .mergeSucceeded {
      let members = event.batch.isEmpty ? [event.workstream] : event.batch.map(\.workstream)
      for id in members.compactMap({ $0 }) {
        guard let conflict = machine.state[id]?.conflict, conflict.state == .agent,
          let commit = conflict.resolution
        else { continue }
        await Resolutions(context.project)
          .remember(conflict, onto: conflict.onto, as: commit, context.project)
      }
    }
  }

  private func test(_ name: GateName) {
    let mailbox = mailbox
    guard let (gate, declared) = gate(of: name) else {
      mailbox.send(.gateDone(name, .fault("the gate is not configured"), details: [:]))
      return
    }
    let bench = bench
    let log = logPath(name)
    let logs = context.logs
    tests[name] = Task {
      let result = await bench.run(gate, on: name.commit, log: log, declaring: declared)
      var details = JSONObject()
      details[.seconds] = .number(result.seconds.roundedToThousandths)
      if result.isFlaky { details["flaky"] = true }
      let outcome: GateOutcome =
        switch result.verdict {
        case _ where Task.isCancelled: .cancelled
        case .passed: .passed
        case .failed(let reason): .failed(reason + logs.lastWords(log))
        case .fault(let reason): .fault(reason)
        }
      mailbox.send(.gateDone(name, outcome, details: details))
    }
  }

  /// The gate and what its bundle declares of its environment: one of all, or one of a repaired candidate's own.
  private func gate(of name: GateName) -> (Gate, [String: String])? {
    if machine.policy.gates.contains(where: { $0.key == name.key }) {
      return gates[name.gate].map { ($0, [:]) }
    }
    for (id, own) in machine.policy.ownGates where own.contains(where: { $0.key == name.key }) {
      guard let workstream = context.workstreams[id] else { continue }
      let gate = Gate.ofAttempt(workstream, context.configuration).first { $0.name == name.gate }
      if let gate { return (gate, workstream.environment) }
    }
    return nil
  }

  private func logPath(_ name: GateName) -> String { "\(context.logs.folder)/\(logName(name))" }

  /// One candidate may be tested in line and by itself at once.
  private func logName(_ name: GateName) -> String {
    let alone = machine.isProbe(name) ? "-alone" : ""
    return "\(name.workstream).integration.\(name.gate)\(alone).log"
  }

  /// Keeps a gate's output beside its event, which names it.
  private func attachLog(of input: QueueInput) throws -> QueueInput {
    if case .repairDone(let name, let outcome) = input {
      guard let bytes = AttemptLogs.excerpt(context.logs.resolver(name.workstream.rawValue)) else {
        return input
      }
      let file = "\(name.workstream).resolver.log"
      try ledger.attach(file, bytes)
      return .repairDone(name, outcome.naming(log: file))
    }
    guard case .gateDone(let name, let outcome, var details) = input,
      let bytes = AttemptLogs.excerpt(logPath(name))
    else { return input }
    let file = logName(name)
    try ledger.attach(file, bytes)
    details[.log] = .string(file)
    return .gateDone(name, outcome, details: details)
  }

  private func advance(from old: ObjectID?, to new: ObjectID) {
    do throws(GitError) {
      try context.repository.setReference(
        context.names.integration, to: new, expecting: old ?? .zero,
        message: "git-uet: integrate")
    } catch {
      if case .referenceMoved(_, new) = error { return }
      mailbox.send(.broken(reason: "the integration branch is not as recorded: \(error)"))
    }
  }

  /// Moves the target once what must hold of the landing has been proven.
  private func land(_ target: String, _ old: ObjectID, _ new: ObjectID) async {
    let move = TargetMove(
      git: context.git,
      fence: TargetMove.Fence(
        chain: context.project.ledgerNames.chain(context.run, LedgerNames.mainWriter),
        tip: ledger.tip),
      updatesCheckout: updatesCheckout, message: "git-uet: land run \(context.run)")
    let outcome: LandingOutcome
    do {
      let problems = try landingProblems()
      // Only one that was begun before a crash can meet a freeze that came after it.
      let freeze = machine.state.integration.freeze
      outcome =
        if let freeze {
          .refused("landing is frozen: \(freeze)")
        } else if let first = problems.first {
          .refused("it is not proven: \(first)")
        } else {
          await move(target, from: old, to: new)
        }
    } catch {
      outcome = .fault("\(error)")
    }
    mailbox.send(.landingDone(new, outcome))
  }

  private func landingProblems() throws(GitError) -> [String] {
    guard let data = machine.landingProof, let proof = LandingProof(data) else {
      return ["no landing is under way"]
    }
    let examination = LandingExamination(
      repository: context.repository, state: machine.state,
      required: context.configuration.integration.gates)
    return try examination.problems(of: proof)
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
