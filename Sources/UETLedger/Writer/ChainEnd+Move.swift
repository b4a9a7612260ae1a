import UETGit
import UETModel

extension ChainEnd {
  /// Moves the reference from `tip` to `commit`, or says why that cannot be.
  func move(to commit: ObjectID, subject: String) throws(LedgerError) {
    var attempt = 0
    var expected = tip
    while true {
      do {
        try repository.setReference(
          reference, to: commit, expecting: expected, message: "uet: \(subject)")
        return
      } catch {
        switch error {
        case .referenceMoved:
          guard let found = setBack(), found != expected else { throw lost() }
          expected = found
          options.notice(.restoredChain(reference))
        case .referenceLocked:
          attempt += 1
          try waitForLock(attempt)
        default: throw uncertain(commit, error)
        }
      }
    }
  }

  /// What the reference is where somebody took it away, or back to what this writer wrote before:
  /// nobody has taken the chain, who would have written on top of its end. nil where somebody may
  /// have.
  private func setBack() -> ObjectID? {
    if tip.isZero { return nil }
    let found: ObjectID?
    do throws(GitError) { found = try repository.reference(reference) } catch { return nil }
    guard let found else { return isPutAway ? nil : .zero }
    return found != tip && (try? repository.isAncestor(found, of: tip)) == true ? found : nil
  }

  /// Whether a person has archived or forgotten the run.
  private var isPutAway: Bool {
    let reader = LedgerReader(repository: repository, names: options.names)
    guard let archived = try? reader.archive.runs() else { return true }
    return archived.contains(run) || RunArchive.forgotten(repository).contains(run.rawValue)
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
