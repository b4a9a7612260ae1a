import UETGit
import UETLedger
import UETMergeQueue
import UETModel

typealias QueueMessage = DriverMessage<QueueInput, QueueWish>

/// What the queue has come to, and why the last landing did not come about.
struct QueueEnd: Sendable {
  let outcome: QueueOutcome
  let refusal: String?
}

/// The queue's hands: merges, tests what was merged, and moves the integration branch and the
/// target.
final class QueueHands: Hands {
  typealias Machine = QueueMachine

  let context: Ground
  let mailbox: Mailbox<QueueMessage>
  let gates: [String: Gate]
  let bench: TestBench
  private let session: MergeSession
  let reviews: IntegrationReviews
  private let updatesCheckout: Bool
  private let fences: LandingFences
  /// The commit that this process wrote last.
  private let recordTip: @Sendable () -> ObjectID
  var tests: [GateName: Task<Void, Never>] = [:]
  var admission: GateAdmission<GateName>
  /// The gates that wait for what they need.
  var orders: [GateName: TestOrder] = [:]
  /// The files that gates under way write to.
  var logNames: [GateName: String] = [:]
  /// Gates whose word is wanted no more, and that may end all the same.
  var lingering: Set<GateName> = []
  private var merges: [Task<Void, Never>] = []
  private var repairs: [RepairName: Task<Void, Never>] = [:]
  private var refusal: String?
  /// A person paused the queue while this process was at it: it waits for the word to go on.
  private var isPausedHere = false
  /// What gates that have ended were seen to read, until it is on record.
  let reads = KeptReads()
  private var hasRecalled = false
  /// Merges since the last write.
  private var earlyMerges = 0
  /// Gates of the queue that declare what they read.
  private let reading: [Gate]

  init(
    _ context: Ground, _ mailbox: Mailbox<QueueMessage>, gates: [String: Gate],
    reviews: IntegrationReviews, updatesCheckout: Bool,
    fences: LandingFences = LandingFences(),
    recordTip: @escaping @Sendable () -> ObjectID
  ) {
    self.context = context
    self.mailbox = mailbox
    self.gates = gates
    self.reviews = reviews
    self.updatesCheckout = updatesCheckout
    self.fences = fences
    self.recordTip = recordTip
    bench = TestBench(context, elsewhere: NodeGates(context.facts))
    admission = GateAdmission(
      context.project.machineResources(), slots: context.configuration.integration.slots)
    session = MergeSession(context.git)
    reading = QueuePolicy.reading(context.configuration, context.workstreams.values)
  }

  nonisolated(nonsending) func perform(_ effect: QueueEffect, _ machine: QueueMachine) async {
    switch effect {
    case .merge(let order): begin { [merge = merge(machine)] in await merge.answer(to: order) }
    case .probe(let order): begin { [merge = merge(machine)] in await merge.answer(to: order) }
    case .test(let name): test(name, machine)
    case .cancel(let name):
      if admission.withdraw(name) { drop([name]) } else { await cancel(name, machine) }
    case .repair(let order): repair(order, machine.state)
    case .cancelRepair(let name): repairs[name]?.cancel()
    case .keep(let id, let commit): keep(id, commit)
    case .advance(let old, let new): advance(from: old, to: new)
    case .land(let target, let old, let new): await land(target, old, new, machine)
    }
  }

  func end(_ machine: QueueMachine) -> QueueEnd? {
    guard let outcome = machine.outcome, !isPausedHere || outcome.pause?.intent != .person else {
      return nil
    }
    return QueueEnd(outcome: outcome, refusal: refusal)
  }

  func completed(_ input: QueueInput) -> (QueueInput, [File]) {
    switch input {
    case .drain, .stopNow:
      isPausedHere = false
      drop(admission.withdrawAll())
    case .gateDone(let name, _, _):
      admission.leave(name)
      lingering.remove(name)
      startTests()
    case .facts(let drafts):
      for case .modeChanged(let fact) in drafts.map(\.fact) {
        admission.tier = fact.tier ?? .normal
        startTests()
      }
    case .landingDone(_, .refused(let reason), _), .landingDone(_, .fault(let reason), _):
      refusal = reason
    case .landingDone: refusal = nil
    default: break
    }
    return withLog(input)
  }

  /// Merges are made on the way: they change nothing that anyone sees, so a chain of them is one
  /// batch of the record, one pack and one move of the branch.
  nonisolated(nonsending) func early(
    _ effect: QueueEffect, _ machine: QueueMachine
  ) async -> QueueInput? {
    guard earlyMerges < Self.mostEarly, !session.isFull else { return nil }
    let answer: QueueInput
    switch effect {
    case .merge(let order): answer = await merge(machine).answer(to: order)
    case .probe(let order): answer = await merge(machine).answer(to: order)
    default: return nil
    }
    earlyMerges += 1
    return answer
  }

  /// So many merges in a row, and then the record catches up: not everything is lost with a crash.
  private static let mostEarly = 1_000

  func holds(_ commit: ObjectID) -> Bool { session.stash.holds(commit) }

  func secure() throws { try session.stash.settle() }

