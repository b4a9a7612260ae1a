import UETLedger
import UETModel

/// Checks the record of runs and what is derived from it.
package struct RunExamination {
  private let project: Project
  private let notes: NotesIndex

  package init(_ project: Project) throws {
    self.project = project
    notes = try NotesIndex(project.repository)
  }

  /// Examines a run. Where nothing but its notes is wrong and `repairing`, these are made anew.
  package func examine(
    _ run: RunID, repairing: Bool
  ) throws -> (report: RunReport, isRepaired: Bool) {
    let judged = try judgesNotes(of: run)
    let report = try project.reader.examine(run, notes: repairing || judged ? notes : nil)
    guard repairing, !report.isSound, report.isDerivedOnly else { return (report, false) }
    try LedgerNotes(repository: project.repository, options: project.ledgerOptions)
      .repair(run, notes)
    return (report, true)
  }

  /// Notes are written when a process lets go of a run, in the clone that holds it; elsewhere, and
  /// in between, they may be older than the record.
  private func judgesNotes(of run: RunID) throws(LedgerError) -> Bool {
    guard (try? project.isOwn(run)) == true,
      let state = try? project.reader.state(of: run), state.status.isOver
    else { return false }
    return try project.reader.claim(of: run).isReleased
  }
}
