import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Who asks for something: a person, or a command that a run started.
///
/// Told by the processes above the one that asks, whose programs are known on Linux by `/proc`;
/// elsewhere by a call (`proc_pidpath`). A supervisor takes in what its tree leaves
/// behind, so that neither another session nor a second fork gets out from under it; an empty
/// environment does not either.
package struct Caller: Sendable {
  private let pid: Int32

  package init(pid: Int32) { self.pid = pid }

  /// The supervisor above it; nil where there is none.
  ///
  /// Throws `Unknown` where the process has ended, or who stands above it cannot be told.
  package func supervisor() throws(Unknown) -> ProcessEntry? {
    for _ in 0..<Self.patience {
      if let answer = walk() { return answer.found }
    }
    throw Unknown()
  }

  package struct Unknown: Error {}

  /// Processes may end while they are looked at, and give their children to another.
  private static let patience = 20
  /// No chain of processes is longer.
  private static let deepest = 4096

  /// nil where a process of the chain ended meanwhile.
  private func walk() -> (found: ProcessEntry?, Void)? {
    guard var entry = ProcessEntry(pid), !entry.hasEnded else { return nil }
    for _ in 0..<Self.deepest {
      guard entry.parent > 1 else { return (nil, ()) }
      guard let parent = ProcessEntry(entry.parent) else { return nil }
      if Self.isSupervisor(parent.pid) { return (parent, ()) }
      entry = parent
    }
    return (nil, ())
  }

  private static let program = "uet-supervise"

  private static func isSupervisor(_ pid: Int32) -> Bool {
    #if canImport(Darwin)
      var path = [CChar](repeating: 0, count: 4096)
      guard proc_pidpath(pid, &path, UInt32(path.count)) > 0 else { return false }
      return isProgram(String(cString: path))
    #else
      // Whose link may not be read says its name at least.
      return Files.linked("/proc/\(pid)/exe").map(isProgram) ?? false
        || Files.line("/proc/\(pid)/comm") == program
    #endif
  }

  private static func isProgram(_ path: String) -> Bool {
    let name = path.split(separator: "/").last ?? ""
    return name == program || name == program + " (deleted)"
  }
}

extension ProcessEntry {
  /// Seconds since 1970; nil where the system does not say.
  package var startedAt: Int64? {
    #if canImport(Darwin)
      return Int64(startTime / 1_000_000)
    #else
      var (boot, now) = (timespec(), timespec())
      guard clock_gettime(CLOCK_BOOTTIME, &boot) == 0, clock_gettime(CLOCK_REALTIME, &now) == 0
      else { return nil }
      let ticks = Int64(sysconf(Int32(_SC_CLK_TCK)))
      guard ticks > 0 else { return nil }
      return Int64(now.tv_sec) - Int64(boot.tv_sec) + Int64(startTime) / ticks
    #endif
  }
}
