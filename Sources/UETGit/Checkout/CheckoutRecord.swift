import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the engine itself wrote to a worktree, or last found there: a file in the worktree's
/// administrative directory, in the form of an index.
///
/// With it, what changed since is found by a look at the disk, without git and without reading what
/// did not change. The worker's own index is never asked.
struct CheckoutRecord: Sendable {
  /// The tree that the entries are.
  var tree: ObjectID
  /// In the order of an index.
  var entries: [IndexEntry]
  var rules: ContentRules
  /// A file whose time is not before this may have changed without its stamp telling.
  var time: FileTime

  private static let prefix = "uet-files-"

  init(tree: ObjectID, entries: [IndexEntry], rules: ContentRules, time: FileTime) {
    (self.tree, self.entries, self.rules, self.time) = (tree, entries, rules, time)
  }

  /// The worktree's record; nil where there is none or it cannot be read.
  init?(of worktree: WorktreeHandle) {
    guard let name = Self.name(in: worktree) else { return nil }
    let path = worktree.gitDirectory + "/" + name
    let parts = name.dropFirst(Self.prefix.count).split(separator: "-")
    guard parts.count == 2, let tree = ObjectID(parts[1]), let time = Files.time(path),
      let bytes = Files.content(of: path), let entries = IndexFile.entries(bytes)
    else { return nil }
    self.init(tree: tree, entries: entries, rules: parts[0] == "text" ? .text : .asIs, time: time)
  }

  private static func name(in worktree: WorktreeHandle) -> String? {
    Files.names(in: worktree.gitDirectory).first { $0.hasPrefix(prefix) && !$0.hasSuffix("~") }
  }

  /// Forgets what is known of the worktree, as before anything in it is changed.
  static func discard(_ worktree: WorktreeHandle) {
    for name in Files.names(in: worktree.gitDirectory) where name.hasPrefix(prefix) {
      unlink(worktree.gitDirectory + "/" + name)
    }
  }

  /// Puts the record, as `bytes` of an index, in the place of the last one; gives its path.
  @discardableResult
  func save(_ worktree: WorktreeHandle, bytes: [UInt8]) throws(GitError) -> String {
    let kind = rules == .text ? "text" : "asis"
    let path = worktree.gitDirectory + "/" + Self.prefix + kind + "-" + tree.hex
    let old = Self.name(in: worktree).map { worktree.gitDirectory + "/" + $0 }
    try GitError.onDisk(Files.write(bytes, to: path + "~"))
    guard Files.setTime(path + "~", time) else { throw .system(path) }
    if let old, old != path { unlink(old) }
    guard rename(path + "~", path) == 0 else { throw .system(path) }
    return path
  }

  /// The time that the worktree's file system gives to what is written now.
  static func now(in directory: String) throws(GitError) -> FileTime {
    let probe = directory + "/.git-uet-\(UInt64.random(in: 0 ... .max))"
    try GitError.onDisk(Files.write([], to: probe))
    defer { unlink(probe) }
    guard let time = Files.time(probe) else { throw .system(probe) }
    return time
  }
}

extension CheckoutRecord {
  /// The entries with those of `changes` in place of what they had at their paths; nil for what is
  /// gone. Sparse directories on the way to a change are opened up.
  mutating func apply(
    _ changes: [[UInt8]: IndexEntry?], _ repository: Repository
  ) throws(GitError) {
    if changes.isEmpty { return }
    try openDirectories(above: Array(changes.keys), repository)
    var result: [IndexEntry] = []
    result.reserveCapacity(entries.count + changes.count)
    var start = 0
    for path in changes.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let place = position(of: path, from: start)
      result += entries[start..<place]
      let isKnown = place < entries.count && entries[place].path == path
      start = isKnown ? place + 1 : place
      if case let entry?? = changes[path] { result.append(entry) }
    }
    entries = result + entries[start...]
  }

  /// What is on record of `path`.
  func entry(at path: [UInt8]) -> IndexEntry? {
    let place = position(of: path, from: 0)
    return place < entries.count && entries[place].path == path ? entries[place] : nil
  }

  /// Where `path` stands or belongs among the entries from `start` on.
  private func position(of path: [UInt8], from start: Int) -> Int {
    var (low, high) = (start, entries.count)
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].path.lexicographicallyPrecedes(path) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    return low
  }

  private mutating func openDirectories(
    above paths: [[UInt8]], _ repository: Repository
  ) throws(GitError) {
    var isDone = false
    while !isDone {
      isDone = true
      for (index, entry) in entries.enumerated() where entry.isDirectory {
        guard paths.contains(where: { $0.starts(with: entry.path) }) else { continue }
        let children = try repository.tree(entry.id).map { child in
          let isTree = child.mode == .tree
          return IndexEntry(
            path: entry.path + child.nameBytes + (isTree ? [UInt8(ascii: "/")] : []),
            mode: child.mode.rawValue, id: child.id, isSkipped: true)
        }
        entries.replaceSubrange(index...index, with: children)
        isDone = false
        break
      }
    }
  }
}
