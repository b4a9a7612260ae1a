import UETGit
import UETLedger
import UETMergeQueue
import UETModel
import UETSystem

/// From what is tested to what has landed.
extension Integration {
  func land(
    in target: String, _ tested: QueueOutcome, _ driver: Driver<QueueHands>, _ final: FinalGates
  ) async throws -> Result {
    if tested.integrated.isEmpty {
      let state = await driver.state
      guard let landedIn = state.integration.landedIn,
        state.workstreams.contains(where: { $0.state == .landed && !$0.hasNothing })
      else { return try await nothingLanded(in: target, result(state, tested)) }
      let name = try project.repository.resolvedReference(landedIn) ?? landedIn
      guard name == target else { throw Refusal.landedElsewhere(run, landedIn) }
      return result(state, tested, landedIn: target)
    }
    try refuseRejected(await driver.state)
    if let reason = await driver.state.integration.freeze {
      throw Refusal.frozen(run, target, reason)
    }
    try refuseOutsideOfWindow(target)
    try await refuseCheckedOut(target, tested)
    var outcome = tested
    // Where the target has moved all is merged and tested anew, as often as the queue puts up with
    // it.
    while outcome.pause == nil, !outcome.integrated.isEmpty {
      guard let current = try project.repository.reference(target) else {
        throw Refusal.unknownBranch(target)
      }
      try await noticeMove(of: target, to: current, driver)
      let tree = try project.repository.treeID(of: current)
      let isMoved = await driver.state.integration.start != current
      if !isMoved, let facts = try await final.ask(of: await driver.state) {
        try await driver.once([.facts(facts.drafts)], beside: facts.logs)
        if final.isEnded { throw Refusal.landingRefused(in: target, "it was stopped") }
        if let reason = facts.fault { throw Refusal.landingRefused(in: target, reason) }
        if facts.isRed {
          outcome = try await driver.run().outcome
          continue
        }
      }
      try await driver.once([
        .land(target: target, at: current, tree: tree, inputs: try inputs(of: tree))
      ])
      let end = try await driver.run()
      outcome = end.outcome
      if let reason = end.refusal {
        throw Refusal.landingRefused(in: target, reason)
      }
    }
    let state = await driver.state
    let hasLanded = state.integration.landedIn == target && outcome.integrated.isEmpty
    if hasLanded {
      try await requireLanded(state, target)
      await removeWorktrees(state)
    }
    return result(state, outcome, landedIn: hasLanded ? target : nil)
  }

  /// That a person has to decide first, or that nothing was changed, is more than that there is
  /// nothing.
  private func nothingLanded(in target: String, _ result: Result) async throws -> Result {
    if !result.waves.holds.isEmpty || !result.unreviewed.isEmpty || !result.rejected.isEmpty {
      return result
    }
    // So is why each is set aside or waits.
    if !result.outcome.ejected.isEmpty || !result.outcome.held.isEmpty { return result }
    if let lost = try await LostLanding.find(in: result.state, target, project.git) {
      throw lost
    }
    if result.state.workstreams.allSatisfy({ $0.hasNothing }) { return result }
    throw Refusal(
      .failed, "nothing of run '\(run)' is integrated, so nothing can land",
      hint: "see why: git uet status \(run)")
  }

  /// Before everything is merged anew onto where others moved the target: what they took out of it
  /// is nothing to build on.
  private func noticeMove(
    of target: String, to current: ObjectID, _ driver: Driver<QueueHands>
  ) async throws {
    let state = await driver.state
    guard current != state.integration.start, current != state.integration.tip,
      let notice = try TargetNotice(state, in: target, project.git)
    else { return }
    defer { notice.close() }
    let drafts = notice.drafts(try await notice.findingsOfLanded())
    if !drafts.isEmpty { try await driver.once([.facts(drafts)]) }
  }

  /// Others may have moved the target back right after.
  private func requireLanded(_ state: RunState, _ target: String) async throws {
    guard let commit = state.integration.landedCommit,
      let current = try project.repository.reference(target),
      try !project.repository.isAncestor(commit, of: current)
    else { return }
    throw LostLanding(
      run: run, branch: target, commit: commit, current: current,
      isBehind: try project.repository.isAncestor(current, of: commit),
      checkout: try await project.git.checkout(of: target)?.path,
      workstreams: state.integration.lastLanded)
  }

