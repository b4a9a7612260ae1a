import UETGit
import UETModel
import UETSystem

extension Project {
  /// Looks whether everything that a run makes has its place: a branch `uet` would not let
  /// `uet/RUN/ws-a` be, and worktrees need a folder that their records go to.
  func requireRoom(for run: RunID? = nil) throws {
    if let name = try nameInTheWay(of: run) { throw Refusal.nameTaken(name) }
    let records = repository.commonDirectory + "/worktrees"
    if let kind = Files.kind(records), kind != .directory {
      let path = records.terminalSafe
      throw Refusal(
        .usage, "'\(path)' is no folder, so that there can be no worktrees",
        hint: "see what it is, and move it away: mv '\(path)' '\(path).old'")
    }
  }

  /// A reference that stands where those of a run are to go below.
  func nameInTheWay(of run: RunID? = nil) throws(GitError) -> String? {
    let id = run?.rawValue ?? "run"
    let kinds = ["runs", "salvage", "candidates"].map { "\(refPrefix)/\($0)/\(id)/name" }
    for name in ["refs/heads/uet/\(id)/name"] + kinds {
      if let taken = try repository.reference(inTheWayOf: name) { return taken }
    }
    return nil
  }

  /// Refuses what needs files of the user's in a bare repository.
  func requireWorkTree() throws(Refusal) {
    guard repository.workTree == nil else { return }
    throw Refusal(
      .usage, "this operation must be run in a work tree",
      hint: "clone the repository and run it there")
  }
}

extension Refusal {
  fileprivate static func nameTaken(_ name: String) -> Refusal {
    let short = RunNames.short(name)
    let isBranch = short != name
    return Refusal(
      .usage,
      "the \(isBranch ? "branch" : "reference") '\(short.terminalSafe)' is in the way: "
        + "git cannot have '\(short.terminalSafe)/...' beside it, which runs need",
      hint: isBranch
        ? "give it another name: git branch -m \(short.terminalSafe) NEW-NAME"
        : "see what it is: git log -1 \(name.terminalSafe)")
  }
}