  nonisolated(nonsending) func wrote(_ events: [Event], _ machine: QueueMachine) async {
    session.stash.release()
    earlyMerges = 0
    for event in events {
      if case .integrationPaused = event.fact { isPausedHere = true }
    }
    await Resolutions(context.project).remember(events, machine.state, context.project)
  }

  /// Ends what runs and removes the test worktrees.
  nonisolated(nonsending) func close() async {
    for task in tests.values { task.cancel() }
    for task in tests.values { await task.value }
    for task in merges { await task.value }
    for task in repairs.values { task.cancel() }
    for task in repairs.values { await task.value }
    session.close()
    await bench.close()
  }
}

/// Merges, and what is done about conflicts.
extension QueueHands {
  private func merge(_ machine: QueueMachine) -> OrderedMerge {
    recall(machine)
    return OrderedMerge(
      context: context.facts, session: session, state: machine.state, gates: reading)
  }

  /// What gates were seen to read before, and under which keys that counts.
  private func recall(_ machine: QueueMachine) {
    let learning = machine.policy.gates.filter(\.learns)
    guard !learning.isEmpty, !hasRecalled else { return }
    hasRecalled = true
    context.facts.cuts.use(
      Dictionary(learning.map { ($0.name, $0.key) }, uniquingKeysWith: { first, _ in first }))
    context.facts.cuts.learned.note(machine.state.allVerdicts)
  }

  /// Merges beside the queue; what comes of it goes to the mailbox.
  private func begin(_ work: @escaping @Sendable () async -> QueueInput) {
    let mailbox = mailbox
    merges.append(Task { mailbox.send(await work()) })
  }

  private func repair(_ order: RepairOrder, _ state: RunState) {
    let mailbox = mailbox
    guard let conflict = state[order.name.workstream]?.conflict else {
      return mailbox.send(.repairDone(order.name, .fault("the conflict is not on record")))
    }
    let id = order.name.workstream
    let work = ResolverWork(
      context: context,
      subject: ConflictSubject(
        id: id, label: id.rawValue, conflict: conflict,
        salvage: context.names.salvage(id, repair: order.name.started)))
    let (facts, reading) = (context.facts, reading)
    repairs[order.name] = Task {
      let outcome = await work.outcome()
      var inputs = GateInputs()
      do throws(GitError) {
        if case .resolved(_, let tree, _) = outcome {
          inputs = try facts.cuts.inputs(of: tree, for: reading)
        }
        mailbox.send(.repairDone(order.name, outcome, inputs: inputs))
      } catch {
        mailbox.send(.repairDone(order.name, .fault("\(error)")))
      }
    }
  }

  /// Points the candidate's reference at what a repair made of it; the record keeps that in any
  /// case.
  private func keep(_ id: WorkstreamID, _ commit: ObjectID) {
    do throws(GitError) {
      try context.repository.setReference(
        context.names.candidate(id), to: commit, expecting: nil, message: "git-uet: repaired")
    } catch {
      context.project.warn("the repaired '\(id)' has no reference: \(error)")
    }
  }
}

/// Moves of the integration branch and of the target.
extension QueueHands {
  private func advance(from old: ObjectID?, to new: ObjectID) {
    do throws(GitError) {
      _ = try context.repository.advance(
        context.names.integration, to: new, from: old, message: "git-uet: integrate")
    } catch {
      mailbox.send(.broken(reason: "the integration branch is not as recorded: \(error)"))
    }
  }

  /// Moves the target once what must hold of the landing has been proven. What only this clone has
  /// of it is said before it is everybody's.
  private nonisolated(nonsending) func land(
    _ target: String, _ old: ObjectID, _ new: ObjectID, _ machine: QueueMachine
  ) async {
    let project = context.project
    let move = TargetMove(
      git: context.git,
      fence: TargetMove.Fence(
        chain: project.ledgerNames.chain(context.run, LedgerNames.mainWriter), tip: recordTip(),
        others: fences.always
          + machine.state.integration.chain.compactMap { fences.members[$0] }),
      updatesCheckout: updatesCheckout, message: "git-uet: land run \(context.run)",
      publisher: fences.publisher)
    let outcome: LandingOutcome
    do {
      let problems = try await LandingExamination(
        repository: context.repository, state: machine.state,
        required: context.configuration.integration.gates,
        reading: reading, cuts: context.facts.cuts
      ).problems(before: machine.landingProof, context.git)
      // Only one that was begun before a crash can meet a freeze that came after it.
      if let freeze = machine.state.integration.freeze {
        outcome = .refused("landing is frozen: \(freeze)")
      } else if let first = problems.first {
        outcome = .refused("it is not proven: \(first)")
      } else {
        for words in await project.unsharedSubmodules(from: old, to: new) {
          project.warn("\(words)")
        }
        outcome = await move(target, from: old, to: new)
      }
    } catch {
      outcome = .fault("\(error)")
    }
    guard case .moved(let commit, nil) = outcome,
      let tree = try? context.repository.treeID(of: commit)
    else { return mailbox.send(.landingDone(new, outcome)) }
    // What all is merged onto next.
    let inputs = try? context.facts.cuts.inputs(of: tree, for: reading)
    mailbox.send(
      .landingDone(new, .moved(to: commit, tree: tree), inputs: inputs ?? GateInputs()))
  }
}
