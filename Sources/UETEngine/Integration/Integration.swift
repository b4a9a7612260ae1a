import UETGit
import UETLedger
import UETMergeQueue
import UETModel
import UETPlanning
import UETSystem

/// Merges the finished branches of a run into its integration branch, each combination tested, and
/// lands that branch where it is asked to.
package struct Integration: Sendable {
  package let run: RunID
  let project: Project
  let recorded: RecordedPlan
  /// Full name of the branch to land in.
  let target: String?
  private let reviewed: Set<WorkstreamID>
  let request: IntegrationRequest
  var fences = LandingFences()

  /// What came of it.
  package struct Result: Sendable {
    package fileprivate(set) var state: RunState
    package let outcome: QueueOutcome
    /// Full name of the branch that the work is in now.
    package let landedIn: String?
    /// Finished, but to be looked at by a person before they are merged.
    package let unreviewed: [WorkstreamID]
    /// Finished, but rejected by a person; with the reason.
    package let rejected: [(id: WorkstreamID, reason: String)]
    /// Finished, but held back by a gate of their wave.
    package let waves: WaveHolds
    /// Where a gate was red on what had landed.
    package fileprivate(set) var aftermath: Aftermath?
    /// What landed and is not in the target any more.
    package fileprivate(set) var lost: LostLanding?
    /// What policies took out again.
    package fileprivate(set) var rollbacks: [PolicyRollback] = []
  }

  /// Finds the run and the branch; changes nothing.
  package static func prepare(
    _ request: IntegrationRequest, in project: Project
  ) async throws -> Integration {
    _ = try await SealedGit.requireVersion(environment: project.environment)
    try await project.git.requireSigning()
    let run = try project.ownRun(named: request.run)
    try project.requireFree(run)
    try project.requireRoom(for: run)
    let target = try request.land.map { try branch($0, project) }
    let recorded = try RecordedPlan(of: run, in: project)
    let integration = recorded.project.configuration.integration
    if let excess = ResourceExcess(
      [], gates: integration.gates + integration.afterLanding, recorded.project)
    {
      throw excess
    }
    let known = recorded.plan.workstreams.map(\.id)
    let reviewed = try request.reviewed.map { name in
      guard let id = WorkstreamID(name), known.contains(id) else {
        throw Refusal.unknownWorkstream(name, known: known, run: run)
      }
      return id
    }
    return Integration(
      run: run, project: project, recorded: recorded, target: target, reviewed: Set(reviewed),
      request: request)
  }

  /// The full name of a branch. One that stands for another, as a symbolic reference does, is that
  /// other one from here on: its checkout is the one to heed, and its own name the one to move.
  static func branch(_ name: String, _ project: Project) throws -> String {
    let full = name.hasPrefix("refs/heads/") ? name : "refs/heads/\(name)"
    guard let end = try project.repository.resolvedReference(full) else {
      throw Refusal.unknownBranch(name)
    }
    if end == full { return full }
    guard end.hasPrefix("refs/heads/") else {
      throw Refusal(
        .usage, "'\(name.terminalSafe)' stands for '\(end.terminalSafe)', which is no branch",
        hint: "name a branch; list them: git branch")
    }
    project.warn("'\(RunNames.short(full))' is another name of '\(RunNames.short(end))'")
    return end
  }

  /// Seconds that gates may go on once the queue is to be stopped.
  package var drain: Double { recorded.project.configuration.run.drain }

  /// Works the queue to its end, then lands.
  package func perform(
    observer: @escaping RunObserver, control: RunControl
  ) async throws -> Result {
    try await announceCheckout()
    return try await project.claiming(run) { ledger in
      try await project.driving(Facts.init, on: ledger, observer: observer) { facts in
        try await noteRest(facts)
        try await noteLanding(facts)
        try await project.notice(facts, recorded, named: target)
        try await takeReviews(facts)
      }
      tellLaterPrograms(try project.reader.root(of: run))
      let guardian = SharedGuard(project, run: run, watchesFiles: false)
      let context = try makeContext(after: ledger.state?.updatedAt)
      let mailbox = Mailbox<QueueMessage>()
      control.connect { mailbox.send($0 == .drain ? .drain : .stopNow) }
      let driver = try makeDriver(context, ledger, mailbox, observer)
      let socket = RunSocket(run, in: project) { [run] request in
        do throws(SteeringRefusal) {
          return await mailbox.ask(.wish(try QueueWish(request, run)))
        } catch {
          return error.answer
        }
      }
      let watch = await MachineWatch.start(
        context.facts, report: { mailbox.send(.facts([.mode($0)])) },
        spared: { mailbox.send(.drain) })
      defer { watch.stop() }
      let result: Swift.Result<Result, any Error>
      let final = FinalGates(context, recorded, control.rollback)
      do {
        if let first = watch.first { try await driver.once([.facts([.mode(first)])]) }
        result = .success(try await work(driver, final))
      } catch { result = .failure(error) }
      watch.stop()
      await driver.close()
      await socket?.close()
      return try await project.driving(Facts.init, on: ledger, observer: observer) { facts in
        try await noteRest(facts)
        if case .success = result { try await settle(guardian, facts) }
        context.git.releaseSettings()
        var end = try await watched(try result.get(), context, facts, control.rollback)
        end.lost = try await LostLanding.find(in: end.state, target, project.git)
        await KeptApart.removeObjects(of: run, project)
        return end
      }
    }
  }

  /// Looks at what landed once more, where the configuration has gates for that, and takes out
  /// again what it wants to be taken out.
  private func watched(
    _ result: Result, _ context: Ground, _ facts: FactDriver, _ control: RollbackControl
  ) async throws -> Result {
    let session = RollbackSession(
      recorded, context, facts, updatesCheckout: request.updatesCheckout, control: control)
    var result = result
    if result.landedIn != nil {
      result.aftermath = try await LandingWatch(session: session).check()
    }
    result.rollbacks = try await FindingWatch(session: session, phases: recorded.phases).act()
    result.state = await session.state
    return result
  }

  private func makeContext(after time: Timestamp?) throws -> Ground {
    let context = try Ground(
      RunFacts(
        project: recorded.project.notBefore(time), plan: recorded.plan, run: run,
        base: recorded.base, waves: recorded.waves, committer: recorded.committer))
    try Files.makeDirectory(context.logs.folder)
    try context.project.makeWorktreeRoot()
    return context
  }

  private func makeDriver(
    _ context: Ground, _ ledger: LedgerWriter, _ mailbox: Mailbox<QueueMessage>,
    _ observer: @escaping RunObserver
  ) throws -> Driver<QueueHands> {
    let state = ledger.lend()
    let hands = QueueHands(
      context, mailbox, gates: Gate.all(recorded.plan, recorded.project.configuration),
      reviews: IntegrationReviews(
        plan: recorded.plan, waves: recorded.waves, start: try start(state),
        tree: { [repository = project.repository] in try? repository.treeID(of: $0) }),
      updatesCheckout: request.updatesCheckout, fences: fences,
      recordTip: { ledger.tip })
    return Driver(
      recorded.queue(state), hands, on: ledger, hearing: mailbox, clock: context.project.clock,
      observer: observer)
  }

  /// Nothing is at work: the machine is in no tier, as far as the run goes.
  private func noteRest(_ facts: FactDriver) async throws {
    let tier = await facts.state.tier
    guard tier != .normal else { return }
    let rest = EventDraft(
      .modeChanged(
        .init { ($0.from, $0.tier, $0.reason) = (tier, .normal, "the queue is at rest") }))
    try await facts.once([[rest]])
  }

  /// A landing whose move a crash came after is a fact before anything else is decided.
  private func noteLanding(_ facts: FactDriver) async throws {
    let state = await facts.state
    guard let landing = state.integration.landing,
      let current = try project.repository.reference(landing.target),
      try project.repository.isAncestor(landing.new, of: current)
    else { return }
    let drafts = try recorded.queue(state)
      .decide(.landingDone(landing.new, .landed), at: project.clock.now())
    try await facts.once([drafts])
  }

  /// Records what others decided meanwhile, what this call's user did, and what follows from it.
  private func takeReviews(_ facts: FactDriver) async throws {
    try await project.admitInboxes(into: facts)
    let state = await facts.state
    let person = project.person
    let approvals = reviewed.sorted().compactMap { id -> EventDraft? in
      guard let record = state[id], let tip = record.tip else { return nil }
      if case .approved = record.review() { return nil }
      return .review(.approved, record, tip, by: person, message: nil, overruling: true)
    }
    try await facts.once([approvals])
    try await facts.once([holds.drafts(for: await facts.state)])
  }

  var holds: ReviewHolds { ReviewHolds(plan: recorded.plan, waves: recorded.waves) }

  func result(
    _ state: RunState, _ outcome: QueueOutcome, landedIn: String? = nil
  ) -> Result {
    Result(
      state: state, outcome: outcome, landedIn: landedIn, unreviewed: holds.unreviewed(state),
      rejected: holds.rejected(state), waves: WaveHolds(recorded.waves, state))
  }

  private func work(
    _ driver: Driver<QueueHands>, _ final: FinalGates
  ) async throws -> Result {
    let before = await driver.state
    try restoreBranch(before.integration)
    await driver.finishBegun()
    try await driver.once([.start])
    let repository = project.repository
    let finished = Candidate.finished(in: before, recorded.plan) { try? repository.treeID(of: $0) }
    let waves = WaveHolds(recorded.waves, before)
    if before.workstreams.contains(where: { $0.state == .queued }) {
      let start = try start(before)
      let tree = try repository.treeID(of: start)
      try await driver.once([.begin(at: start, tree: tree, inputs: try inputs(of: tree))])
    }
    let candidates = finished.filter { candidate in
      waves[candidate.id] == nil && (before[candidate.id].map(holds.isFree) ?? false)
    }
    if !candidates.isEmpty {
      let start = try start(before)
      try requireBase(in: start)
      try await project.git.judge(start)
      let tree = try repository.treeID(of: start)
      try await driver.once([
        .enqueue(candidates, start: start, tree: tree, inputs: try inputs(of: tree))
      ])
    }
    let outcome = try await driver.run().outcome
    guard let target, outcome.pause == nil else {
      return result(await driver.state, outcome)
    }
    return try await land(in: target, outcome, driver, final)
  }

  /// What gates read of what all begins at.
  func inputs(of tree: ObjectID) throws(GitError) -> GateInputs {
    let gates = QueuePolicy.reading(
      recorded.project.configuration, recorded.plan.workstreams)
    return try GateCuts(project.repository).inputs(of: tree, for: gates)
  }

  /// Merging by the recorded base onto a commit that lacks it would bring the base's history along
  /// and drop its changes.
  private func requireBase(in start: ObjectID) throws {
    guard try !project.repository.isAncestor(recorded.base, of: start) else { return }
    let (base, branch) = (recorded.base.short, RunNames.short(target ?? "uet/\(run)/integration"))
    throw Refusal(
      .usage,
      "'\(branch.terminalSafe)' lacks commit \(base), which run '\(run)' started from; what that holds "
        + "would be dropped",
      hint: "bring it in first: git merge \(base)")
  }

  /// The commit the integration branch begins at: the target's own, so that what lands was tested
  /// on top of it.
  private func start(_ state: RunState) throws -> ObjectID {
    let configured = recorded.project.configuration.integration.target.map { "refs/heads/\($0)" }
    let name = target ?? configured ?? state.integration.landedIn ?? state.target
    if let name, let commit = try project.repository.reference(name) { return commit }
    return recorded.base
  }

  /// Makes the integration branch what the record says: a crash can come between the two.
  private func restoreBranch(_ integration: IntegrationRecord) throws {
    guard let tip = integration.published else { return }
    let name = RunNames(prefix: project.refPrefix, run: run).integration
    let current = try project.repository.reference(name)
    guard current != tip else { return }
    if let current, try !project.repository.isAncestor(current, of: tip) {
      guard try !project.repository.isAncestor(tip, of: current) else { return }
      let branch = RunNames.short(name)
      project.warn(
        "'\(branch)' was moved to \(current.short); the record has it at \(tip.short); "
          + "set it back with: git branch --force \(branch) \(tip)")
      return
    }
    try project.repository.setReference(
      name, to: tip, expecting: current ?? .zero, message: "git-uet: restore from the record")
  }
}

/// What a user asks `integrate` for.
package struct IntegrationRequest: Sendable {
  /// A run's name or part of it; nil for the newest.
  package var run: String?
  /// The branch to land in, as typed; nil to land nowhere yet.
  package var land: String?
  /// Whether a clean checkout of that branch may be moved along.
  package var updatesCheckout: Bool
  /// Workstreams that ask for a review before they are merged, and got one; as typed.
  package var reviewed: [String]

  package init(
    run: String? = nil, land: String? = nil, updatesCheckout: Bool = false, reviewed: [String] = []
  ) {
    self.run = run
    self.land = land
    self.updatesCheckout = updatesCheckout
    self.reviewed = reviewed
  }
}
