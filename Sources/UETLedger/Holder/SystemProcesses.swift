import Foundation
import UETModel
import UETSystem

/// The processes of this machine: on Linux they are read from `/proc`; elsewhere what is only there
/// is not known, and who cannot be seen to be dead is taken to live.
package struct SystemProcesses: ProcessTable {
  package init() {}

  /// This process as a holder.
  package static func current(
    since time: Timestamp, nonce: String, lockInode: UInt64? = nil
  ) -> Holder {
    let pid = getpid()
    return Holder(
      host: hostName, boot: ProcessEntry.bootID, namespace: namespace, pid: pid,
      processStart: ProcessEntry(pid)?.startTime, since: time, nonce: nonce, lockInode: lockInode)
  }

  package func liveness(of holder: Holder) -> Liveness {
    guard holder.host == Self.hostName else { return .unknown }
    // The machine was started again since: nothing from before it lives.
    let boot = ProcessEntry.bootID
    if !holder.boot.isEmpty, !boot.isEmpty, holder.boot != boot { return .dead }
    guard holder.namespace == Self.namespace else { return .unknown }
    if kill(holder.pid, 0) != 0, errno == ESRCH { return .dead }
    let found = ProcessEntry(holder.pid)
    if found?.hasEnded == true { return .dead }
    guard let expected = holder.processStart else { return .alive }
    guard let found else { return .unknown }
    return found.startTime == expected ? .alive : .dead
  }

  package static let hostName: String = {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }()

  private static let namespace: String = Files.linked("/proc/self/ns/pid") ?? ""
}

extension SystemProcesses {
  /// The kernel's name of the program, 15 bytes at most.
  static func name(of pid: Int32) -> String? {
    Files.text("/proc/\(pid)/comm")?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// When the machine started, in seconds since 1970.
  static func bootTime() -> Int64? {
    guard let text = Files.text("/proc/stat") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("btime ") {
      return Int64(line.dropFirst(6))
    }
    return nil
  }

  /// Whether a process has a file open; false also where that may not be looked at.
  static func hasOpen(_ pid: Int32, _ path: String) -> Bool {
    let folder = "/proc/\(pid)/fd"
    return Files.names(in: folder).contains { Files.linked("\(folder)/\($0)") == path }
  }
}
