import UETGit
import UETModel

/// The conflicts of a run, for people.
package struct ConflictList: Sendable {
  package struct Entry: Sendable {
    package let record: WorkstreamRecord
    package let conflict: ConflictRecord
    /// Where it is being resolved, if it is.
    package let worktree: String?
  }

  package let run: RunID
  package let entries: [Entry]

  /// Finds the run; the newest where none is named.
  package init(of name: String?, in project: Project) throws {
    run = try project.run(named: name)
    let state = try project.state(of: run)
    var entries: [Entry] = []
    for record in state.workstreams {
      guard let conflict = record.conflict else { continue }
      let path = "\(project.worktreeRoot)/\(run)/\(record.id).resolve"
      let isOpen = project.repository.worktree(at: path) != nil
      entries.append(
        Entry(record: record, conflict: conflict, worktree: isOpen ? path : nil))
    }
    self.entries = entries
  }
}
