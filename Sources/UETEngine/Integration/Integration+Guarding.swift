import UETLedger
import UETModel

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
    try await facts.once([[AttemptRunner.draft(changes, [], for: nil)]])
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
