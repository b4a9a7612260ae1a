import UETLedger
import UETModel

/// One thing that `git uet doctor` looked at.
package struct DoctorFinding: Hashable, Sendable {
  package enum Level: String, CaseIterable, Hashable, Sendable {
    /// All is well.
    case ok
    /// Worth knowing; nothing has to be done.
    case note
    /// To be mended, or something will go wrong.
    case problem
  }

  /// A mending that loses nothing, whatever else is going on.
  package enum Repair: Hashable, Sendable {
    case removeLock(StaleLocks.Lock)
    case recover(RunID)
    case dropVanishedWorktrees
    case rebuildCache
  }

  /// What was looked at, as one word or two.
  package let subject: String
  package var level: Level
  package var message: String
  /// What to type to mend it.
  package var fix: String?
  /// How `--fix` mends it; nil where a person has to.
  package var repair: Repair?

  package init(
    _ subject: String, _ level: Level, _ message: String, fix: String? = nil,
    repair: Repair? = nil
  ) {
    self.subject = subject
    self.level = level
    self.message = message
    self.fix = fix
    self.repair = repair
  }
}
