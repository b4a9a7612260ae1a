import UETGit
import UETLedger
import UETModel
import UETSystem

/// A run in the hands of this process: the writer of its record, with the lock file that says so
/// quickly to others.
final class RunClaim: Sendable {
  let ledger: LedgerWriter
  private let lock: RunLock?
  private let signs: Task<Void, Never>?

  /// Seconds between two signs of life, for those who cannot look at this process.
  private static let beat = 30.0

  private init(
    _ run: RunID, in project: Project, at time: Timestamp,
    _ writer: (Repository, Holder) throws -> LedgerWriter
  ) throws {
    Repository.enableFsync()
    let nonce = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    // The lock is a courtesy: where no file can be made, the chain alone tells who holds the run.
    let lock = RunLock(run, in: project.repository, at: time)
    let inode: UInt64? =
      switch lock {
      case .some(let lock): lock.inode
      case .none: nil
      }
    let path: String? =
      switch lock {
      case .some(let lock): lock.path
      case .none: nil
      }
    signs = path.map { path in
      Task {
        while (try? await Task.sleep(for: .seconds(Self.beat))) != nil { Files.touch(path) }
      }
    }
    self.lock = lock
    ledger = try writer(
      project.reopened(), SystemProcesses.current(since: time, nonce: nonce, lockInode: inode))
  }

  /// Takes a run that nobody holds.
  ///
  /// Throws `held` where another process has the run.
  static func take(_ run: RunID, in project: Project, at time: Timestamp) throws -> RunClaim {
    try RunClaim(run, in: project, at: time) { repository, holder in
      project.removeStaleLocks(of: run)
      return try LedgerWriter.open(
        in: repository, run: run, holder: holder, at: time, options: project.ledgerOptions)
    }
  }

  /// Begins the record of a run with its first events.
  static func begin(
    _ run: RunID, in project: Project, root: RootRecord, _ drafts: [EventDraft], at time: Timestamp
  ) throws -> (RunClaim, [Event]) {
    var events: [Event] = []
    let claim = try RunClaim(run, in: project, at: time) { repository, holder in
      let (ledger, first) = try LedgerWriter.create(
        in: repository, run: run, root: root, holder: holder, events: drafts, at: time,
        options: project.ledgerOptions)
      events = first
      return ledger
    }
    return (claim, events)
  }

  deinit { signs?.cancel() }

  /// Keeps the claim alive up to here.
  func release() { signs?.cancel() }
}

extension Project {
  /// Takes a run that nobody holds, lets `body` record, then gives the run up and renews what is
  /// derived from its record; all of it also when `body` throws.
  ///
  /// Throws `held` where another process has the run, and `fenced` where one takes it meanwhile.
  nonisolated(nonsending) func claiming<Value>(
    _ run: RunID, _ body: (LedgerWriter) async throws -> Value
  ) async throws -> Value {
    let claim = try RunClaim.take(run, in: self, at: clock.now())
    let result: Result<Value, any Error>
    do { result = .success(try await body(claim.ledger)) } catch { result = .failure(error) }
    logs(of: run).clear()
    try await claim.ledger.release()
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
