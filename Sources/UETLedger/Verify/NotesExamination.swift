import UETModel

/// Compares the notes about one run with those that its record gives.
struct NotesExamination {
  let state: RunState
  let verdicts: [Event]
  /// The commits that the record names.
  let named: [ObjectID: Int]
  let notes: NotesIndex

  func examine(into report: inout RunReport) {
    let run = state.run
    let expected = RunNotes(state: state).paragraphs
    let found = notes.paragraphs[run.rawValue] ?? [:]
    report.notes = expected.count
    for (object, text) in expected.sorted(by: { $0.key < $1.key }) where found[object] != text {
      report.note(
        .note, object,
        "its note in \(LedgerNotes.runs) \(found[object] == nil ? "is missing" : "says otherwise")")
    }
    // A merge that was made anew keeps the note that it had; what the record never named has no
    // place.
    for object in found.keys.sorted() where expected[object] == nil && named[object] == nil {
      report.note(
        .note, object, "its note in \(LedgerNotes.runs) speaks of run \(run), which did not make it"
      )
    }
    let lines = VerdictNotes(run: run, events: verdicts).lines
    let given = notes.verdicts[run.rawValue] ?? [:]
    for (tree, mine) in lines.sorted(by: { $0.key < $1.key }) where given[tree] != mine {
      report.note(
        .note, tree, "its note in \(LedgerNotes.verdicts) does not have the verdicts given on it")
    }
    for tree in given.keys.sorted() where lines[tree] == nil {
      report.note(
        .note, tree,
        "its note in \(LedgerNotes.verdicts) has a verdict that run \(run) did not give")
    }
  }
}
