import UETGit
import UETModel

/// Compares the inboxes that are here with what the main chain says it admitted from them.
///
/// One that is missing proves nothing: its events are on the main chain. One that differs was
/// rewritten.
struct InboxExamination {
  let reader: LedgerReader
  let run: RunID
  /// What was admitted or refused, by writer and sequence number.
  let admitted: [EventOrigin]

  func examine(into report: inout RunReport) throws(LedgerError) {
    for inbox in try reader.inboxes(of: run) {
      let mine = admitted.filter { $0.writer == inbox.writer }
      if inbox.reference == reader.names.chain(run, inbox.writer) {
        let chain = try reader.verify(run, writer: inbox.writer)
        report.inboxes.append(chain)
        if !chain.isSound { continue }
      }
      compare(inbox, mine, &report)
    }
  }

  private func compare(_ inbox: Inbox, _ mine: [EventOrigin], _ report: inout RunReport) {
    guard !mine.isEmpty else { return }
    let expected = Dictionary(mine.map { ($0.seq, $0) }, uniquingKeysWith: { first, _ in first })
    do throws(LedgerError) {
      var difference: (ObjectID, String)?
      try reader.walk(to: inbox.tip) { (commit) throws(LedgerError) in
        guard difference == nil else { return }
        for event in try reader.events(of: commit) {
          guard let origin = expected[event.seq] else { continue }
          if event.id != origin.id || commit.id != origin.commit {
            difference = (
              commit.id,
              "event \(event.seq) of '\(inbox.reference)' is not the one that was admitted from it, "
                + origin.id.hex
            )
            return
          }
        }
      }
      if let (commit, reason) = difference { report.note(.inbox, commit, reason) }
    } catch {
      // Something was admitted from this writer, and this is not its chain.
      report.note(.inbox, inbox.tip, "'\(inbox.reference)' is damaged: \(error.reason)")
    }
  }
}

extension LedgerError {
  /// What is wrong with a chain, for a report that names the commit itself.
  package var reason: String {
    switch self {
    case .broken(let commit, let reason): "commit \(commit): \(reason)"
    case .git(let error): "\(error)"
    default: "\(self)"
    }
  }
}
