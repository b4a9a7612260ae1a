import UETModel
import UETPlanning

/// Which worktrees are to stay although nothing would be lost without them.
package enum WorktreePolicy: Hashable, Sendable {
  /// `git uet clean`: results that have not landed stay, for review.
  case clean
  /// `git uet clean --force`: their branches are enough.
  case force
  /// What `run.keep` says, for the end of a run and after landing.
  case configured(Configuration.Keep)

  func keeps(_ work: WorktreeFacts.Work) -> Bool {
    switch (self, work) {
    case (.force, _), (.configured(.none), _): false
    case (.configured(.all), .idle): false
    case (.configured(.all), _): true
    case (.clean, .unlanded), (.configured(.unlanded), .unlanded): true
    case (.configured(.unlanded), .failed), (.configured(.failed), .failed): true
    default: false
    }
  }
}
