import Foundation
import UETSystem

extension SystemProcesses {
  /// Seconds that a lock file must be old before its owner can be taken for dead: no writer holds
  /// one for longer than it takes to sync a file, but for git while it waits for a hook.
  static let lockAge: Int64 = 2

  /// Git holds the file open, or at least runs, while the lock is its own; libgit2 holds it open.
  /// So the owner is dead when the file is from before the start of the machine, or when it is old
  /// enough, no process has it open, and no git runs in this repository that started before it was
  /// made. On Linux `/proc` tells all that; elsewhere no owner is found to be dead.
  package func evidenceOfDeadOwner(lock path: String) -> String? {
    var facts = stat()
    guard lstat(path, &facts) == 0, let boot = Self.bootTime() else { return nil }
    let made = Int64(facts.modified.tv_sec)
    if made < boot - 1 { return "it is older than the start of this machine" }
    guard Int64(time(nil)) - made >= Self.lockAge else { return nil }
    let real = Files.real(path)
    let ticks = max(1, Int64(sysconf(Int32(_SC_CLK_TCK))))
    for pid in ProcessEntry.numbers() {
      guard let entry = ProcessEntry(pid), !entry.hasEnded else { continue }
      if Self.hasOpen(pid, real ?? path) { return nil }
      // A second of slack: the two clocks are rounded apart from each other.
      if boot + Int64(entry.startTime) / ticks > made + 1 { continue }
      if Self.name(of: pid) == "git", Self.mayWork(pid, in: real ?? path) { return nil }
    }
    return "no process has it open, and no git runs here that is as old"
  }

  /// Whether a git process may be at work in the repository that a file is in. It stays in the
  /// directory where it was started, or was told the repository in its arguments; when in doubt, it
  /// may.
  private static func mayWork(_ pid: Int32, in file: String) -> Bool {
    guard let end = file.range(of: "/refs/") ?? file.range(of: "/packed-refs"),
      let place = Files.linked("/proc/\(pid)/cwd"),
      let arguments = Files.text("/proc/\(pid)/cmdline")
    else { return true }
    let words = arguments.split(separator: "\0").map(String.init)
    if onlyStartsUs(words) { return false }
    let common = String(file[..<end.lowerBound])
    let environment = Files.text("/proc/\(pid)/environ") ?? ""
    if let told = toldRepository(words, environment.split(separator: "\0").map(String.init)) {
      let path = told.hasPrefix("/") ? told : place + "/" + told
      let directory = Files.real(path) ?? path
      return directory == common || directory.hasPrefix(common + "/")
    }
    if arguments.contains(common) { return true }
    var folder = place
    while true {
      if folder == common || folder.hasPrefix(common + "/") { return true }
      let entry = folder == "/" ? "/.git" : folder + "/.git"
      if entry == common { return true }
      // In a linked worktree `.git` is a file that leads to a folder below the common directory.
      if let text = Files.text(entry), text.hasPrefix("gitdir:") {
        return text.contains(common + "/") || !text.contains(": /")
      }
      if folder == "/" { return false }
      folder = (folder as NSString).deletingLastPathComponent
    }
  }
}

extension SystemProcesses {
  /// Whether a git was asked for `git uet ...`: it has started that program, waits for its end and
  /// takes no lock. The one that started this process is always among those that run.
  static func onlyStartsUs(_ arguments: [String]) -> Bool {
    var rest = arguments.dropFirst()
    while let option = rest.first, option.hasPrefix("-") {
      rest = rest.dropFirst(["-C", "-c"].contains(option) ? 2 : 1)
    }
    return rest.first == "uet"
  }

  /// The repository that a git was told by its arguments or environment; nil where it looked for
  /// one.
  static func toldRepository(_ arguments: [String], _ environment: [String]) -> String? {
    if let place = arguments.firstIndex(where: { $0.hasPrefix("--git-dir") }) {
      let option = arguments[place].dropFirst("--git-dir".count)
      if option.hasPrefix("=") { return String(option.dropFirst()) }
      if place + 1 < arguments.count { return arguments[place + 1] }
    }
    return environment.last { $0.hasPrefix("GIT_DIR=") }.map { String($0.dropFirst(8)) }
  }
}
