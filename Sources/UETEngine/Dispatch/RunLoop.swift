import Synchronization
import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETScheduling
import UETSystem

/// The part that a new run and a resumed one share: the socket, the driver, and letting go.
struct RunLoop: Sendable {
  let facts: RunFacts
  let claim: RunClaim
  let workers: Int

  /// Drives the run from what `first` gives to its end.
  func drive(
    dispatch: DispatchPlan, observer: @escaping RunObserver, control: RunControl,
    adopting: [AttemptName] = [],
    first: @Sendable (Ground, DispatchMachine) async -> [DispatchInput]
  ) async throws -> RunState {
    let ledger = claim.ledger
    let mailbox = Mailbox<RunMessage>()
    var policy = DispatchPolicy(project.configuration, workers: workers)
    policy.resources = project.machineResources()
    let machine = DispatchMachine(plan: dispatch, policy: policy, state: ledger.lend())
    let reports = WorkerReports(run: run, in: project, mailbox: mailbox)
    let context = try Ground(facts, reports: reports).guarded()
    context.verdicts.note(machine.state.allVerdicts)
    facts.cuts.learned.note(machine.state.allVerdicts)
    for input in await first(context, machine) { mailbox.send(input) }
    control.connect { mailbox.send($0 == .drain ? .drain : .stopNow) }
    let executors = Executors(project)
    let hands = DispatchHands(context, mailbox, executors)
    for order in adopting.compactMap(machine.order(of:)) { hands.adopt(order, machine.state) }
    let driver = Driver(
      machine, hands, on: ledger, hearing: mailbox, clock: project.clock,
      observer: observer)
    // Reading and planning took several times what is kept of it.
    FreedMemory.giveBack()
    await driver.finishBegun()
    let watch = await MachineWatch.start(
      facts, report: { mailbox.send(.tier($0)) }, spared: { mailbox.send(.yield) })
    defer { watch.stop() }
    let rooms = RoomWatch(facts, executors) { mailbox.send(.room($0)) }
    defer { rooms.stop() }
    if let first = watch.first { mailbox.send(.tier(first)) }
    let end: Result<RunState, any Error>
    do { end = .success(try await driver.run()) } catch {
      end = .failure(error)
      // Somebody else has the run, or it is to be resumed.
      executors.leave()
    }
    await driver.close()
    await reports?.close()
    let state = try await project.driving(Facts.init, on: ledger, observer: observer) { facts in
      if case .success = end { try await lookOnceMore(context, facts) }
      project.git.releaseSettings()
      if case .success = end, [.failed, .none].contains(project.configuration.run.keep) {
        await sweep(facts.state)
      }
      // The folder of a run without worktrees is of no use.
      Files.removeEmpty("\(project.worktreeRoot)/\(run)")
      _ = try end.get()
      try await answerFindings(context, control.rollback, facts)
      return await facts.state
    }
    await dropKept(state)
    await executors.sweep(facts, state)
    facts.logs.clear()
    await KeptApart.removeObjects(of: run, project)
    try await ledger.release()
    project.updateViews(of: run, state)
    claim.release()
    return state
  }

  private var project: Project { facts.project }
  private var run: RunID { facts.run }

  /// What moved since the last attempt ended, and files of the checkout that nobody had the time to
  /// look at.
  private func lookOnceMore(
    _ context: Ground, _ facts: FactDriver
  ) async throws {
    let drafts = Mutex<[EventDraft]>([])
    _ = await context.examined(asLast: true) { draft in
      drafts.withLock { $0.append(draft) }
      return AsyncStream { $0.finish() }
    }
    try await facts.once([drafts.withLock { $0 }])
  }

  /// Results that were kept for the time of their gates are on record now; what did not succeed
  /// stays in salvage.
  private func dropKept(_ state: RunState) async {
    let folder = "\(project.refPrefix)/salvage/\(run)/"
    var kept: [String: ObjectID] = [:]
    for (name, id) in (try? project.repository.references(under: folder)) ?? [] { kept[name] = id }
    var changes: [ReferenceChange] = []
    for record in state.workstreams {
      for attempt in record.attempts where attempt.outcome == .succeeded {
        let name = facts.names.salvage(record.id, attempt: attempt.number)
        guard let id = kept[name], id == attempt.tip else { continue }
        changes.append(ReferenceChange(name: name, new: nil, old: id))
      }
    }
    // One that stays is in nobody's way, and goes with the run into the archive.
    if !changes.isEmpty {
      try? await project.git.updateReferences(changes, message: "uet: recorded")
    }
  }

  /// What was found while the run went on may mean that landed work goes out again.
  private func answerFindings(
    _ context: Ground, _ control: RollbackControl, _ facts: FactDriver
  ) async throws {
    let state = await facts.state
    if state.findings.isEmpty { return }
    let recorded = try RecordedPlan(of: run, changed: state.plan, in: project)
    let session = RollbackSession(
      recorded, context, facts, updatesCheckout: false, control: control)
    _ = try await FindingWatch(session: session, phases: recorded.phases).act()
  }

  /// What `run.keep` does not keep and was in use, or not looked at, when its attempt ended.
  private func sweep(_ state: RunState) async {
    await WorktreeRemoval.sweep(
      project, run, policy: .configured(project.configuration.run.keep)
    ) { id in
      state[id].map { $0.state.isSettled && !$0.attempts.isEmpty } ?? false
    }
  }
}
