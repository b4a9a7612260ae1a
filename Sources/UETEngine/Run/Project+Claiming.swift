import UETGit
import UETLedger
import UETModel

extension Project {
  /// Takes a run that nobody holds, lets `body` record, then gives the run up and renews what is
  /// derived from its record; all of it also when `body` throws.
  ///
  /// Throws `held` where another process has the run, and `fenced` where one takes it meanwhile.
  nonisolated(nonsending) func claiming<Value>(
    _ run: RunID, _ body: (LedgerWriter) async throws -> Value
  ) async throws -> Value {
    Repository.enableFsync()
    let now = clock.now()
    let claim = RunClaim.take(run, in: self, at: now)
    removeStaleLocks(of: run)
    let ledger = try LedgerWriter.open(
      in: reopened(), run: run, holder: claim.holder, at: now, options: ledgerOptions)
    let result: Result<Value, any Error>
    do { result = .success(try await body(ledger)) } catch { result = .failure(error) }
    try await ledger.release()
    claim.release()
    updateViews(of: run)
    return try result.get()
  }

  /// Removes the lock files of a run's references that killed processes left, so that none of its
  /// branches, salvage or notes is stuck.
  func removeStaleLocks(of run: RunID) {
    let prefixes = [
      "refs/heads/uet/\(run)", "\(refPrefix)/salvage/\(run)", "\(refPrefix)/candidates/\(run)",
      "\(refPrefix)/runs/\(run)", "refs/notes",
    ]
    StaleLocks(repository).sweep(under: prefixes) { lock, evidence in
      ledgerOptions.notice(.removedStaleLock(path: lock.path, evidence: evidence))
    }
  }
}
