import UETGit
import UETModel

/// The chain of a writer other than `main`, as one reference of this repository shows it.
package struct Inbox: Hashable, Sendable {
  package let run: RunID
  package let writer: String
  /// Full name; of one writer there may be one here and one fetched from each remote.
  package let reference: String
  package let tip: ObjectID
}

extension LedgerReader {
  /// Every inbox of a run: those among the run's own chains first, then what was fetched from
  /// remotes.
  package func inboxes(of run: RunID) throws(LedgerError) -> [Inbox] {
    let own = names.runs + run.rawValue
    let remote = names.remotes
    let found = try LedgerError.wrap { () throws(GitError) in
      try repository.references(under: own) + repository.references(under: remote)
    }
    return found.compactMap { reference in
      guard let chain = names.parse(inbox: reference.name), chain.run == run else { return nil }
      return Inbox(
        run: run, writer: chain.writer, reference: reference.name, tip: reference.id)
    }
  }
}
