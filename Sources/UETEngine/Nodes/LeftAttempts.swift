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

  /// Ends what is left of them, here and elsewhere, keeps their work, and gives how each ended.
  func end(_ names: [AttemptName], _ state: RunState) async -> [AttemptName: AttemptOutcome] {
    func executor(of name: AttemptName) -> String? { state[name.workstream]?.lastAttempt?.executor }
    var outcomes = await salvage.attempts(names.filter { executor(of: $0) == nil }, state)
    let executors = Executors(facts.project)
    for name in names {
      guard let executor = executor(of: name) else { continue }
      var failure = AttemptFailure(
        .orchestratorCrash, "the orchestrator ended while it ran", isTransient: true)
      let left = await executors.executor(named: executor).abandon(name, of: facts)
      let base = state[name.workstream]?.lastAttempt?.base
      if let tip = left?.tip, tip != base, let kept = try? salvage.point(name, at: tip) {
        (failure.salvage, failure.tip) = (kept.name, kept.commit)
      }
      outcomes[name] = .failed(failure)
    }
    await executors.close()
    return outcomes
  }
}
