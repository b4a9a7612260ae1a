import UETGit
import UETModel

/// Keeps `refs/notes/uet` and `refs/notes/uet-verdicts`: views for people and other tools, derived
/// from the ledger and never read back.
package struct LedgerNotes: Sendable {
  package static let runs = "refs/notes/uet"
  package static let verdicts = "refs/notes/uet-verdicts"

  private let reader: LedgerReader
  private let options: LedgerOptions

  package init(repository: Repository, options: LedgerOptions = LedgerOptions()) {
    reader = LedgerReader(repository: repository, names: options.names)
    self.options = options
  }

  /// Brings the notes of a run up to its recorded state. Doing it again changes nothing.
  package func update(_ run: RunID) throws(LedgerError) {
    let (state, verdicts) = try record(of: run)
    try update(state, verdicts: verdicts)
  }

  /// Brings them up to a state that is at hand: only the verdicts are looked up then.
  package func update(_ state: RunState) throws(LedgerError) {
    var verdicts: [Event] = []
    try reader.walk(to: try reader.tip(of: state.run)) { (commit) throws(LedgerError) in
      verdicts += try reader.events(of: commit).filter {
        $0.fact.gateEnd != nil
      }
    }
    try update(state, verdicts: verdicts)
  }

  private func record(of run: RunID) throws(LedgerError) -> (RunState, verdicts: [Event]) {
    var state = RunState(run: run)
    var verdicts: [Event] = []
    try reader.walk(to: try reader.tip(of: run)) { (commit) throws(LedgerError) in
      verdicts += try reader.fold(commit, into: &state).filter {
        $0.fact.gateEnd != nil
      }
    }
    return (state, verdicts)
  }

  /// Brings them up to a state with the events that hold verdicts.
  package func update(_ state: RunState, verdicts: [Event]) throws(LedgerError) {
    let time = state.updatedAt ?? Timestamp(seconds: 0)
    try reference(Self.runs).apply(
      RunNotes(state: state).changes, message: "notes of run \(state.run)", at: time)
    try reference(Self.verdicts).apply(
      VerdictNotes(run: state.run, events: verdicts).changes,
      message: "verdicts of run \(state.run)", at: time)
  }

  /// Makes the notes of a run anew, and takes away what speaks of it where it should not; `index`
  /// says where that is.
  package func repair(_ run: RunID, _ index: NotesIndex) throws(LedgerError) {
    let (state, verdicts) = try record(of: run)
    let time = state.updatedAt ?? Timestamp(seconds: 0)
    try reference(Self.runs).apply(
      RunNotes(state: state).changes(of: (index.paragraphs[run.rawValue] ?? [:]).keys),
      message: "notes of run \(run), made anew", at: time)
    try reference(Self.verdicts).apply(
      VerdictNotes(run: run, events: verdicts)
        .changes(of: (index.verdicts[run.rawValue] ?? [:]).keys),
      message: "verdicts of run \(run), made anew", at: time)
  }

  /// Brings in another clone's notes, as they were fetched; gives their last commit.
  @discardableResult
  package func merge(_ theirs: ObjectID, verdicts: Bool) throws(LedgerError) -> ObjectID? {
    try reference(verdicts ? Self.verdicts : Self.runs)
      .merge(theirs, by: verdicts ? .lines : .paragraphs)
  }

  private func reference(_ name: String) -> NotesReference {
    NotesReference(repository: reader.repository, name: name, options: options)
  }
}
