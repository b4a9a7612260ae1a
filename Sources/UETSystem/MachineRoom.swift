import CHiddenSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What this process may use of the machine: its processors and memory, within the limits of the
/// control groups that it runs in.
package struct MachineRoom: Hashable, Sendable {
  /// Cores, which may be a part of one.
  package var cores: Double
  /// Bytes; nil where the system does not say.
  package var memory: Int?

  package init(cores: Double, memory: Int?) {
    self.cores = cores
    self.memory = memory
  }

  /// `root` stands for `/`.
  package static func now(root: String = "") -> MachineRoom {
    let groups = ControlGroups(root: root)
    let cores = min(Double(Self.processors), groups.cores ?? .infinity)
    let memory = [Self.installedMemory(root), groups.memory].compactMap { $0 }.min()
    return MachineRoom(cores: max(cores, 0.1), memory: memory)
  }

  #if canImport(Glibc)
    private static func installedMemory(_ root: String) -> Int? {
      MemoryFigures(root: root)?.total
    }
  #else
    private static func installedMemory(_ root: String) -> Int? {
      var size: UInt64 = 0
      var length = MemoryLayout<UInt64>.size
      return sysctlbyname("hw.memsize", &size, &length, nil, 0) == 0 ? Int(size) : nil
    }
  #endif

  /// The processors that this process may run on.
  package static var processors: Int {
    let usable = Int(uet_usable_processors())
    return usable > 0 ? usable : max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// Bytes that may be written where the path, or the first folder above it that there is, lies.
  package static func freeDisk(at path: String) -> Int? {
    var path = path
    while true {
      var facts = statvfs()
      if statvfs(path, &facts) == 0 { return Int(facts.f_bavail) * Int(facts.f_frsize) }
      guard let slash = path.lastIndex(of: "/"), path.count > 1 else { return nil }
      path = slash == path.startIndex ? "/" : String(path[..<slash])
    }
  }
}

/// `/proc/meminfo`, in bytes.
package struct MemoryFigures: Hashable, Sendable {
  package let total: Int
  package let available: Int
  package let swap: Int
  package let swapFree: Int

  package init?(root: String = "") {
    guard let bytes = Files.content(of: "\(root)/proc/meminfo", limit: 1 << 16) else { return nil }
    var values: [Substring: Int] = [:]
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(whereSeparator: { $0 == " " || $0 == ":" })
      if words.count >= 2, let value = Int(words[1]) { values[words[0]] = value * 1024 }
    }
    guard let total = values["MemTotal"], let available = values["MemAvailable"] else { return nil }
    (self.total, self.available) = (total, available)
    (swap, swapFree) = (values["SwapTotal"] ?? 0, values["SwapFree"] ?? 0)
  }
}

/// The limits of the control groups that a process is in, of both versions.
package struct ControlGroups: Sendable {
  /// Folders of the group and of those above it, by what they limit.
  private let unified: [String]
  private let cpu: [String]
  private let memoryGroups: [String]

  package init(root: String = "") {
    var found: [String: [String]] = [:]
    let bytes = Files.content(of: "\(root)/proc/self/cgroup", limit: 1 << 16) ?? []
    let mount = "\(root)/sys/fs/cgroup"
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      if parts[0] == "0", parts[1].isEmpty {
        found["unified"] = Self.line(mount, parts[2])
      } else {
        for name in parts[1].split(separator: ",") {
          found[String(name)] = Self.line("\(mount)/\(name)", parts[2])
        }
      }
    }
    (unified, cpu) = (found["unified"] ?? [], found["cpu"] ?? [])
    memoryGroups = found["memory"] ?? []
  }

  /// The folder of the group and those above it. In a container the group's own name may not be
  /// seen: then what is mounted is the group.
  private static func line(_ mount: String, _ group: Substring) -> [String] {
    var folders = [mount]
    for part in group.split(separator: "/") where part != ".." {
      folders.append("\(folders[folders.count - 1])/\(part)")
    }
    return folders
  }

  /// The folder of the second version that this process is in; nil where there is none.
  package var ownFolder: String? { unified.last }

  /// A folder of the second version in which this process may make groups that limit memory: one
  /// above its own that is its user's and hands the limits on; nil where there is none.
  package var delegatedFolder: String? {
    unified.reversed().first { folder in
      access(folder, W_OK) == 0 && access("\(folder)/cgroup.procs", W_OK) == 0
        && Self.words("\(folder)/cgroup.subtree_control").contains("memory")
    }
  }

  /// Cores; nil for no limit.
  package var cores: Double? {
    let new = unified.compactMap { folder -> Double? in
      let words = Self.words("\(folder)/cpu.max")
      guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]) else {
        return nil
      }
      return period > 0 ? quota / period : nil
    }
    let old = cpu.compactMap { folder -> Double? in
      guard let quota = Self.number("\(folder)/cpu.cfs_quota_us"), quota > 0,
        let period = Self.number("\(folder)/cpu.cfs_period_us"), period > 0
      else { return nil }
      return Double(quota) / Double(period)
    }
    return (new + old).min()
  }

  /// Bytes; nil for no limit.
  package var memory: Int? {
    let limits =
      unified.compactMap { Self.number("\($0)/memory.max") }
      + memoryGroups.compactMap { Self.number("\($0)/memory.limit_in_bytes") }
    // "No limit" is a number near the largest in the first version.
    return limits.filter { $0 < 1 << 60 }.min()
  }

  /// The tightest limit of memory, and what is left of it; what files keep in memory counts as
  /// free.
  package var memoryRoom: (limit: Int, free: Int)? {
    let rooms =
      unified.compactMap { Self.room($0, "memory.max", "memory.current", "inactive_file") }
      + memoryGroups.compactMap {
        Self.room($0, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
      }
    return rooms.min { $0.free < $1.free }
  }

  private static func room(
    _ folder: String, _ limit: String, _ usage: String, _ cached: String
  ) -> (limit: Int, free: Int)? {
    guard let most = number("\(folder)/\(limit)"), most < 1 << 60,
      let used = number("\(folder)/\(usage)")
    else { return nil }
    let bytes = Files.content(of: "\(folder)/memory.stat", limit: 1 << 16) ?? []
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
      .first { $0.hasPrefix(cached + " ") }
    let files = line.flatMap { Int($0.dropFirst(cached.count + 1)) } ?? 0
    return (most, max(0, most - used + files))
  }

  private static func words(_ path: String) -> [Substring] {
    (Files.line(path) ?? "").split(separator: " ")
  }

  private static func number(_ path: String) -> Int? { words(path).first.flatMap { Int($0) } }
}