  /// What was rejected after it was merged must not land with the rest.
  private func refuseRejected(_ state: RunState) throws {
    for record in state.workstreams where record.state == .integrated {
      if let reason = record.rejection {
        throw Refusal(
          .decision, "'\(record.id)' is merged, but was \(reason.terminalSafe)",
          hint: "integrate without it: git uet integrate \(run)")
      }
    }
  }

  private func refuseOutsideOfWindow(_ target: String) throws(ClosedWindow) {
    // Today's, whatever the run recorded when it started.
    let windows = project.configuration.integration.windowTimes
    let now = project.clock.now()
    if windows.areOpen(at: now, in: LocalTime.offset(at:)) { return }
    throw ClosedWindow(
      target: target, run: run, windows: windows.map(\.text),
      opens: windows.opening(from: now, in: LocalTime.offset(at:)))
  }

  /// Moving a checked-out branch silently would leave a staged reversal of everything that landed.
  private func refuseCheckedOut(_ target: String, _ outcome: QueueOutcome) async throws {
    guard let checkout = try await project.git.checkout(of: target), let tip = outcome.tip else {
      return
    }
    if !checkout.isThere {
      throw Refusal.checkedOutOnAbsent(target, at: checkout.path, lock: checkout.lock)
    }
    guard !request.updatesCheckout else { return }
    throw Refusal.checkedOut(target, at: checkout.path, tip)
  }

  /// Says before the gates run what will stand in the way of landing: there is time to put it
  /// right.
  func announceCheckout() async throws {
    guard let target, let checkout = try await project.git.checkout(of: target), checkout.isThere
    else { return }
    let name = RunNames.short(target)
    if !request.updatesCheckout {
      project.warn(
        "'\(name)' is checked out at '\(checkout.path)': all is made ready, but not landed; to land it "
          + "there as well, stop this and add --update-checkout")
    } else if let obstacle = try await project.git.obstacle(in: checkout, branch: target) {
      project.warn("'\(checkout.path)' could not be updated now: \(obstacle)")
    }
  }

  /// Worktrees of what landed are of no more use, as far as `run.keep` says so and nothing holds
  /// them.
  private func removeWorktrees(_ state: RunState) async {
    let keep = recorded.project.configuration.run.keep
    await WorktreeRemoval.sweep(recorded.project, run, policy: .configured(keep)) { id in
      state[id]?.state == .landed
    }
  }
}

extension Refusal {
  fileprivate static func landedElsewhere(_ run: RunID, _ branch: String) -> Refusal {
    Refusal(
      .failed, "run '\(run)' has landed already, in '\(RunNames.short(branch).terminalSafe)'",
      hint: "to have it in another branch as well: git merge uet/\(run)/integration")
  }

  fileprivate static func frozen(_ run: RunID, _ branch: String, _ reason: String) -> Refusal {
    Refusal(
      .decision,
      "nothing lands in '\(RunNames.short(branch).terminalSafe)': landing is frozen "
        + "(\(reason.terminalSafe))",
      hint: "let it land again: git uet queue unfreeze \(run)")
  }

  fileprivate static func checkedOut(
    _ branch: String, at path: String, _ commit: ObjectID
  ) -> Refusal {
    let here = Files.workingDirectory
    let isHere = here == path || here.hasPrefix(path + "/")
    let git = isHere ? "git" : "git -C '\(path.terminalSafe)'"
    return Refusal(
      .decision,
      "branch '\(RunNames.short(branch).terminalSafe)' is checked out at '\(path.terminalSafe)'",
      hint: "land it there: \(git) merge --ff-only --no-overwrite-ignore \(commit)",
      "or let it be done where nothing is changed: --update-checkout")
  }
}

extension Integration {
  /// Puts back and records what gates changed of what all worktrees share: they run what workers
  /// wrote.
  func settle(
    _ guardian: SharedGuard, _ facts: FactDriver
  ) async throws {
    // References, and the stash in a user's hands, are not for this one to judge: what lands moves
    // them.
    let changes = guardian.look(asLast: true).changes.filter(\.isProtected)
    if changes.isEmpty { return }
    try await facts.once([[.protectedChange(changes, [], for: nil)]])
  }

  /// Says which programs git does not use on the results, since they were configured after the run
  /// had started.
  func tellLaterPrograms(_ root: RootRecord) {
    let names = project.laterPrograms(than: root.details["programs"]).sorted()
    if names.isEmpty { return }
    project.warn(
      "\(names.quoted(3)) was set after the run had started, and is not used on its results")
  }
}
