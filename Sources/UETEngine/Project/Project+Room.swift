import UETGit
import UETModel
import UETSystem

extension Project {
  /// Looks whether everything that a run makes has its place: a branch `uet` would not let
  /// `uet/RUN/ws-a` be, and worktrees need a folder that their records go to.
  func requireRoom(for run: RunID? = nil) throws(EngineError) {
    do {
      let id = run?.rawValue ?? "run"
      let kinds = ["runs", "salvage", "candidates"].map { "\(refPrefix)/\($0)/\(id)/name" }
      for name in ["refs/heads/uet/\(id)/name"] + kinds {
        if let taken = try repository.reference(inTheWayOf: name) {
          throw EngineError.nameTaken(taken)
        }
      }
    } catch {
      throw EngineError(error)
    }
    let records = repository.commonDirectory + "/worktrees"
    if let kind = Files.kind(records), kind != .directory { throw .noFolder(records) }
  }
}
