import UETSystem

extension Confinement {
  /// What the supervisor is told besides, and what it runs.
  func arguments(
    running argv: [String], in folder: String
  ) -> (options: [String], argv: [String]) {
    switch means {
    case .bubblewrap(let program):
      (["--wrapped"], [program] + bubblewrap(in: folder) + ["--"] + argv)
    case .landlock:
      (landlock.map { "--rule=\($0)" } + (hasNetwork ? [] : ["--offline"]), argv)
    }
  }

  /// Outer places come before those in them, and what these leave as it is needs no place.
  private var sorted: [(path: String, access: Access)] {
    places.filter { path, access in
      guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return true }
      return self.access(to: String(path[..<slash])) != access
    }.map { (path: $0.key, access: $0.value) }.sorted { $0.path < $1.path }
  }

  private func bubblewrap(in folder: String) -> [String] {
    var list = [
      "--json-status-fd", "3", "--die-with-parent", "--unshare-pid", "--unshare-ipc", "--cap-drop",
      "ALL", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/run", "--bind", temporary, "/tmp",
      "--bind", temporary, "/var/tmp",
    ]
    if !hasNetwork { list.append("--unshare-net") }
    // A root without any rights may set what root alone may, as it is root's by its number.
    for path in ["/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus"]
    where Files.kind(path) != nil { list += ["--ro-bind", path, path] }
    for (name, target) in links.sorted(by: { $0.key < $1.key }) {
      list += ["--symlink", target, name]
    }
    for (path, access) in sorted {
      switch access {
      case .read: list += ["--ro-bind", path, path]
      case .write: list += ["--bind", path, path]
      case .none:
        list += Files.isDirectory(path) ? ["--tmpfs", path] : ["--ro-bind", "/dev/null", path]
      }
    }
    for (path, source) in covers.sorted(by: { $0.key < $1.key }) {
      list += ["--ro-bind", source, path]
    }
    return list + ["--remount-ro", "/", "--chdir", folder]
  }

  /// Rules for the supervisor: `r` or `w`, and a path. What has closed places in it is opened entry
  /// by entry.
  private var landlock: [String] {
    var rules = Self.devices.map { "w\($0)" } + ["r/proc", "w\(temporary)"]
    for (path, access) in sorted {
      switch access {
      case .none: continue
      case .write: rules.append("w\(path)")
      case .read: rules += opened(path).map { "r\($0)" }
      }
    }
    return rules
  }

  private static let devices = [
    "/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty", "/dev/shm",
    "/dev/pts",
  ]

  private func opened(_ path: String) -> [String] {
    let inside = path + "/"
    guard places.contains(where: { $0.value == .none && $0.key.hasPrefix(inside) }) else {
      return [path]
    }
    return Files.names(in: path).sorted().map { inside + $0 }
      .filter { places[$0] == nil }.flatMap(opened)
  }
}
