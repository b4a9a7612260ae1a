import UETGit
import UETModel

extension LedgerReader {
  /// Proves everything about a run that can be proven from this repository: its chains, that they
  /// keep alive what they name, that commits say what the record says of them, and that inboxes
  /// hold what was admitted from them; where `notes` are given, these as well.
  package func examine(_ run: RunID, notes: NotesIndex? = nil) throws(LedgerError) -> RunReport {
    let chain = try verify(run)
    var report = RunReport(main: chain)
    try InboxExamination(reader: self, run: run, admitted: chain.admitted).examine(into: &report)
    // What is behind the damage cannot be judged; what is before it was proven.
    guard chain.isSound, let end = chain.soundUpTo else { return report }
    let state = try state(of: run, at: end)
    let root = try root(of: run)
    report.signer = SignerKey(json: root.details["signer"])
    try AnchorExamination(repository: repository, report: chain, base: root.base)
      .examine(into: &report)
    WorkExamination(repository: repository, state: state).examine(into: &report)
    if let notes {
      NotesExamination(state: state, verdicts: chain.verdicts, named: chain.named, notes: notes)
        .examine(into: &report)
    }
    return report
  }
}
