import UETGit
import UETLedger
import UETModel
import UETScheduling
import UETSystem

/// Puts runs in order whose orchestrator died, without going on with them.
package struct Recovery: Sendable {
  private let project: Project

  package init(_ project: Project) { self.project = project }

  /// What is to be done about a run.
  package enum Need: String, CaseIterable, Hashable, Sendable {
    /// Its orchestrator died: `recover` puts it in order, `resume` does that too and goes on.
    case crashed
    /// It was stopped in order; `resume` goes on.
    case resumable
    /// A process works on it.
    case running
    /// A process elsewhere, which cannot be looked at from here, may work on it.
    case unknown
    /// Another clone's to go on with.
    case foreign
  }

  /// One attempt that the record has under way.
  package struct Attempt: Hashable, Sendable {
    package let workstream: WorkstreamID
    package let number: Int
    package let worker: String?
    package let since: Timestamp
    /// Processes that are left of it.
    package let orphans: [Int32]
    package let worktree: String
    /// Whether something stands at `worktree`.
    package let hasWorktree: Bool
    /// What becomes of the workstream when the run is put in order, and why.
    package let fate: Fate
  }

  package struct Fate: Hashable, Sendable {
    package let state: WorkstreamState
    package let reason: String?
  }

  /// A run that is not over, or could be gone on with.
  package struct Candidate: Sendable {
    package let run: RunID
    package let need: Need
    package let state: RunState
    package let holder: Holder?
    package let underWay: [Attempt]
    /// Processes of the run that no attempt under way accounts for, such as those of gates.
    package let strays: [Int32]

    /// Workstreams that `resume` would still run.
    package var unfinished: Int { state.workstreams.count { !$0.state.isSettled } }
  }

  /// The candidates, newest first: every run that is not over, or was interrupted, or whose last
  /// holder died without giving it up.
  package func candidates(_ only: RunID? = nil) throws -> [Candidate] {
    let processes = RunProcesses()
    return try project.reader.runs().filter { only == nil || $0 == only }
      .compactMap { run in
        if only != nil || isOwn(run) { return try candidate(run, processes) }
        // What others made of their runs, or of the names of runs, stops nothing here.
        return (try? candidate(run, processes)) ?? nil
      }
  }

  private func candidate(_ run: RunID, _ processes: RunProcesses) throws -> Candidate? {
    let claim = try project.reader.claim(of: run)
    let state = try project.state(of: run)
    if state.imported != nil { return nil }
    let answer = try RunHolder(repository: project.repository, names: project.ledgerNames)
      .answer(for: run)
    let canGoOn = !state.status.isOver || [.interrupted, .halted].contains(state.status)
    let own = processes.of(run)
    guard canGoOn || !claim.isReleased || !own.isEmpty else { return nil }
    let need: Need =
      switch answer {
      case .held: .running
      case .perhapsHeld: .unknown
      case .free where !isOwn(run): .foreign
      case .free where !claim.isReleased || !state.status.isOver || !own.isEmpty: .crashed
      case .free: .resumable
      }
    let underWay = try attempts(state, own)
    let known = Set(underWay.flatMap(\.orphans))
    return Candidate(
      run: run, need: need, state: state, holder: claim.holder, underWay: underWay,
      strays: own.map(\.pid).filter { !known.contains($0) })
  }

  private func isOwn(_ run: RunID) -> Bool {
    (try? project.isOwn(run)) ?? false
  }

  private func attempts(
    _ state: RunState, _ processes: [RunProcesses.Entry]
  ) throws -> [Attempt] {
    guard state.workstreams.contains(where: { $0.state == .running }) else { return [] }
    let after = (try? released(state)) ?? state
    return state.workstreams.compactMap { record in
      guard record.state == .running, let attempt = record.lastAttempt else { return nil }
      let orphans = processes.filter {
        $0.workstream == record.id && $0.attempt == attempt.number
      }
      let path = "\(project.worktreeRoot)/\(state.run)/\(record.id)"
      return Attempt(
        workstream: record.id, number: attempt.number, worker: attempt.worker,
        since: attempt.assignedAt, orphans: orphans.map(\.pid), worktree: path,
        hasWorktree: Files.kind(path) != nil,
        fate: Fate(
          state: after[record.id]?.state ?? record.state, reason: after[record.id]?.reason))
    }
  }

  /// The state that putting the run in order would lead to; nothing is recorded.
  private func released(_ state: RunState) throws -> RunState {
    var machine = try RecordedPlan(of: state.run, in: project).dispatcher(state)
    let now = project.clock.now()
    var sequence = state.sequence
    _ = try machine.take(.release(ended: [:]), at: now) { drafts in
      drafts.map { draft in
        sequence += 1
        return Event(draft, seq: sequence, writer: "main", at: now, identify: Repository.hashBlob)
      }
    }
    return machine.state
  }
}

extension Recovery {
  /// What was done for one run.
  package struct Result: Sendable {
    package let state: RunState
    /// What the attempts left that were under way.
    package let ended: [AttemptRecovered]
    /// Processes that could not be ended.
    package let survivors: Int
  }

  /// One attempt that was under way, and where its work is kept.
  package struct AttemptRecovered: Hashable, Sendable {
    package let workstream: WorkstreamID
    package let number: Int
    package let salvage: String?
  }

  /// Ends what is left of the run, keeps its work, records the crash, and gives the run up.
  ///
  /// Throws `held` where a live process has it, and what `RecordedPlan` throws.
  package func recover(_ run: RunID) async throws -> Result {
    let recorded = try RecordedPlan(of: run, in: project)
    return try await project.claiming(run, driving: recorded.dispatcher) { driver in
      try await settle(run, recorded, driver)
    }
  }

  private func settle(
    _ run: RunID, _ recorded: RecordedPlan, _ driver: Driver<IdleHands<DispatchMachine>>
  ) async throws -> Result {
    let machine = await driver.machine
    let facts = RunFacts(recorded, run)
    let names = machine.underWay
    let left = await LeftAttempts(facts).end(names, machine.state)
    let outcomes = left.outcomes
    // What could not be kept because everything was to stop is not recorded as nothing.
    try Task.checkCancellation()
    let survivors = await RunProcesses().endAll(of: run)
    let used = LeftUsage(facts).drafts(of: names, machine.state)
    try await driver.once(
      (left.spent + used).map { .fact($0) } + [.release(ended: outcomes)],
      beside: names.flatMap { facts.logs.all(of: $0) })
    await Executors.sweepLeft(facts, await driver.state)
    return Result(
      state: await driver.state, ended: names.map { Self.recovered($0, outcomes[$0]) },
      survivors: survivors)
  }

  private static func recovered(
    _ name: AttemptName, _ outcome: AttemptOutcome?
  ) -> AttemptRecovered {
    var salvage: String?
    if case .failed(let failure)? = outcome { salvage = failure.salvage }
    return AttemptRecovered(workstream: name.workstream, number: name.number, salvage: salvage)
  }
}
