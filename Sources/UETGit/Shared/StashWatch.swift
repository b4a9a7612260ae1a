import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The stash, which all worktrees share, as it was at one moment.
struct StashWatch {
  private let root: String
  private var file: WatchedFile
  private var log: WatchedFile
  private(set) var entries: [Entry]

  /// One line of its reference's log; the oldest comes first.
  struct Entry: Hashable {
    let commit: ObjectID
    /// Who, when and what for, as the log has it.
    let rest: String

    /// Whether it was made where no branch is checked out, as in a worker's worktree.
    var isOfNoBranch: Bool {
      rest.contains("\tWIP on (no branch)") || rest.contains("\tOn (no branch)")
    }
  }

  /// What differs from before.
  struct Change {
    var added: [Entry] = []
    var removed: [Entry] = []
  }

  init(_ commonDirectory: String) {
    root = commonDirectory
    file = WatchedFile("\(root)/refs/stash", .stash, name: "refs/stash")
    log = WatchedFile("\(root)/logs/refs/stash", .stash, name: "refs/stash")
    entries = Self.entries(log.content)
  }

  mutating func change() -> Change? {
    let (isMoved, isLogged) = (file.hasChanged(), log.hasChanged())
    guard isMoved || isLogged else { return nil }
    let now = current
    return Change(
      added: now.filter { !entries.contains($0) }, removed: entries.filter { !now.contains($0) })
  }

  private var current: [Entry] {
    Files.exists("\(root)/refs/stash") ? Self.entries(Files.content(of: log.path)) : []
  }

  mutating func accept() {
    file.accept()
    log.accept()
    entries = current
  }

  /// Makes the stash hold `wanted`; false where somebody has it locked, or it is packed.
  mutating func write(_ wanted: [Entry]) -> Bool {
    let path = "\(root)/refs/stash"
    let lock = open(path + ".lock", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
    guard lock >= 0 else { return false }
    close(lock)
    defer { unlink(path + ".lock") }
    guard let last = wanted.last else {
      unlink(path)
      unlink(log.path)
      accept()
      return true
    }
    var text = ""
    var old = ObjectID.zero
    for entry in wanted {
      text += "\(old.hex) \(entry.commit.hex) \(entry.rest)\n"
      old = entry.commit
    }
    for folder in ["logs", "logs/refs"] { mkdir("\(root)/\(folder)", 0o755) }
    do throws(GitError) {
      try GitError.onDisk(Files.write(Array(text.utf8), to: log.path))
      try GitError.onDisk(Files.write(Array("\(last.commit.hex)\n".utf8), to: path))
    } catch {
      return false
    }
    accept()
    return true
  }

  private static func entries(_ log: [UInt8]?) -> [Entry] {
    String(decoding: log ?? [], as: UTF8.self).split(separator: "\n").compactMap { line in
      let parts = line.split(separator: " ", maxSplits: 2)
      guard parts.count == 3, let commit = ObjectID(parts[1]) else { return nil }
      return Entry(commit: commit, rest: String(parts[2]))
    }
  }
}
