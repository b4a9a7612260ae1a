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

  /// The same for one who drives a machine of the run's state, or records facts.
  nonisolated(nonsending) func claiming<Machine: RecordedMachine, Value>(
    _ run: RunID, driving machine: (RunState) throws -> Machine,
    observer: @escaping RunObserver = { _, _ in },
    _ body: (Driver<IdleHands<Machine>>) async throws -> Value
  ) async throws -> Value {
    try await claiming(run) { ledger in
      try await driving(machine, on: ledger, observer: observer, body)
    }
  }

  /// Drives a machine on a record that is held already.
  nonisolated(nonsending) func driving<Machine: RecordedMachine, Value>(
    _ machine: (RunState) throws -> Machine, on ledger: LedgerWriter,
    observer: @escaping RunObserver = { _, _ in },
    _ body: (Driver<IdleHands<Machine>>) async throws -> Value
  ) async throws -> Value {
    let driver = Driver(
      idle: try machine(ledger.lend()), on: ledger, clock: clock, observer: observer)
    let result: Result<Value, any Error>
    do { result = .success(try await body(driver)) } catch { result = .failure(error) }
    await driver.close()
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
