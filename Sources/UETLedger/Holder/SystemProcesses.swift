import Foundation
import UETModel

/// The processes of this machine, read from `/proc` where there is one.
package struct SystemProcesses: ProcessTable {
  package init() {}

  /// This process as a holder.
  package static func current(
    since time: Timestamp, nonce: String, lockInode: UInt64? = nil
  ) -> Holder {
    let pid = getpid()
    return Holder(
      host: hostName, boot: boot, namespace: namespace, pid: pid,
      processStart: startTicks(of: pid), since: time, nonce: nonce, lockInode: lockInode)
  }

  package func liveness(of holder: Holder) -> Liveness {
    guard holder.host == Self.hostName else { return .unknown }
    // The same machine, started again since: nothing from before it lives.
    if !holder.boot.isEmpty, !Self.boot.isEmpty, holder.boot != Self.boot { return .dead }
    guard holder.namespace == Self.namespace else { return .unknown }
    if kill(holder.pid, 0) != 0, errno == ESRCH { return .dead }
    if Self.isZombie(holder.pid) { return .dead }
    guard let expected = holder.processStart, let found = Self.startTicks(of: holder.pid) else {
      return holder.processStart == nil ? .alive : .unknown
    }
    return found == expected ? .alive : .dead
  }

  static let hostName: String = {
    var buffer = [CChar](repeating: 0, count: 256)
    guard gethostname(&buffer, buffer.count - 1) == 0 else { return "localhost" }
    return SystemFile.string(buffer.prefix { $0 != 0 })
  }()

  private static let boot: String = {
    let text = SystemFile.text("/proc/sys/kernel/random/boot_id") ?? ""
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }()

  private static let namespace: String = SystemFile.link("/proc/self/ns/pid") ?? ""
}

extension SystemProcesses {
  /// The fields of `/proc/PID/stat` after the name in parentheses: state first.
  static func fields(of pid: Int32) -> [Substring]? {
    guard let text = SystemFile.text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")")
    else { return nil }
    return text[text.index(after: end)...].split(separator: " ")
  }

  /// When a process started, in clock ticks since the machine did.
  static func startTicks(of pid: Int32) -> UInt64? {
    fields(of: pid).flatMap { $0.count > 19 ? UInt64($0[19]) : nil }
  }

  static func isZombie(_ pid: Int32) -> Bool { fields(of: pid)?.first == "Z" }

  /// The kernel's name of the program, 15 bytes at most.
  static func name(of pid: Int32) -> String? {
    SystemFile.text("/proc/\(pid)/comm")?.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// When the machine started, in seconds since 1970.
  static func bootTime() -> Int64? {
    guard let text = SystemFile.text("/proc/stat") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix("btime ") {
      return Int64(line.dropFirst(6))
    }
    return nil
  }

  static func allProcesses() -> [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }
  }

  /// Whether a process has a file open; false also where that may not be looked at.
  static func hasOpen(_ pid: Int32, _ path: String) -> Bool {
    let folder = "/proc/\(pid)/fd"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.contains { SystemFile.link("\(folder)/\($0)") == path }
  }
}

/// Reading of small files of the system, whose size is not known beforehand.
enum SystemFile {
  static func text(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      result += buffer.prefix(count)
    }
    return String(decoding: result, as: UTF8.self)
  }

  static func link(_ path: String) -> String? {
    var buffer = [CChar](repeating: 0, count: 4096)
    let count = readlink(path, &buffer, buffer.count)
    return count > 0 ? string(buffer.prefix(count)) : nil
  }

  /// The path without links, `.` and `..`; nil where it does not exist.
  static func real(_ path: String) -> String? {
    guard let pointer = realpath(path, nil) else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  static func string(_ characters: some Collection<CChar>) -> String {
    String(decoding: characters.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
