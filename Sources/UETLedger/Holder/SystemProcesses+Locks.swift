import Foundation

extension SystemProcesses {
  /// Seconds that a lock file must be old before its owner can be taken for dead: no writer holds one
  /// for longer than it takes to sync a file, but for git while it waits for a hook.
  static let lockAge: Int64 = 2

  /// Git holds the file open, or at least runs, while the lock is its own; libgit2 holds it open. So the
  /// owner is dead when the file is from before the start of the machine, or when it is old enough,
  /// no process has it open, and no git runs in this repository that started before it was made.
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
      if Self.hasOpen(pid, real ?? path) { return nil }
      // A second of slack: the two clocks are rounded apart from each other.
      if boot + Int64(start) / ticks > made + 1 { continue }
      if Self.name(of: pid) == "git", Self.mayWork(pid, in: real ?? path) { return nil }
    }
    return "no process has it open, and no git runs here that is as old"
  }

  /// Whether a git process may be at work in the repository that a file is in. It stays in the directory
  /// where it was started, or was told the repository in its arguments; when in doubt, it may.
  private static func mayWork(_ pid: Int32, in file: String) -> Bool {
    guard let end = file.range(of: "/refs/") ?? file.range(of: "/packed-refs"),
      let place = SystemFile.link("/proc/\(pid)/cwd"),
      let arguments = SystemFile.text("/proc/\(pid)/cmdline")
    else { return true }
    if onlyStartsUs(arguments.split(separator: "\0").map(String.init)) { return false }
    let common = String(file[..<end.lowerBound])
    if arguments.contains(common) { return true }
    if arguments.contains("--git-dir") {
      guard let named = namedDirectory(arguments) else { return true }
      return named == common || named.hasPrefix(common + "/")
    }
    var folder = place
    while true {
      if folder == common || folder.hasPrefix(common + "/") { return true }
      let entry = folder == "/" ? "/.git" : folder + "/.git"
      if entry == common { return true }
      // In a linked worktree `.git` is a file that leads to a folder below the common directory.
      if let text = SystemFile.text(entry), text.hasPrefix("gitdir:") {
        return text.contains(common + "/") || !text.contains(": /")
      }
      if folder == "/" { return false }
      folder = (folder as NSString).deletingLastPathComponent
    }
  }
}

extension SystemProcesses {
  /// The git directory that a command line names by an absolute path.
  private static func namedDirectory(_ arguments: String) -> String? {
    let words = arguments.split(separator: "\0")
    guard let word = words.first(where: { $0.hasPrefix("--git-dir=/") }),
      let pointer = realpath(String(word.dropFirst(10)), nil)
    else { return nil }
    defer { free(pointer) }
    return String(cString: pointer)
  }

  /// Whether a git was asked for `git uet ...`: it has started that program, waits for its end and takes no
  /// lock. The one that started this process is always among those that run.
  static func onlyStartsUs(_ arguments: [String]) -> Bool {
    var rest = arguments.dropFirst()
    while let option = rest.first, option.hasPrefix("-") {
      rest = rest.dropFirst(["-C", "-c"].contains(option) ? 2 : 1)
    }
    return rest.first == "uet"
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
