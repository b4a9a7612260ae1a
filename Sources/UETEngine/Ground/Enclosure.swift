import UETGit
import UETTools

/// What a command needs besides what all see.
struct Enclosure: Sendable {
  /// Whose home it has: one for all commands of a workstream, so that a session goes on.
  var owner: String
  var worktree: WorktreeHandle?
  /// The repository that it sees in the place of the project's.
  var clone: PrivateClone?
  var hasNetwork = true
  var reading: [String] = []
  var writing: [String] = []
  /// Programs that it starts, as paths.
  var programs: [String] = []
  /// What an agent program needs of the user's home.
  var homes: [ToolHome] = []

  init(owner: String, worktree: WorktreeHandle? = nil) {
    (self.owner, self.worktree) = (owner, worktree)
  }
}

extension Enclosure {
  /// Whose home gates of the queue have, and what a person and a rollback run besides.
  static let queue = "_queue"

  init(_ gate: Gate, in worktree: WorktreeHandle?) {
    self.init(owner: Self.queue, worktree: worktree)
    hasNetwork = gate.hasNetwork
    writing = gate.traces.map { [$0] } ?? []
  }
}
