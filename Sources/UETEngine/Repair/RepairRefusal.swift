import UETModel

/// Why a conflict cannot be resolved now.
package enum RepairRefusal: Refusing, Hashable {
  /// The workstream has no conflict that waits for anybody.
  case noConflict(WorkstreamID, WorkstreamState)
  /// Merged onto what is there now, it does not conflict any more.
  case conflictIsGone(RunID, WorkstreamID)
  /// A worktree for it is open already.
  case alreadyOpen(WorkstreamID, path: String)
  /// There is no worktree to take the result from.
  case notOpen(RunID, WorkstreamID)
  case unmerged(path: String, paths: [String])
  case unstaged(path: String, paths: [String])
  case marked(path: String, paths: [String])
  case outOfScope(WorkstreamID, paths: [String])
  /// Its worktree stands somewhere else than where it was opened.
  case moved(path: String)

  package var refusal: Refusal {
    switch self {
    case .noConflict(let id, let state):
      Refusal(
        .usage, "workstream '\(id)' has no conflict to resolve: it is \(state.rawValue)",
        hint: "see what is in conflict: git uet conflicts")
    case .conflictIsGone(let run, let id):
      Refusal(
        .usage, "'\(id)' does not conflict with what is integrated now",
        hint: "merge it: git uet integrate \(run)")
    case .alreadyOpen(let id, let path):
      Refusal(
        .usage, "the conflict of '\(id)' is open in '\(path.terminalSafe)'",
        hint: "mend and 'git add' there, then: git uet resolve \(id) --continue (or --abort)")
    case .notOpen(let run, let id):
      Refusal(
        .usage, "the conflict of '\(id)' is not open",
        hint: "open it: git uet resolve \(run) \(id)")
    case .unmerged(let path, let paths):
      Refusal(
        .decision,
        "\(paths.map(\.terminalSafe).quoted(1)) not merged yet in '\(path.terminalSafe)'",
        hint: "mend and 'git add' there")
    case .unstaged(let path, let paths):
      Refusal(
        .decision,
        "\(paths.map(\.terminalSafe).quoted(1)) changed in '\(path.terminalSafe)', but not staged",
        hint: "'git add' or 'git restore' there")
    case .marked(let path, let paths):
      Refusal(
        .decision,
        "\(paths.map(\.terminalSafe).quoted(1)) still with conflict markers, in '\(path.terminalSafe)'",
        hint: "mend and 'git add' there")
    case .outOfScope(let id, let paths):
      Refusal(
        .decision,
        "\(paths.map(\.terminalSafe).quoted(1)) changed, which is neither in conflict nor in the scope of '\(id)'",
        hint: "take that back there: git checkout HEAD -- PATH")
    case .moved(let path):
      Refusal(
        .decision, "'\(path.terminalSafe)' is not at the merge it was opened with",
        hint: "close it with --abort, which keeps what is there, and open it again")
    }
  }
}
