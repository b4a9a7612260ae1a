import UETSystem

/// On Linux bubblewrap or Landlock shuts a command in; elsewhere there are no means for it.
extension Confinement {
  /// What the supervisor is told besides, and what it runs.
  func arguments(
    running argv: [String], in folder: String, seeing view: FolderView? = nil
  ) -> (options: [String], argv: [String]) {
    switch means {
    case .bubblewrap(let program):
      (["--wrapped"], [program] + bubblewrap(in: folder, view) + ["--"] + argv)
    case .landlock:
      (
        landlock.map { "--rule=\($0)" } + (hasNetwork ? [] : ["--offline"])
          + (view?.supervisorArguments ?? []), argv
      )
    }
  }

  /// Outer places come before those in them, and what these leave as it is needs no place.
  private var sorted: [(path: String, access: Access)] {
    places.filter { path, access in
      guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return true }
      return self.access(to: String(path[..<slash])) != access
    }.map { (path: $0.key, access: $0.value) }.sorted { $0.path < $1.path }
  }

  private func bubblewrap(in folder: String, _ view: FolderView?) -> [String] {
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
    let covers = covers.sorted { $0.key < $1.key }
    for (path, access) in sorted { list += Self.bound(path, access, at: path) }
    for (path, source) in covers { list += ["--ro-bind", source, path] }
    if let view {
      // What is bound in a folder does not come along with it.
      list += Self.bound(view.folder, access(to: view.folder), at: view.path)
      for (path, access) in sorted where path != view.folder {
        if let place = view.seen(path) { list += Self.bound(path, access, at: place) }
      }
      for (path, source) in covers {
        if let place = view.seen(path) { list += ["--ro-bind", source, place] }
      }
    }
    return list + ["--remount-ro", "/", "--chdir", folder]
  }

  private static func bound(_ path: String, _ access: Access, at place: String) -> [String] {
    switch access {
    case .read: ["--ro-bind", path, place]
    case .write: ["--bind", path, place]
    case .none:
      Files.isDirectory(path) ? ["--tmpfs", place] : ["--ro-bind", "/dev/null", place]
    }
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
