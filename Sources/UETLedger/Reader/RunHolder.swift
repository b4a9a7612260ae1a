import UETGit
import UETModel
import UETSystem

/// Answers whether a live process holds a run, and who.
package struct RunHolder: Sendable {
  package enum Answer: Hashable, Sendable {
    /// Nobody: it was given up, or its holder is dead.
    case free(last: Holder?)
    case held(by: Holder)
    /// By a process that cannot be looked at from here: on another machine or in a container.
    case perhapsHeld(by: Holder)
  }

  private let reader: LedgerReader
  private let processes: any ProcessTable

  package init(
    repository: Repository, names: LedgerNames = .standard,
    processes: any ProcessTable = SystemProcesses()
  ) {
    reader = LedgerReader(repository: repository, names: names)
    self.processes = processes
  }

  /// Reads the chain, which is the truth, and the lock file where the chain alone cannot tell.
  package func answer(for run: RunID) throws(LedgerError) -> Answer {
    let claim = try reader.claim(of: run)
    guard let holder = claim.holder, !claim.isReleased else {
      return .free(last: claim.holder)
    }
    switch processes.liveness(of: holder) {
    case .alive: return .held(by: holder)
    case .dead: return .free(last: holder)
    case .unknown: return lockAnswer(run, holder)
    }
  }

  /// On the same running machine the kernel knows who locks the file, container or not.
  private func lockAnswer(_ run: RunID, _ holder: Holder) -> Answer {
    let here = SystemProcesses.current(since: holder.since, nonce: "")
    guard let inode = holder.lockInode, !holder.boot.isEmpty, holder.boot == here.boot,
      let taken = FileLock.isTaken(
        RunLock.path(of: run, in: reader.repository), inode: inode)
    else { return .perhapsHeld(by: holder) }
    return taken ? .held(by: holder) : .free(last: holder)
  }
}
