#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// What the system says about its processes.
enum ProcessTable {
  struct Entry: Hashable, Sendable {
    var pid: Int32
    var parent: Int32
    var session: Int32
    var startTime: UInt64
    /// It only waits for its parent to take notice.
    var hasEnded: Bool
  }

  #if canImport(Darwin)
    static let bootID = ""

    static func entry(_ pid: Int32) -> Entry? {
      var name = [CTL_KERN, KERN_PROC, KERN_PROC_PID, pid]
      var info = kinfo_proc()
      var size = MemoryLayout<kinfo_proc>.size
      guard sysctl(&name, 4, &info, &size, nil, 0) == 0, size > 0 else { return nil }
      let start = info.kp_proc.p_starttime
      return Entry(
        pid: pid, parent: info.kp_eproc.e_ppid, session: getsid(pid),
        startTime: UInt64(start.tv_sec) * 1_000_000 + UInt64(start.tv_usec),
        hasEnded: Int32(info.kp_proc.p_stat) == SZOMB)
    }

    /// The environment of other processes is not to be had.
    static func tree(markedBy identity: ProcessIdentity, session: Bool) -> [Int32] { [] }
  #else
    static let bootID: String = {
      let bytes = contents(of: "/proc/sys/kernel/random/boot_id", limit: 64)
      return String(decoding: bytes.prefix { $0 != 0x0A }, as: UTF8.self)
    }()

    static func entry(_ pid: Int32) -> Entry? {
      Entry(pid: pid, stat: contents(of: "/proc/\(pid)/stat", limit: 4096))
    }

    /// The processes that carry the mark, those below them and those in their sessions: all
    /// sessions below a supervisor begin there, so nobody else's processes are in them.
    static func tree(markedBy identity: ProcessIdentity, session: Bool) -> [Int32] {
      let all = processes().compactMap(entry).filter { !$0.hasEnded && $0.pid != getpid() }
      let mark = Array(identity.mark.utf8)
      let seeds = all.filter { (session && $0.session == identity.pid) || carries(mark, $0.pid) }
      var found = Set(seeds.map(\.pid))
      while true {
        let sessions = Set(all.filter { found.contains($0.pid) }.map(\.session))
        let more = all.filter {
          !found.contains($0.pid) && (found.contains($0.parent) || sessions.contains($0.session))
        }
        if more.isEmpty { return found.sorted() }
        found.formUnion(more.map(\.pid))
      }
    }

    private static func processes() -> [Int32] {
      guard let directory = opendir("/proc") else { return [] }
      defer { closedir(directory) }
      var list: [Int32] = []
      while let entry = readdir(directory) {
        let name = withUnsafePointer(to: &entry.pointee.d_name) {
          $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
        }
        if let pid = Int32(name) { list.append(pid) }
      }
      return list
    }

    /// Whether the mark is one whole entry of the process's first environment.
    private static func carries(_ mark: [UInt8], _ pid: Int32) -> Bool {
      contents(of: "/proc/\(pid)/environ", limit: 4 << 20)
        .split(separator: 0).contains { $0.elementsEqual(mark) }
    }

    /// The first bytes of a file; empty when it cannot be read.
    private static func contents(of path: String, limit: Int) -> [UInt8] {
      let number = open(path, O_RDONLY | O_CLOEXEC)
      guard number >= 0 else { return [] }
      let file = Descriptor(owning: number)
      var result: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: min(limit, 16 << 10))
      while result.count < limit {
        let count = read(file.number, &piece, piece.count)
        if count <= 0 { break }
        result += piece.prefix(count)
      }
      return result
    }
  #endif
}

extension ProcessTable.Entry {
  /// Reads `/proc/PID/stat`; the name in parentheses may hold anything, spaces and parentheses too.
  init?(pid: Int32, stat: [UInt8]) {
    guard let end = stat.lastIndex(of: UInt8(ascii: ")")) else { return nil }
    let fields = stat[(end + 1)...].split(separator: UInt8(ascii: " ")).map {
      String(decoding: $0, as: UTF8.self)
    }
    guard fields.count > 19, let parent = Int32(fields[1]), let session = Int32(fields[3]),
      let start = UInt64(fields[19])
    else { return nil }
    self.init(
      pid: pid, parent: parent, session: session, startTime: start,
      hasEnded: fields[0] == "Z" || fields[0] == "X")
  }
}
