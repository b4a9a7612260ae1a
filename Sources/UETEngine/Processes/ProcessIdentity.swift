import UETLedger

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Names one process for good: its number is given to others after its end, its start time is not.
///
/// That of a supervisor stands for the tree it guards.
package struct ProcessIdentity: Hashable, Sendable {
  package let pid: Int32
  /// In the system's own unit: clock ticks since boot on Linux, microseconds since 1970 on macOS.
  package let startTime: UInt64
  /// Tells the system's boots apart; empty where the system does not say.
  package let boot: String

  /// A process of the present boot.
  package init(pid: Int32, startTime: UInt64) {
    self.init(pid: pid, startTime: startTime, boot: ProcessEntry.bootID)
  }

  init(pid: Int32, startTime: UInt64, boot: String) {
    self.pid = pid
    self.startTime = startTime
    self.boot = boot
  }

  /// The process that has that number now; nil when there is none.
  package init?(of pid: Int32) {
    guard let entry = ProcessEntry(pid) else { return nil }
    self.init(pid: pid, startTime: entry.startTime)
  }

  /// Whether this very process is there and has not ended.
  package var isAlive: Bool {
    guard boot == ProcessEntry.bootID, let entry = ProcessEntry(pid) else { return false }
    return entry.startTime == startTime && !entry.hasEnded
  }
}

extension ProcessIdentity: CustomStringConvertible {
  /// `PID.START.BOOT`, as the ledger may record it.
  package var description: String { "\(pid).\(startTime).\(boot)" }

  /// Reads what `description` writes.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let pid = Int32(parts[0]), pid > 1, let start = UInt64(parts[1]) else {
      return nil
    }
    self.init(pid: pid, startTime: start, boot: String(parts[2]))
  }
}

extension ProcessIdentity {
  /// What became of a tree that was ended from outside.
  package struct Sweep: Hashable, Sendable {
    /// Processes that were killed here, the supervisor aside.
    package var ended = 0
    package var survivors = 0
  }

  /// Ends the tree of a supervisor that another orchestrator started, and waits for its end; blocks
  /// for `patience` seconds and a few more at most, so call it from a thread of its own.
  ///
  /// The supervisor is asked first: it knows its descendants, and gives them their grace. What is
  /// left, or was left by a supervisor that is dead, is found by the variable that names it.
  @discardableResult
  package func endTree(patience: Double = 15) -> Sweep {
    guard boot == ProcessEntry.bootID else { return Sweep() }
    let wasAlive = isAlive
    for (signal, limit) in [(SIGTERM, patience), (SIGQUIT, 5), (SIGKILL, 5)] where isAlive {
      kill(pid, signal)
      kill(pid, SIGCONT)
      waitForEnd(limit)
    }
    return sweep(session: wasAlive)
  }

  /// `endTree` on a thread of its own.
  ///
  /// Worth calling for a supervisor that is dead as well: it may have been killed and have left its tree.
  @discardableResult
  package func end(patience: Double = 15) async -> Sweep {
    await withCheckedContinuation { continuation in
      let body: @Sendable () -> Void = {
        continuation.resume(returning: endTree(patience: patience))
      }
      do throws(ProcessError) { try OwnThread.start(body) } catch { body() }
    }
  }

  private func waitForEnd(_ limit: Double) {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(limit)
    while isAlive, clock.now < end { Self.pause(5) }
  }

  private static func pause(_ milliseconds: Int32) { poll(nil, 0, milliseconds) }

  /// Kills what carries this supervisor's mark, with all below it and all in its sessions, until
  /// nothing is left. Only for a supervisor that is dead.
  ///
  /// `session`: the supervisor was alive a moment ago, so that the session of its number is still the
  /// one it led; then what dropped the mark is found too.
  func sweep(session: Bool) -> Sweep {
    var killed: Set<Int32> = []
    let clock = ContinuousClock()
    let end = clock.now + .seconds(10)
    while true {
      let left = ProcessTable.tree(markedBy: self, session: session)
      if left.isEmpty { return Sweep(ended: killed.count) }
      if clock.now >= end {
        return Sweep(ended: killed.subtracting(left).count, survivors: left.count)
      }
      for process in left { kill(process, SIGKILL) }
      killed.formUnion(left)
      Self.pause(2)
    }
  }

  /// The environment entry that the supervisor gives to its command.
  var mark: String { "UET_SUPERVISOR=\(pid).\(startTime)" }
}
