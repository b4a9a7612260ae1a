import UETGit
import UETModel

/// What a writer takes from its surroundings; none of it is recorded.
package struct LedgerOptions: Sendable {
  package var names = LedgerNames.standard
  /// Author and committer of the ledger's commits.
  package var author = (name: "git-uet", email: "git-uet@localhost")
  /// How a reference's lock file that another process holds is waited for.
  package var patience = LockPatience()
  /// Looks at processes, to tell whether a holder or the owner of a lock file lives.
  package var processes: any ProcessTable = SystemProcesses()
  /// Told of what was repaired on the way.
  package var notice: @Sendable (LedgerNotice) -> Void = { _ in }
  /// Takes out of a text for people what must not be recorded.
  package var clearing: @Sendable (String) -> String = { $0 }
  /// Whether commits bear this clone's seal, by which it knows what it may go on with.
  package var isSealed = true

  /// The git that packs the ledger's loose objects; without one they stay loose.
  package var git: SealedGit?
  /// Told of each crash point that is reached; nothing but a test listens.
  package var reached: @Sendable (CrashPoint) -> Void = { _ in }

  package init() {}
}

/// What a writer did beside writing, for the user to know.
package enum LedgerNotice: Hashable, Sendable {
  /// A dead process had left a lock file behind; `evidence` says how that is known.
  /// The reference of a chain was taken away or set back by somebody, and is put back.
  case restoredChain(String)
  case removedStaleLock(path: String, evidence: String)
  /// A garbage collection took objects before their reference existed; they were written again.
  case rewroteBatch(commit: ObjectID)
  /// A `git gc` is under way, whose end is waited for.
  case waitsForCollection
  /// The loose objects could not be packed and stay loose; it is tried again.
  case packingFailed(reason: String)
}

/// How often a locked reference is tried again.
package struct LockPatience: Sendable {
  package var attempts = 200
  /// Waits between two attempts; 25 ms unless a test says otherwise.
  package var pause: @Sendable () -> Void = { Pause.milliseconds(25) }

  package init() {}
}
