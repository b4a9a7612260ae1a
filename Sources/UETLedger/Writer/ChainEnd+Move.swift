import UETGit
import UETModel

extension ChainEnd {
  /// Moves the reference from `tip` to `commit`, or says why that cannot be.
  func move(to commit: ObjectID, subject: String) throws(LedgerError) {
    var attempt = 0
    while true {
      do {
        try repository.setReference(
          reference, to: commit, expecting: tip, message: "uet: \(subject)")
        return
      } catch {
        switch error {
        case .referenceMoved: throw lost()
        case .referenceLocked:
          attempt += 1
          try waitForLock(attempt)
        default: throw uncertain(commit, error)
        }
      }
    }
  }

  /// The compare-and-swap was lost: on a new chain the run exists, else another process took it.
  private func lost() -> LedgerError {
    if tip.isZero { return .runExists(run) }
    let reader = LedgerReader(repository: repository, names: options.names)
    return .fenced(run, by: try? reader.claim(of: run, writer: writer).holder)
  }

  /// After any other failure the reference tells: where it moved, only its durability is unknown.
  private func uncertain(_ commit: ObjectID, _ error: GitError) -> LedgerError {
    guard let found = try? repository.reference(reference), found == commit else {
      return .git(error)
    }
    return .durabilityUnknown(run, cause: error)
  }

  private func waitForLock(_ attempt: Int) throws(LedgerError) {
    let path = "\(repository.commonDirectory)/\(reference).lock"
    let lock = StaleReferenceLock(path: path)
    if let evidence = lock.removeIfOwnerIsDead(options.processes) {
      options.notice(.removedStaleLock(path: path, evidence: evidence))
      return
    }
    guard attempt <= options.patience.attempts else {
      throw .referenceLocked(name: reference, path: path)
    }
    options.patience.pause()
  }
}
