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

  package init(pid: Int32, startTime: UInt64, boot: String) {
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
