import UETGit
import UETModel

/// Runs what changes a reference by compare-and-swap, again where another process was faster: for
/// references that many may write, never for a chain.
struct ReferenceRace {
  /// The full name, for errors.
  let name: String
  let options: LedgerOptions

  func run<Value>(_ body: () throws(LedgerError) -> Value) throws(LedgerError) -> Value {
    var attempt = 0
    while true {
      do {
        return try body()
      } catch {
        guard case .git(let cause) = error else { throw error }
        attempt += 1
        try recover(cause, attempt)
      }
    }
  }

  private func recover(_ error: GitError, _ attempt: Int) throws(LedgerError) {
    switch error {
    case .referenceMoved where attempt < 1000: return
    // A collection removes folders that it finds empty, and objects that nothing leads to yet, under
    // whoever is about to use them.
    case .libgit2 where attempt < 8: options.patience.pause()
    case .objectMissing where attempt < 8: options.patience.pause()
    case .referenceLocked(_, let path):
      if let evidence = StaleReferenceLock(path: path).removeIfOwnerIsDead(options.processes) {
        options.notice(.removedStaleLock(path: path, evidence: evidence))
        return
      }
      guard attempt <= options.patience.attempts else {
        throw .referenceLocked(name: name, path: path)
      }
      options.patience.pause()
    default: throw .git(error)
    }
  }
}
