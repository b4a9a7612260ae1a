import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SealedGit {
  /// The tree of all that stands in the worktree, is not ignored and not below `excluding`.
  ///
  /// The worker's index is neither read nor written: a scratch index starts at `base`. Filters that
  /// the configuration declares apply; durable. `isPassing` says that this process will use the
  /// worktree again at once: then what was found is kept in memory only, and found again by another
  /// process. Ignored files count where they were staged, and where `declared` names them.
  ///
  /// Throws `refusedTree` where something has a name that no tree may have, unless it is to be left
  /// out.
  package func stageAll(
    _ worktree: WorktreeHandle, base: ObjectID, excluding: [String] = [],
    declared: [ScopePattern] = [], isPassing: Bool = false, leavesOutRefused: Bool = false
  ) async throws(GitError) -> ObjectID {
    memory.note(nil, in: worktree)
    let record = record(of: worktree)
    let forced = try await forcedPaths(
      worktree, record, base: base, declared: declared, excluding: excluding)
    if let record,
      let tree = try await stagePlainly(
        worktree, record, base: base, excluding: excluding, forced: forced, isPassing: isPassing,
        leavesOutRefused: leavesOutRefused)
    {
      return tree
    }
    let index = StagingIndex(worktree)
    let saved = record == nil ? SavedIndex(worktree, of: base) : nil
    let known: WorktreeChanges? =
      if let saved { try await changes(worktree, since: saved) } else { nil }
    var changes =
      if let known { known } else { try await changes(worktree, index, since: base, record) }
    changes.drop(excluding)
    let embedded = try changes.takeEmbedded(worktree) { (path) throws(GitError) in
      let name = String(decoding: path, as: UTF8.self)
      return try repository.entry(at: name, in: repository.treeID(of: base))?.mode != .submodule
    }
    changes.add(try await embeddedFiles(worktree, at: embedded))
    changes.hide(try await hiddenFiles(worktree, among: changes.new))
    changes.force(forced)
    changes.drop(excluding)
    if let fault = changes.takeRefused(), !leavesOutRefused { throw .refusedTree(base, fault) }
    try changes.dropUnchanged(since: base, in: worktree, repository)
    if changes.isEmpty { return try repository.treeID(of: base) }
    if known != nil, let saved { try index.start(from: saved) }
    try await update(index, changes.dropped, ["--force-remove"])
    try await update(index, changes.written, ["--add", "--remove", "--replace"])
    let output = try await check(["write-tree"], index.options)
    guard let tree = ObjectID(output.text.prefix(40)) else {
      throw .unexpectedOutput(command: "git write-tree")
    }
    return tree
  }

  /// What changed since the checkout; git only looks for new files. Nil where the copy of the index
  /// is of no use, since somebody damaged it.
  private func changes(
    _ worktree: WorktreeHandle, since saved: SavedIndex
  ) async throws(GitError) -> WorktreeChanges? {
    let heedsMode = repository.config("core.fileMode").map(Repository.isTrue) ?? true
    guard let scan = try? WorktreeScan(worktree, index: saved, heedsMode: heedsMode) else {
      try? Files.remove(saved.path)
      return nil
    }
    let listed = try await check(["ls-files", "-z", "-o", "--exclude-standard"]) {
      $0.gitDirectory = worktree.gitDirectory
      $0.workTree = worktree.path
      $0.environment["GIT_INDEX_FILE"] = saved.path
    }
    return WorktreeChanges(scan, others: listed.stdout)
  }

  /// What differs from `base`, where git reads every file.
  private func changes(
    _ worktree: WorktreeHandle, _ index: StagingIndex, since base: ObjectID,
    _ record: CheckoutRecord?
  ) async throws(GitError) -> WorktreeChanges {
    try await check(["read-tree", "-i", "-m", "--no-recurse-submodules", base.hex], index.options)
    try index.leaveOut(
      record.map { $0.entries.filter(\.isSkipped).map(\.path) } ?? LeftOut(of: worktree).paths)
    let listed = try await check(
      ["ls-files", "-z", "-t", "-o", "-m", "-d", "--exclude-standard"], index.options)
    guard let changes = WorktreeChanges(listing: listed.stdout) else {
      throw .unexpectedOutput(command: "git ls-files")
    }
    return changes
  }

  private func update(
    _ index: StagingIndex, _ paths: [[UInt8]], _ flags: [String]
  ) async throws(GitError) {
    if paths.isEmpty { return }
    try await check(["update-index"] + flags + ["-z", "--stdin"]) {
      index.options(&$0)
      $0.input = paths.flatMap { $0 + [0] }
    }
  }

  /// Commits all that `stageAll` finds, on top of the worker's own commits where HEAD descends from
  /// `base`, else on `base`; moves no reference. Nil where nothing changed. `signs` says that it is
  /// a result, which is signed where the user's git signs.
  ///
  /// Throws `refusedTree` where a commit of the worker's holds what must not be written to a disk,
  /// or something has such a name. With `keepsRefused` such commits are only a second parent of
  /// what is made of the files, and such names are left out: so work can be kept that is no result.
  package func commitAll(
    _ worktree: WorktreeHandle, base: ObjectID, message: String, author: Signature,
    committer: Signature, excluding: [String] = [], declared: [ScopePattern] = [],
    isPassing: Bool = false, signs: Bool = false, keepsRefused: Bool = false
  ) async throws(GitError) -> WorktreeCommit? {
    let head = try repository.head(of: worktree) ?? base
    let isOnTop = head != base && repository.contains(head)
    let hasOwnCommits = isOnTop ? try repository.isAncestor(base, of: head) : false
    if hasOwnCommits { try repository.syncObjects(in: head, notIn: [base]) }
    let isRefused =
      hasOwnCommits ? try isRefused(head, since: base, throwing: !keepsRefused) : false
    let parent = hasOwnCommits && !isRefused ? head : base
    let tree = try await stageAll(
      worktree, base: parent, excluding: excluding, declared: declared, isPassing: isPassing,
      leavesOutRefused: keepsRefused)
    if !isRefused, try tree == repository.treeID(of: parent) {
      guard hasOwnCommits else { return nil }
      return WorktreeCommit(base: base, tip: parent, tree: tree, hasOwnCommits: true)
    }
    let parents = isRefused ? [base, head] : [parent]
    // What is only kept must not depend on a program that signs.
    let tip =
      signs
      ? try await writeCommit(
        tree: tree, parents: parents, message: message, author: author, committer: committer)
      : try repository.writeCommit(
        tree: tree, parents: parents, message: message, author: author, committer: committer)
    return WorktreeCommit(base: base, tip: tip, tree: tree, hasOwnCommits: hasOwnCommits)
  }

  private func isRefused(
    _ head: ObjectID, since base: ObjectID, throwing: Bool
  ) throws(GitError) -> Bool {
    do throws(GitError) { try repository.judge(head, notIn: [base]) } catch {
      if !throwing, case .refusedTree = error { return true }
      throw error
    }
    return false
  }

  /// Drops what is on record of a worktree, so that the next staging reads and stores every file
  /// anew.
  package func forgetCheckout(_ worktree: WorktreeHandle) { CheckoutRecord.discard(worktree) }

  /// Whether the worktree holds anything that is neither ignored nor in its HEAD.
  package func isDirty(_ worktree: WorktreeHandle) async throws(GitError) -> Bool {
    guard Files.isDirectory(worktree.path) else { return false }
    guard let head = try repository.head(of: worktree) else { return true }
    return try await stageAll(worktree, base: head) != repository.treeID(of: head)
  }

  /// Whether the user's own checkout has changes; its index is only read.
  package func isDirty() async throws(GitError) -> Bool {
    guard let workTree = repository.workTree else { return false }
    let output = try await check(["status", "--porcelain", "-z", "--ignore-submodules=dirty"]) {
      $0.gitDirectory = repository.gitDirectory
      $0.workTree = workTree
    }
    return !output.stdout.isEmpty
  }
}

