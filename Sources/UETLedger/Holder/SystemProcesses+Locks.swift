import Foundation

extension SystemProcesses {
  /// Seconds that a lock file must be old before its owner can be taken for dead: no writer holds one
  /// for longer than it takes to sync a file, but for git while it waits for a hook.
  static let lockAge: Int64 = 2

  /// Git holds the file open, or at least runs, while the lock is its own; libgit2 holds it open. So the
  /// owner is dead when the file is from before the start of the machine, or when it is old enough,
  /// no process has it open, and no git runs that started before it was made.
  package func evidenceOfDeadOwner(lock path: String) -> String? {
    var facts = stat()
    guard lstat(path, &facts) == 0, let boot = Self.bootTime() else { return nil }
    let made = Int64(facts.modified.tv_sec)
    if made < boot - 1 { return "it is older than the start of this machine" }
    guard Int64(time(nil)) - made >= Self.lockAge else { return nil }
    let real = realpath(path, nil).map { pointer in
      defer { free(pointer) }
      return String(cString: pointer)
    }
    let ticks = max(1, Int64(sysconf(Int32(_SC_CLK_TCK))))
    for pid in Self.allProcesses() {
      guard let start = Self.startTicks(of: pid), !Self.isZombie(pid) else { continue }
      // A second of slack: the two clocks are rounded apart from each other.
      if boot + Int64(start) / ticks > made + 1 { continue }
      if Self.name(of: pid) == "git" || Self.hasOpen(pid, real ?? path) { return nil }
    }
    return "no process has it open, and no git runs that is as old"
  }
}

extension stat {
  /// When the contents last changed.
  var modified: timespec {
    #if os(Linux)
      st_mtim
    #else
      st_mtimespec
    #endif
  }
}
