import UETModel

/// One event as a sentence for a person; only those that matter while a run goes on.
package struct FactLine {
  private let event: Event
  private let state: RunState

  package init(event: Event, state: RunState) { (self.event, self.state) = (event, state) }

  private var name: String { event.workstream?.rawValue ?? "" }

  /// nil for what would only be noise.
  package var sentence: String? {
    switch event.fact {
    case .runStarted:
      "run \(state.run) started with \(StaffWords.text(state.workers, least: state.leastWorkers))"
    case .planChanged(let fact): said(fact.reason)
    case .runPaused(let fact): "paused\(because(fact.reason))"
    case .runResumed, .recoveryStarted: "resumed"

    case .taskStarted(let fact):
      "\(name) started\(attempt)\(onTop(of: fact.inputs))\(by(fact.executor))"
    case .taskCompleted(let fact): "\(name) succeeded\(took)\(files(fact))"
    case .taskFailed(let fact):
      fact.has(\.asks)
        ? "\(name) \(said(fact.message))\(kept(fact.salvage))"
        : "\(name) failed\(attempt): \(said(fact.message))\(kept(fact.salvage))"
    case .taskRetried where event.workstream.flatMap { state[$0]?.awaited } != nil: nil
    case .taskRetried(let fact): "\(name) will be tried again\(because(fact.reason))"
    case .taskQuarantined(let fact): "\(name) given up\(because(fact.reason))"
    case .taskCancelled(let fact): "\(name) cancelled\(because(fact.reason))"
    case .protectedChangeFound(let fact):
      "while \(suspects(fact)) ran, this was changed: "
        + (fact.changes ?? []).text(3).terminalSafe

    case .gatePassed(let fact): passed(fact)
    case .gateFailed(let fact):
      fact.fault == true && fact.has(\.wave)
        ? "\(tested(fact)) gave no verdict: \(said(fact.message))"
        : "\(tested(fact)) is red: \(said(fact.message))"
    case .waveReleased(let fact):
      "wave \(fact.wave ?? 0) may be merged\(because(fact.reason)) (\(reviewer(fact.by)))"

    case .candidateEjected(let fact): "\(name) set aside\(because(fact.reason))"
    case .candidatePromoted: "\(name) promoted"
    case .candidateDequeued(let fact): "\(name) taken out of the queue\(because(fact.reason))"
    case .conflictResolved(let fact):
      fact.method == .quarantine ? nil : "the conflict of \(name) is \(resolution(fact))"
    case .repairStarted(let fact):
      "\(name) conflicts: the \(said(fact.text(\.method))) works on it"
    case .repairFailed(let fact):
      "\(name): the \(said(fact.text(\.method))) did not resolve it\(because(fact.reason))"
        + kept(fact.salvage)
    case .mergeSucceeded(let fact): "\(integrated(fact)) as \(fact.commit?.short ?? "?")"

    case .landed(let fact): landed(fact)
    case .landingRefused(let fact): "not landed\(because(fact.reason))"
    case .integrationPaused(let fact): "the queue rests\(because(fact.reason))"
    case .integrationResumed: "the queue goes on"
    case .integrationRestarted(let fact): "everything is merged anew\(because(fact.reason))"
    case .integrationFaulted(let fact): "\(unanswered(fact)): \(said(fact.message))"
    case .integrationFrozen(let fact): "landing is frozen\(because(fact.reason))"
    case .integrationUnfrozen: "landing is free again"
    case .strategyChosen(let fact): "strategy \(said(fact.strategy))\(because(fact.reason))"

    case .compensationStarted(let fact):
      fact.status == RunState.found
        ? nil
        : "rolling back \(fact.workstreams?.count ?? 0) in \(branch(fact.target))"
          + because(fact.reason)
    case .compensationStep(let fact): "\(name) undone by \(fact.commit?.short ?? "?")"
    case .compensationFailed(let fact): "\(name) is not undone\(because(fact.reason))"
    case .compensationFinished(let fact): rolledBack(fact)

    case .reviewRequested(let fact): "\(name) waits for a review\(because(fact.reason))"
    case .reviewDecided(let fact):
      "\(name) \(said(fact.text(\.decision))) by \(reviewer(fact.by))"
    case .inboxRefused(let fact): "inbox \(inbox(fact)) refused\(because(fact.reason))"
    case .budgetWarning(let fact):
      "the budget of \(fact.scope(of: event)) is nearly used up".terminalSafe
        + because(fact.reason)
        + (fact.reduces == true ? "; fewer workstreams run at once from now on" : "")
    case .budgetExceeded(let fact):
      "the budget of \(fact.scope(of: event)) is used up".terminalSafe + because(fact.reason)
    case .budgetOverridden: BudgetText.changed(event)
    case .questionAsked(let fact):
      "\(name) asks: \(said(fact.question))"
        + (fact.options.map { " (\($0.listed(20)))".terminalSafe } ?? "")
    case .questionAnswered(let fact):
      "\(name) is answered by \(reviewer(fact.by)): \(said(fact.answer))"
    case .rateLimited(let fact):
      "'\(said(fact.provider))' is not asked until "
        + "\(said(fact.text(\.until)).dropFirst(11).prefix(8))"
        + (fact.concurrency.map { ", then by \($0) at once" } ?? "")
        + because(fact.reason)
    case .breakerOpened(let fact):
      "tool '\(said(fact.tool))' is left alone until "
        + "\(said(fact.text(\.until)).dropFirst(11).prefix(8)): it \(said(fact.reason))"
    case .taskAssigned(let fact):
      fact.tool.map { "\(name) goes to tool '\(said($0))'\(because(fact.reason))" }
    case .breakerClosed(let fact): "tool '\(said(fact.tool))' is used again\(because(fact.reason))"

    case .modeChanged(let fact):
      "the machine is in tier \(said(fact.text(\.tier)))\(because(fact.reason))"
        + (fact.tier.map { "; \($0.effect)" } ?? "")

    // Noise, or told by what follows.
    case .runFinished, .recoveryFinished, .workerSpawned, .workerDraining, .workerTerminated,
      .heartbeat, .taskReady, .taskProgress, .taskStopping, .scopeViolation,
      .dependencyFound, .gateStarted, .candidateQueued, .candidateHeld, .mergeStarted,
      .mergePrepared, .mergeConflict, .probeStarted, .probePrepared, .landingStarted,
      .usageRecorded, .budgetReserved, .budgetSettled, .unknown:
      nil
    }
  }

  private func said(_ words: String?) -> String { (words ?? "no reason recorded").terminalSafe }

  /// The reason behind a colon, where one was given.
  private func because(_ reason: String?) -> String { reason.map { ": \($0.terminalSafe)" } ?? "" }

  private func branch(_ name: String?) -> String { RunNames.short(said(name)) }

  private func members(_ ids: [WorkstreamID]?) -> String {
    (ids ?? []).map(\.rawValue.terminalSafe).listed(3)
  }

  /// How a conflict ended.
  private func resolution(_ fact: Told<Fact.ConflictRepair>) -> String {
    switch fact.method {
    case .resolutions: "resolved as before"
    case .replay:
      "gone: replayed as \(fact.replay?.short ?? "?") on \(fact.onto?.short ?? "?")"
    case .resolver: "resolved by \(said(fact.by)) as \(fact.commit?.short ?? "?")"
    case .quarantine: "given up"
    case .person, nil: "\(said(fact.text(\.status))) by \(said(fact.by))"
    }
  }

  private func suspects(_ fact: Told<Fact.SharedChanges>) -> String {
    let names = (fact.suspects ?? []).compactMap(\.workstream)
    return names.isEmpty ? "gates" : names.listed(5)
  }

  private func reviewer(_ by: String?) -> String {
    let clone = event.origin.map { " in \($0.writer)" } ?? ""
    return ((by ?? "somebody") + clone).terminalSafe
  }

  private func inbox(_ fact: Told<Fact.InboxRefused>) -> String {
    let writer = event.origin.map { "\($0.writer) event \($0.seq)" } ?? fact.writer
    return (writer ?? "").terminalSafe
  }

  private func passed(_ fact: Told<Fact.GateRun>) -> String? {
    if fact.redWarm == true {
      return "\(tested(fact)) was red with what was built before, and passed in a clean place"
    }
    if fact.flaky == true { return "\(tested(fact)) is flaky: red first, then green" }
    guard fact.has(\.wave) else { return nil }
    let names = (fact.inputs ?? []).map(\.workstream)
    return "\(tested(fact)) passed" + (names.isEmpty ? "" : " (\(names.listed(3)))")
  }

  /// On a combination a gate speaks of all that is in it.
  private func tested(_ fact: Told<Fact.GateRun>) -> String {
    let gate = said(fact.gate)
    if let wave = fact.wave { return "\(gate) on wave \(wave)" }
    let members = fact.workstreams ?? []
    if fact.stage == .target { return "\(gate) on what \(name) is merged onto" }
    if members.count == 1 { return "\(gate) on \(name) by itself" }
    if members.count > 1 { return "\(gate) on \(members.count) by themselves, up to \(name)" }
    return fact.stage == .integration ? "\(gate) on everything up to \(name)" : "\(name) \(gate)"
  }

  /// The step of the queue that gave no answer.
  private func unanswered(_ fact: Told<Fact.QueueFault>) -> String {
    if fact.gate != nil { return "\(tested(Told(members: fact.members))) gave no verdict" }
    if fact.has(\.method) { return "the conflict of \(name) could not be worked on" }
    return name.isEmpty ? "the queue could not go on" : "\(name) could not be merged"
  }

  private func landed(_ fact: Told<Fact.Landing>) -> String {
    switch fact.status {
    case RunState.found: "\(members(fact.workstreams)) \(said(fact.reason))"
    case RunState.nothing: "\(members(fact.workstreams)) changed nothing: \(said(fact.reason))"
    default: "landed \(fact.commit?.short ?? "?") in \(branch(fact.target))"
    }
  }

  private func rolledBack(_ fact: Told<Fact.Rollback>) -> String {
    if fact.has(\.reason) { return members(fact.workstreams) + because(fact.reason) }
    return fact.commit.map { "rolled back: \(branch(fact.target)) is at \($0.short)" }
      ?? "rollback given up"
  }

  /// Several that were tested as one are named together.
  private func integrated(_ fact: Told<Fact.MergeSucceeded>) -> String {
    let names = (fact.batch ?? []).map(\.workstream.rawValue)
    let ahead = fact.ahead == true ? ", ahead of others," : ""
    guard names.count > 1 else { return "\(name) integrated\(ahead)" }
    let how = fact.assumed == true ? " by one test, their scopes being disjoint," : ""
    return names.joined(separator: ", ") + " integrated together\(how)\(ahead)"
  }

  private var attempt: String {
    guard let number = event.attempt, number > 1 else { return "" }
    return " (attempt \(number))"
  }

  /// What carries it out elsewhere.
  private func by(_ executor: String?) -> String {
    executor.map { ", carried out by '\($0.terminalSafe)'" } ?? ""
  }

  private func onTop(of inputs: [AttemptRecord.Input]?) -> String {
    let names = (inputs ?? []).map(\.workstream)
    return names.isEmpty ? "" : " on top of " + names.listed(3)
  }

  private var took: String {
    guard let id = event.workstream, let last = state[id]?.lastAttempt else { return "" }
    return " in \(Span.text(event.at.seconds(since: last.assignedAt)))"
  }

  private func files(_ fact: Told<Fact.TaskEnd>) -> String {
    guard let count = fact.files else { return "" }
    let missing = fact.missing ?? []
    return (count == 0 ? ", nothing changed" : ", \(count) file\(count == 1 ? "" : "s")")
      + (missing.isEmpty ? "" : ", not made: \(missing.listed(3))").terminalSafe
  }

  private func kept(_ salvage: String?) -> String { salvage.map { " (work kept in \($0))" } ?? "" }
}
