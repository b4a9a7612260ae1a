import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SealedGit {
  /// What stands in a worktree that is on record, as a tree, made in this process; nil where git
  /// must judge: filters, line ends, repositories inside.
  ///
  /// Nothing is read but what changed; git is asked only whether new files are ignored. The record
  /// is brought up to date.
  func stagePlainly(
    _ worktree: WorktreeHandle, _ record: CheckoutRecord, base: ObjectID, excluding: [String],
    forced: ForcedPaths, isPassing: Bool, leavesOutRefused: Bool
  ) async throws(GitError) -> ObjectID? {
    var staging = try PlainStaging(
      worktree, record, excluding: excluding, time: try CheckoutRecord.now(in: worktree.path))
    guard try staging.walk(towards: repository.treeID(of: base), repository) else { return nil }
    staging.force(forced)
    while let questions = staging.nextQuestions() {
      let ignored = try await ignored(questions, in: worktree)
      guard staging.take(questions, ignored) else { return nil }
    }
    guard let changes = try staging.changes(repository) else { return nil }
    if !leavesOutRefused, let fault = staging.refused.first { throw .refusedTree(base, fault) }
    var updated = record
    let found = staging.walk?.settled(changes, record: record)
    if changes.isEmpty {
      memory.note(found, in: worktree)
      return record.tree
    }
    let edits = changes.mapValues { entry in
      entry.flatMap { entry in
        FileMode(rawValue: entry.mode).map { PathChange.Side(mode: $0, id: entry.id) }
      }
    }
    updated.tree = try repository.edit(record.tree, edits)
    updated.time = staging.time
    try updated.apply(changes, repository)
    if !isPassing || !memory.update(updated, of: worktree) {
      let bytes = IndexFile.bytes(updated.entries, isSealed: false)
      memory.note(updated, of: worktree, at: try updated.save(worktree, bytes: bytes))
    }
    memory.note(found, in: worktree)
    return updated.tree
  }
}

/// Finds out how a worktree differs from its record, in steps between which git answers questions.
private struct PlainStaging {
  let time: FileTime
  private let record: CheckoutRecord
  private(set) var walk: FolderWalk?
  private let root: BoundFolder
  private let path: String
  private let excluded: [[UInt8]]
  private var positions: [[UInt8]: Int] = [:]
  /// Paths to read.
  private var found: [[UInt8]] = []
  private var gone: [[UInt8]] = []
  /// New paths of which it is to be found out whether they are ignored.
  private var open: [[UInt8]] = []
  /// What stands there under a name that no tree may have.
  private(set) var refused: [TreeFault] = []
  /// Known paths that the base does not track: gone where they are ignored.
  private var untracked: Set<[UInt8]> = []

  init(
    _ worktree: WorktreeHandle, _ record: CheckoutRecord, excluding: [String], time: FileTime
  ) throws(GitError) {
    self.record = record
    self.time = time
    path = worktree.path
    root = try BoundFolder(path)
    excluded = excluding.map(SealedGit.plainPath)
  }

  /// Looks at the disk; false where a repository stands among the files.
  mutating func walk(towards base: ObjectID, _ repository: Repository) throws(GitError) -> Bool {
    let walk = try FolderWalk(path, record)
    self.walk = walk
    if walk.holdsRepository { return false }
    for index in walk.touched { add(record.entries[index].path, index) }
    gone = walk.missing.map { record.entries[$0].path }
    open = (walk.files + walk.folders).filter { !isExcluded($0) }
    if base != record.tree {
      let missing = Set(gone)
      for change in try repository.changes(from: record.tree, to: base) {
        let path = change.pathBytes
        // What the base tracks counts even where it is ignored.
        if change.old == nil, isFile(path) {
          open.removeAll { $0 == path }
          add(path, nil)
        } else if change.new == nil, !missing.contains(path), isFile(path) {
          untracked.insert(path)
          open.append(path)
        }
      }
    }
    return true
  }

  /// Takes what counts whatever git ignores.
  mutating func force(_ forced: ForcedPaths) {
    if forced.isEmpty { return }
    let added = Set(forced.added)
    open.removeAll(where: added.contains)
    for path in added where positions[path] == nil { add(path, nil) }
    found.removeAll(where: forced.dropped.contains)
    gone += forced.dropped
  }

  private mutating func add(_ path: [UInt8], _ index: Int?) {
    if isExcluded(path) { return }
    if let index { positions[path] = index }
    found.append(path)
  }

  private func isExcluded(_ path: [UInt8]) -> Bool {
    excluded.contains { prefix in
      !prefix.isEmpty && path.starts(with: prefix)
        && (path.count == prefix.count || path[prefix.count] == UInt8(ascii: "/"))
    }
  }

  mutating func nextQuestions() -> [[UInt8]]? {
    if open.isEmpty { return nil }
    defer { open = [] }
    return open
  }

  /// Goes on with what is not ignored; false where a repository stands there.
  mutating func take(_ questions: [[UInt8]], _ ignored: Set<[UInt8]>) -> Bool {
    for path in questions {
      let isIgnored = ignored.contains(path)
      if untracked.contains(path) {
        if isIgnored { gone.append(path) }
        continue
      }
      if isIgnored { continue }
      guard path.last == UInt8(ascii: "/") else {
        found.append(path)
        continue
      }
      for (name, status) in FolderListing(root.opened(path.dropLast())).children {
        if name.map({ $0 | 0x20 }) == Array(".git".utf8) { return false }
        let child = path + name
        if isExcluded(child) { continue }
        if status.st_mode & S_IFMT == S_IFDIR {
          open.append(child + [UInt8(ascii: "/")])
        } else if IndexEntry.mode(of: status) != nil {
          open.append(child)
        }
      }
    }
    return true
  }

  /// The entries of what changed, whose content is stored; nil where git must take it in.
  mutating func changes(_ repository: Repository) throws(GitError) -> [[UInt8]: IndexEntry?]? {
    var result: [[UInt8]: IndexEntry?] = [:]
    for path in gone where !isExcluded(path) {
      if isAttributes(path) { return nil }
      result[path] = .some(nil)
    }
    for path in found {
      if let fault = TreeFault(ofName: path) {
        refused.append(fault)
        continue
      }
      if isAttributes(path) { return nil }
      guard let file = FileContent(path, in: root) else {
        // It went while we looked.
        if positions[path] != nil { result[path] = .some(nil) }
        continue
      }
      guard let content = file.content else { return nil }
      if record.rules == .text, file.mode != FileMode.symlink.rawValue, content.contains(13),
        !isKnown(path, file.mode, content)
      {
        return nil
      }
      let id = try repository.writeBlob(content)
      result[path] = IndexEntry(path: path, mode: file.mode, id: id, stamp: file.stamp)
    }
    return result
  }

  /// Whether the very bytes are on record: no change, whatever would be made of them if they were.
  private func isKnown(_ path: [UInt8], _ mode: UInt32, _ content: [UInt8]) -> Bool {
    guard let entry = record.entry(at: path), entry.mode == mode else { return false }
    return Repository.hash(content, .blob) == entry.id
  }

  private func isAttributes(_ path: [UInt8]) -> Bool {
    path.suffix(15).elementsEqual("/.gitattributes".utf8)
      || path.elementsEqual(".gitattributes".utf8)
  }

  /// Whether a file or link stands at the path, with real directories above it.
  private func isFile(_ path: [UInt8]) -> Bool {
    root.status(of: path).map { IndexEntry.mode(of: $0) != nil } ?? false
  }
}
