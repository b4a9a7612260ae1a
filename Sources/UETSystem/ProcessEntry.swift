#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What the system says about one process: on Linux in `/proc`; elsewhere by sysctl.
package struct ProcessEntry: Hashable, Sendable {
  package let pid: Int32
  package let parent: Int32
  package let session: Int32
  /// In the system's own unit: clock ticks since boot on Linux, microseconds since 1970 on macOS.
  package let startTime: UInt64
  /// It only waits for its parent to take notice.
  package let hasEnded: Bool

  /// The process that has that number now; nil where there is none, or it may not be looked at.
  package init?(_ pid: Int32) {
    #if canImport(Darwin)
      var name = [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid]
      var info = kinfo_proc()
      var size = MemoryLayout<kinfo_proc>.size
      guard sysctl(&name, 4, &info, &size, nil, 0) == 0, size > 0 else { return nil }
      let start = info.kp_proc.p_starttime
      self.pid = pid
      parent = info.kp_eproc.e_ppid
      session = getsid(pid)
      startTime = UInt64(start.tv_sec) * 1_000_000 + UInt64(start.tv_usec)
      hasEnded = Int32(info.kp_proc.p_stat) == SZOMB
    #else
      guard let text = Files.content(of: "/proc/\(pid)/stat") else { return nil }
      self.init(pid: pid, stat: text)
    #endif
  }

  /// Reads `/proc/PID/stat`; the name in parentheses may hold anything, spaces and parentheses too.
  private init?(pid: Int32, stat: [UInt8]) {
    guard let end = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = stat[(end + 1)...].split(separator: UInt8(ascii: " ")).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard fields.count > 19, let parent = Int32(fields[1]), let session = Int32(fields[3]),
      let start = UInt64(fields[19])
    else { return nil }
    self.pid = pid
    self.parent = parent
    self.session = session
    startTime = start
    hasEnded = fields[0] == "Z" || fields[0] == "X"
  }

  /// Tells the system's boots apart; empty where there is no `/proc`.
  package static let bootID = Files.line("/proc/sys/kernel/random/boot_id") ?? ""

  /// The numbers of all processes, where there is a `/proc`.
  package static func numbers() -> [Int32] {
    Files.names(in: "/proc").compactMap { Int32($0) }
  }
}
