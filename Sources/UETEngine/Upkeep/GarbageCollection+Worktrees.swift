import UETGit
import UETLedger
import UETModel

extension GarbageCollection {
  /// The second step: worktrees whose work is merged or archived.
  func removeWorktrees(
    _ archived: [RunID: ArchivedRun], _ each: @Sendable (Item) -> Void
  ) async throws {
    let survey = WorktreeSurvey(project)
    let removal = WorktreeRemoval(survey, policy: .configured(.none))
    for facts in try await survey.facts() {
      try Task.checkCancellation()
      guard let run = facts.run, try isStale(facts, run, archived) else { continue }
      let outcome: Item.Outcome
      // What is archived can be had again at any time, landed or not.
      switch WorktreeVerdict(facts, policy: .configured(.none)) {
      case .held(let hold): outcome = .kept(hold.reason, command: hold.command)
      case .afterSalvage(let reason):
        outcome = .kept(
          reason,
          command: "look: git -C \(facts.path.shellQuoted) status; "
            + "keep it and remove the worktree: git uet clean \(run)")
      case .removable(let reason):
        // What the verdict names as the keeper may be a branch that goes next.
        let why = isLanded(facts) ? reason : "archived"
        outcome = request.isDry ? .done(why) : Self.outcome(await removal.remove(facts), why)
      }
      each(Item(kind: .worktree, name: facts.path, run: run, outcome: outcome))
    }
  }

  private static func outcome(
    _ outcome: WorktreeRemoval.Outcome, _ reason: String
  ) -> Item.Outcome {
    switch outcome {
    case .removed: .done(reason)
    case .held(let hold): .kept(hold.reason, command: hold.command)
    case .failed(let reason): .failed(reason)
    }
  }

  /// Whether the run's work is merged or archived, so that nobody waits for the worktree.
  private func isStale(
    _ facts: WorktreeFacts, _ run: RunID, _ archived: [RunID: ArchivedRun]
  ) throws -> Bool {
    if archived[run] != nil || isLanded(facts) { return true }
    return try project.archived(run) != nil
  }

  private func isLanded(_ facts: WorktreeFacts) -> Bool {
    if case .landed = facts.work { true } else { false }
  }
}
