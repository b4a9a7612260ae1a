import UETGit
import UETModel

/// The history of a branch beside that of the target: tells what the branch contains without a walk
/// for each commit asked about.
struct BranchHistory: Sendable {
  /// What the target has and the branch lacks.
  struct Later: Sendable {
    /// Parents before children.
    let commits: [ObjectID]
    fileprivate let set: Set<ObjectID>

    init(_ commits: [ObjectID]) { (self.commits, set) = (commits, Set(commits)) }
  }

  let tip: ObjectID
  /// The best common ancestors.
  let bases: [ObjectID]
  let later: Later
  private let own: Set<ObjectID>
  private let presence: TargetPresence

  init(
    _ tip: ObjectID, _ bases: [ObjectID], _ later: Later, _ presence: TargetPresence
  ) throws(GitError) {
    (self.tip, self.bases, self.later, self.presence) = (tip, bases, later, presence)
    own = Set(try presence.repository.commits(in: tip, notIn: bases))
  }

  var isInTarget: Bool { bases.contains(tip) }

  /// Whether the commit can be reached from the branch's end: it is the branch's own, or both have
  /// it.
  func contains(_ commit: ObjectID) throws(GitError) -> Bool {
    if own.contains(commit) { return true }
    if later.set.contains(commit) { return false }
    return try presence.holds(commit)
  }
}
