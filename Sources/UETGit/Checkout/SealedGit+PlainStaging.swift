import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SealedGit {
  /// What stands in a worktree that is on record, as a tree, made in this process; nil where git must
  /// judge: filters, line ends, repositories inside.
  ///
  /// Nothing is read but what changed; git is asked only whether new files are ignored. The record is
  /// brought up to date.
  func stagePlainly(
    _ worktree: WorktreeHandle, _ record: CheckoutRecord, base: ObjectID, excluding: [String],
    forced: ForcedPaths, isPassing: Bool
  ) async throws(GitError) -> ObjectID? {
    var staging = PlainStaging(
      worktree, record, excluding: excluding, time: try CheckoutRecord.now(in: worktree.path))
    guard try staging.walk(towards: repository.treeID(of: base), repository) else { return nil }
    staging.force(forced)
    while let questions = staging.nextQuestions() {
      let ignored = try await ignored(questions, in: worktree)
      guard staging.take(questions, ignored) else { return nil }
    }
    guard let changes = try staging.changes(repository) else { return nil }
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
  private let root: [UInt8]
  private let excluded: [[UInt8]]
  private var positions: [[UInt8]: Int] = [:]
  /// Paths to read.
  private var found: [[UInt8]] = []
  private var gone: [[UInt8]] = []
  /// New paths of which it is to be found out whether they are ignored.
  private var open: [[UInt8]] = []
  /// Known paths that the base does not track: gone where they are ignored.
  private var untracked: Set<[UInt8]> = []

  init(
    _ worktree: WorktreeHandle, _ record: CheckoutRecord, excluding: [String], time: FileTime
  ) {
    self.record = record
    self.time = time
    root = Array(worktree.path.utf8) + [UInt8(ascii: "/")]
    excluded = excluding.map(SealedGit.plainPath)
  }

  /// Looks at the disk; false where a repository stands among the files.
  mutating func walk(towards base: ObjectID, _ repository: Repository) throws(GitError) -> Bool {
    let walk = try FolderWalk(String(decoding: root.dropLast(), as: UTF8.self), record)
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
      for (name, status) in FolderListing(root + path).children {
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
  func changes(_ repository: Repository) throws(GitError) -> [[UInt8]: IndexEntry?]? {
    var result: [[UInt8]: IndexEntry?] = [:]
    for path in gone where !isExcluded(path) {
      if isAttributes(path) { return nil }
      result[path] = .some(nil)
    }
    for path in found {
      if isAttributes(path) { return nil }
      guard let file = FileContent(root + path) else {
        // It went while we looked.
        if positions[path] != nil { result[path] = .some(nil) }
        continue
      }
      guard let content = file.content else { return nil }
      if record.rules == .text, file.mode != FileMode.symlink.rawValue, content.contains(13) {
        return nil
      }
      let id = try repository.writeBlob(content)
      result[path] = IndexEntry(path: path, mode: file.mode, id: id, stamp: file.stamp)
    }
    return result
  }

  private func isAttributes(_ path: [UInt8]) -> Bool {
    path.suffix(15).elementsEqual("/.gitattributes".utf8)
      || path.elementsEqual(".gitattributes".utf8)
  }

  /// Whether a file or link stands at the path, with real directories above it.
  private func isFile(_ path: [UInt8]) -> Bool {
    for position in path.indices where path[position] == UInt8(ascii: "/") {
      var status = stat()
      guard lstat(cString(root + path[..<position]), &status) == 0,
        status.st_mode & S_IFMT == S_IFDIR
      else { return false }
    }
    var status = stat()
    return lstat(cString(root + path), &status) == 0 && IndexEntry.mode(of: status) != nil
  }
}

/// The content of a file or link, and what the disk said of it when it was read.
private struct FileContent {
  let mode: UInt32
  let stamp: FileStamp
  /// Nil for what is too large to be held, or could not be read.
  let content: [UInt8]?

  private static let limit = 32 << 20

  /// Nil where neither a file nor a link stands at the path.
  init?(_ path: [UInt8]) {
    var status = stat()
    let name = cString(path)
    guard lstat(name, &status) == 0, let mode = IndexEntry.mode(of: status) else { return nil }
    self.mode = mode
    if mode == FileMode.symlink.rawValue {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
      let count = readlink(name, &buffer, buffer.count)
      content = count < 0 ? nil : buffer.prefix(count).map { UInt8(bitPattern: $0) }
      stamp = FileStamp(status)
      return
    }
    let descriptor = openFile(name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_size <= Self.limit else {
      if descriptor >= 0 { close(descriptor) }
      content = nil
      stamp = .none
      return
    }
    defer { close(descriptor) }
    stamp = FileStamp(status)
    content = FilePaths.read(descriptor, expecting: Int(status.st_size))
  }
}

/// `open(2)`, under a name that does not collide with a property.
private func openFile(_ name: [CChar], _ flags: Int32) -> Int32 { open(name, flags) }
