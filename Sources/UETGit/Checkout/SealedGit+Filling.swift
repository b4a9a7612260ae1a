import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SealedGit {
  /// Fills an empty worktree in this process; false where git must do it.
  ///
  /// The files are the same that git would write: what is not certain to be, filters above all, is
  /// left to it.
  func fillPlainly(
    _ worktree: WorktreeHandle, with commit: ObjectID, _ cone: SparseCone?
  ) throws(GitError) -> Bool {
    guard let listing = try listing(of: commit, cone) else { return false }
    var entries = listing.entries
    var writer = try FileWriter(in: worktree.path)
    for index in entries.indices where !entries[index].isSkipped {
      entries[index].stamp = try writer.write(
        entries[index], repository.blob(entries[index].id))
    }
    try finish(worktree, commit, entries, listing.rules, cone)
    return true
  }

  /// What a checkout puts on the disk; nil where git must make it.
  private func listing(
    of commit: ObjectID, _ cone: SparseCone?
  ) throws(GitError) -> CheckoutListing? {
    do throws(GitError) {
      return try CheckoutListing(
        repository.treeID(of: commit), cone: cone, rules: contentRules, repository)
    } catch .objectMissing {
      // Of a partial clone; git fetches it.
      return nil
    }
  }

  /// Writes down what stands in the worktree, for us and for git.
  private func finish(
    _ worktree: WorktreeHandle, _ commit: ObjectID, _ entries: [IndexEntry],
    _ rules: ContentRules, _ cone: SparseCone?
  ) throws(GitError) {
    let bytes = IndexFile.bytes(entries)
    let record = CheckoutRecord(
      tree: try repository.treeID(of: commit), entries: entries, rules: rules,
      time: try CheckoutRecord.now(in: worktree.path))
    try writeSparseFiles(worktree, cone)
    try FilePaths.replace(worktree.gitDirectory + "/index", with: bytes)
    try FilePaths.replace(
      worktree.gitDirectory + "/HEAD", with: Array("\(commit.hex)\n".utf8))
    try record.save(worktree, bytes: bytes)
  }

  /// Where the repository uses `config.worktree` already, git is told of the sparse checkout; else the
  /// index alone says it, because turning that on would change the user's configuration.
  func writeSparseFiles(_ worktree: WorktreeHandle, _ cone: SparseCone?) throws(GitError) {
    let (patterns, settings) = (
      worktree.gitDirectory + "/info/sparse-checkout", worktree.gitDirectory + "/config.worktree"
    )
    guard let cone else {
      unlink(patterns)
      unlink(settings)
      return
    }
    mkdir(worktree.gitDirectory + "/info", 0o755)
    try FilePaths.replace(patterns, with: Array(cone.patterns.utf8))
    let text = "[core]\n\tsparseCheckout = true\n\tsparseCheckoutCone = true\n"
    try FilePaths.replace(settings, with: Array(text.utf8))
  }

  /// Switches a worktree whose content is on record in this process; false where git must do it.
  func switchPlainly(
    _ worktree: WorktreeHandle, to commit: ObjectID, _ cone: SparseCone?, keeping: [String]
  ) throws(GitError) -> Bool {
    guard let record = CheckoutRecord(of: worktree),
      let listing = try listing(of: commit, cone)
    else { return false }
    // From here on a crash leaves something that nobody knows.
    CheckoutRecord.discard(worktree)
    let walk = try FolderWalk(worktree.path, record)
    let kept = try clear(worktree, record, walk, for: listing, keeping: keeping)
    var entries = listing.entries
    var writer = try FileWriter(in: worktree.path)
    for index in entries.indices where !entries[index].isSkipped {
      if let stamp = kept[entries[index].path] {
        entries[index].stamp = stamp
      } else {
        entries[index].stamp = try writer.write(
          entries[index], repository.blob(entries[index].id))
      }
    }
    try finish(worktree, commit, entries, listing.rules, cone)
    return true
  }

  /// Removes what `listing` has not, or has otherwise; the stamps of what may stay as it is.
  private func clear(
    _ worktree: WorktreeHandle, _ record: CheckoutRecord, _ walk: FolderWalk,
    for listing: CheckoutListing, keeping: [String]
  ) throws(GitError) -> [[UInt8]: FileStamp] {
    var wanted: [[UInt8]: IndexEntry] = [:]
    for entry in listing.entries where !entry.isSkipped { wanted[entry.path] = entry }
    let (touched, missing) = (Set(walk.touched), Set(walk.missing))
    var kept: [[UInt8]: FileStamp] = [:]
    var emptied: Set<[UInt8]> = []
    let root = Array(worktree.path.utf8) + [UInt8(ascii: "/")]
    func remove(_ path: [UInt8], isThere: Bool = true) {
      // Where it is gone, something else may stand in the way to it, a link above all.
      if isThere { Folder.remove(bytes: root + path) }
      if let slash = path.lastIndex(of: UInt8(ascii: "/")) { emptied.insert(Array(path[..<slash])) }
    }
    for (index, entry) in record.entries.enumerated() where !entry.isDirectory {
      let isUnchanged = !touched.contains(index) && !missing.contains(index) && !entry.isSkipped
      if isUnchanged, let twin = wanted[entry.path], twin.id == entry.id, twin.mode == entry.mode {
        kept[entry.path] = entry.stamp
      } else if isUnchanged || touched.contains(index) {
        remove(entry.path)
      } else if missing.contains(index) {
        remove(entry.path, isThere: false)
      }
    }
    let caches = keeping.map(Self.plainPath)
    for path in walk.files where !caches.contains(path) { remove(path) }
    for path in walk.folders {
      Self.removeFolder(path, in: root, caches)
      if let slash = path.dropLast().lastIndex(of: UInt8(ascii: "/")) {
        emptied.insert(Array(path[..<slash]))
      }
    }
    emptied.formUnion(walk.bare)
    // Only now is there no link that could lead elsewhere.
    for path in emptied { Self.removeEmpty(path, in: root) }
    return kept
  }

  /// Takes everything out of a worktree but `.git` and what is kept.
  static func empty(_ worktree: WorktreeHandle, keeping: [String]) {
    let caches = keeping.map(plainPath) + [Array(".git".utf8)]
    let root = Array(worktree.path.utf8) + [UInt8(ascii: "/")]
    for (name, status) in FolderListing(root).children where !caches.contains(name) {
      if status.st_mode & S_IFMT == S_IFDIR {
        removeFolder(name + [UInt8(ascii: "/")], in: root, caches)
      } else {
        Folder.remove(bytes: root + name)
      }
    }
  }

  /// A path as it was typed, without `/` at its ends.
  static func plainPath(_ path: String) -> [UInt8] {
    var bytes = Array(path.utf8.drop { $0 == UInt8(ascii: "/") })
    while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    return bytes
  }

  /// Removes a directory but for what of it is kept.
  private static func removeFolder(_ path: [UInt8], in root: [UInt8], _ caches: [[UInt8]]) {
    let name = Array(path.dropLast())
    if caches.contains(name) { return }
    guard caches.contains(where: { $0.starts(with: path) }) else {
      return Folder.remove(bytes: root + name)
    }
    for (child, status) in FolderListing(root + path).children {
      let below = path + child
      if status.st_mode & S_IFMT == S_IFDIR {
        removeFolder(below + [UInt8(ascii: "/")], in: root, caches)
      } else if !caches.contains(below) {
        Folder.remove(bytes: root + below)
      }
    }
  }

  /// Removes a directory and those above it as long as nothing is in them.
  private static func removeEmpty(_ path: [UInt8], in root: [UInt8]) {
    var path = path[...]
    while !path.isEmpty, rmdir(cString(root + path)) == 0 {
      path = path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex)]
    }
  }
}

extension FilePaths {
  /// Writes a file through another one beside it, so that a reader sees the old or the new.
  static func replace(_ path: String, with content: [UInt8]) throws(GitError) {
    let temporary = "\(path).uet~"
    try write(content, to: temporary)
    guard rename(temporary, path) == 0 else { throw failure(path) }
  }
}
