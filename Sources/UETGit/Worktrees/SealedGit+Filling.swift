import UETModel
import UETSystem

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
    let writer = try FileWriter(in: worktree.path)
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
  func finish(
    _ worktree: WorktreeHandle, _ commit: ObjectID, _ entries: [IndexEntry],
    _ rules: ContentRules, _ cone: SparseCone?
  ) throws(GitError) {
    let bytes = IndexFile.bytes(entries)
    let record = CheckoutRecord(
      tree: try repository.treeID(of: commit), entries: entries, rules: rules,
      time: try CheckoutRecord.now(in: worktree.path))
    try writeSparseFiles(worktree, cone)
    try GitError.onDisk(Files.write(bytes, to: worktree.gitDirectory + "/index"))
    try GitError.onDisk(
      Files.write(Array("\(commit.hex)\n".utf8), to: worktree.gitDirectory + "/HEAD"))
    memory.note(record, of: worktree, at: try record.save(worktree, bytes: bytes))
  }

  /// The worktree's record; nil where there is none or it cannot be read.
  func record(of worktree: WorktreeHandle) -> CheckoutRecord? {
    memory.item(of: worktree)?.record ?? CheckoutRecord(of: worktree)
  }

  /// Where the repository uses `config.worktree` already, git is told of the sparse checkout; else
  /// the index alone says it, because turning that on would change the user's configuration.
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
    try GitError.onDisk(Files.write(Array(cone.patterns.utf8), to: patterns))
    let text = "[core]\n\tsparseCheckout = true\n\tsparseCheckoutCone = true\n"
    try GitError.onDisk(Files.write(Array(text.utf8), to: settings))
  }

  /// Switches a worktree whose content is on record in this process; false where git must do it.
  func switchPlainly(
    _ worktree: WorktreeHandle, to commit: ObjectID, _ cone: SparseCone?, keeping: [String],
    from known: KnownCheckout? = nil
  ) throws(GitError) -> Bool {
    if let known, cone == nil,
      let changes = try known.changes(to: repository.treeID(of: commit), repository)
    {
      try step(worktree, known, to: commit, changes, keeping: keeping)
      return true
    }
    guard let record = known?.record ?? record(of: worktree),
      let listing = try listing(of: commit, cone)
    else { return false }
    // From here on a crash leaves something that nobody knows.
    CheckoutRecord.discard(worktree)
    let walk = if let known { known.walk } else { try FolderWalk(worktree.path, record) }
    let kept = try clear(worktree, record, walk, for: listing, keeping: keeping)
    var entries = listing.entries
    let writer = try FileWriter(in: worktree.path)
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

  /// Writes only what differs.
  private func step(
    _ worktree: WorktreeHandle, _ known: KnownCheckout, to commit: ObjectID,
    _ changes: [PathChange], keeping: [String]
  ) throws(GitError) {
    CheckoutRecord.discard(worktree)
    var clearing = try Clearing(worktree, keeping: keeping)
    for change in changes where change.old != nil { clearing.remove(change.pathBytes) }
    clearing.removeUnknown(of: known.walk)
    clearing.removeEmptied()
    var record = known.record
    var edits: [[UInt8]: IndexEntry?] = [:]
    let writer = try FileWriter(in: worktree.path)
    for change in changes {
      var entry = change.new.map { new in
        IndexEntry(path: change.pathBytes, mode: new.mode.rawValue, id: new.id)
      }
      if let new = entry { entry?.stamp = try writer.write(new, repository.blob(new.id)) }
      edits[change.pathBytes] = .some(entry)
    }
    try record.apply(edits, repository)
    try finish(worktree, commit, record.entries, record.rules, nil)
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
    var clearing = try Clearing(worktree, keeping: keeping)
    for (index, entry) in record.entries.enumerated() where !entry.isDirectory {
      let isUnchanged = !touched.contains(index) && !missing.contains(index) && !entry.isSkipped
      if isUnchanged, let twin = wanted[entry.path], twin.id == entry.id, twin.mode == entry.mode {
        kept[entry.path] = entry.stamp
      } else if isUnchanged || touched.contains(index) {
        clearing.remove(entry.path)
      } else if missing.contains(index) {
        clearing.remove(entry.path, isThere: false)
      }
    }
    clearing.removeUnknown(of: walk)
    clearing.removeEmptied()
    return kept
  }

  /// Takes everything out of a worktree but `.git` and what is kept.
  static func empty(_ worktree: WorktreeHandle, keeping: [String]) throws(GitError) {
    try Clearing(worktree, keeping: keeping + [".git"]).removeAll()
  }

  /// A path as it was typed, without `/` at its ends.
  static func plainPath(_ path: String) -> [UInt8] {
    var bytes = Array(path.utf8.drop { $0 == UInt8(ascii: "/") })
    while bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    return bytes
  }
}