/// An index file for one staging, in the worktree's administrative directory.
private final class StagingIndex: Sendable {
  private let path: String
  private let worktree: WorktreeHandle

  init(_ worktree: WorktreeHandle) {
    self.worktree = worktree
    path = worktree.gitDirectory + "/index.uet.\(UInt64.random(in: 0 ... .max))"
  }

  deinit {
    unlink(path)
    unlink(path + ".lock")
  }

  func start(from saved: SavedIndex) throws(GitError) {
    try GitError.onDisk(Files.copy(saved.path, to: path))
  }

  /// Marks what a sparse checkout leaves out, and is not on the disk, as such, so that it does not
  /// count as removed.
  func leaveOut(_ paths: [[UInt8]]) throws(GitError) {
    if paths.isEmpty { return }
    let (files, folders) = (Set(paths), paths.filter { $0.last == UInt8(ascii: "/") })
    guard let bytes = Files.content(of: path), var entries = IndexFile.entries(bytes) else {
      throw .unexpectedOutput(command: "git read-tree")
    }
    for position in entries.indices {
      let name = entries[position].path
      let isOutside = files.contains(name) || folders.contains { name.starts(with: $0) }
      var status = stat()
      let place = Array(worktree.path.utf8) + [UInt8(ascii: "/")] + name
      if isOutside, lstat(cString(place), &status) != 0 { entries[position].isSkipped = true }
    }
    try GitError.onDisk(Files.write(IndexFile.bytes(entries), to: path))
  }

  func options(_ options: inout SealedGit.Options) {
    options.gitDirectory = worktree.gitDirectory
    options.workTree = worktree.path
    options.environment["GIT_INDEX_FILE"] = path
    options.isDurable = true
  }
}
