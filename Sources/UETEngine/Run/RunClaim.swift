import UETLedger
import UETModel

/// This process as the holder of a run, with the lock file that says so quickly to others.
final class RunClaim: Sendable {
  let holder: Holder
  private let lock: RunLock?

  private init(holder: Holder, lock: consuming RunLock?) {
    self.holder = holder
    self.lock = lock
  }

  /// The lock is a courtesy: where no file can be made, the chain alone tells who holds the run.
  static func take(_ run: RunID, in project: Project, at time: Timestamp) -> RunClaim {
    let nonce = String(UInt64.random(in: 0...UInt64.max), radix: 16)
    guard let lock = RunLock(run, in: project.repository, at: time) else {
      return RunClaim(holder: SystemProcesses.current(since: time, nonce: nonce), lock: nil)
    }
    let inode = lock.inode
    return RunClaim(
      holder: SystemProcesses.current(since: time, nonce: nonce, lockInode: inode), lock: lock)
  }

  /// Keeps the claim alive up to here.
  func release() {}
}
