import UETGit
import UETModel
import UETScheduling

/// Attempts that the record has under way, and that nobody goes on with.
struct LeftAttempts: Sendable {
  private let facts: RunFacts
  private let salvage: Salvage

  init(_ facts: RunFacts, telling guardian: SharedGuard? = nil) {
    self.facts = facts
    salvage = Salvage(facts, telling: guardian)
  }

  struct Ending: Sendable {
    /// How each ended.
    var outcomes: [AttemptName: AttemptOutcome]
    /// What was spent, as far as a result says so that nobody had taken in.
    var spent: [EventDraft] = []
  }

  /// Ends what is left of them, here and elsewhere, and keeps their work.
  func end(_ names: [AttemptName], _ state: RunState) async -> Ending {
    func executor(of name: AttemptName) -> String? { state[name.workstream]?.lastAttempt?.executor }
    let here = names.filter { executor(of: $0) == nil }
    var ending = Ending(outcomes: await salvage.attempts(here, state))
    let executors = Executors(facts.project)
    for name in names {
      guard let executor = executor(of: name) else { continue }
      var failure = AttemptFailure(
        .orchestratorCrash, "the orchestrator ended while it ran", isTransient: true)
      let left = await executors.batch(named: executor)?.abandon(name, of: facts)
      let base = state[name.workstream]?.lastAttempt?.base
      if let tip = left?.result?.tip, tip != base, let kept = try? salvage.point(name, at: tip) {
        (failure.salvage, failure.tip) = (kept.name, kept.commit)
      }
      ending.outcomes[name] = .failed(failure)
      if let left, !left.usage.isEmpty, let recorded = try? facts.recorded(of: name) {
        ending.spent += HeardFacts(recorded).news(in: left.usage)
      }
    }
    await executors.close()
    return ending
  }
}
