import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A worktree in which, by one look at the disk, nothing stands but the checkout that is on record.
///
/// Good for one switch to another commit, made at once: what does not differ is not looked at
/// again.
package struct KnownCheckout: Sendable {
  let record: CheckoutRecord
  /// What stands there beside it: only what may go, and declared caches.
  let walk: FolderWalk

  /// Nil where the record is not of `tree`, or anything was changed, removed or added, but for
  /// `ignoring`.
  fileprivate init?(
    _ worktree: WorktreeHandle, _ record: CheckoutRecord, tree: ObjectID, ignoring: [String]
  ) throws(GitError) {
    guard record.tree == tree else { return nil }
    self.init(record, try FolderWalk(worktree.path, record), ignoring: ignoring)
  }

  fileprivate init?(_ record: CheckoutRecord, _ walk: FolderWalk, ignoring: [String]) {
    (self.record, self.walk) = (record, walk)
    let ignored = Set(ignoring.map(SealedGit.plainPath))
    guard walk.isIntact, walk.files.allSatisfy({ ignored.contains($0) }),
      walk.folders.allSatisfy({ ignored.contains(Array($0.dropLast())) })
    else { return nil }
  }

  /// Whether what `changes` takes away is what is on record, and nothing stands where it puts
  /// something.
  fileprivate func agrees(with changes: [PathChange], in root: String) -> Bool {
    guard let root = try? BoundFolder(root) else { return false }
    return changes.allSatisfy { change in
      let found = root.status(of: change.pathBytes)
      guard change.old != nil else { return found == nil && errno == ENOENT }
      guard let status = found, let entry = record.entry(at: change.pathBytes),
        IndexEntry.mode(of: status) == entry.mode, FileStamp(status) == entry.stamp
      else { return false }
      // Written in the same tick of the clock as it was read: only its content tells.
      return entry.stamp.modified < record.time
        || Self.isContent(of: change.pathBytes, in: root, entry)
    }
  }

  private static func isContent(
    of path: [UInt8], in root: BoundFolder, _ entry: IndexEntry
  ) -> Bool {
    guard entry.mode != FileMode.symlink.rawValue,
      let content = FileContent(path, in: root)?.content
    else { return false }
    return Repository.hash(content, .blob) == entry.id
  }

  /// What is to be written to make it `tree`, a file for a file; nil where more must be looked at:
  /// a sparse checkout, submodules, attributes.
  func changes(to tree: ObjectID, _ repository: Repository) throws(GitError) -> [PathChange]? {
    if record.entries.contains(where: \.isSkipped) { return nil }
    let changes: [PathChange]
    do throws(GitError) {
      changes = try repository.changes(from: record.tree, to: tree)
    } catch .objectMissing {
      // Of a partial clone; git fetches it.
      return nil
    }
    return changes.allSatisfy(Self.isPlain) ? changes : nil
  }

  private static func isPlain(_ change: PathChange) -> Bool {
    if change.old?.mode == .submodule || change.new?.mode == .submodule { return false }
    return change.pathBytes.split(separator: UInt8(ascii: "/")).allSatisfy { name in
      !name.elementsEqual(".gitattributes".utf8)
    }
  }
}

extension SealedGit {
  /// Looks whether `tree` and nothing else stands in a worktree; what is ignored counts as
  /// something else but below `ignoring`. Nil where git or a closer look must tell.
  package func knownCheckout(
    of worktree: WorktreeHandle, tree: ObjectID, ignoring: [String]
  ) throws(GitError) -> KnownCheckout? {
    guard let record = record(of: worktree) else { return nil }
    return try KnownCheckout(worktree, record, tree: tree, ignoring: ignoring)
  }

  /// What is known without a look at all of the worktree, where this process itself looked at it
  /// less than a second ago and nothing of its own has been at work there since.
  ///
  /// What the switch to `commit` would take away or put there is looked at. Whatever else somebody
  /// changes in that second is as what is changed during the attempt that comes next: its stamp
  /// gives it away when that attempt ends.
  package func recentCheckout(
    of worktree: WorktreeHandle, tree: ObjectID, ignoring: [String], towards commit: ObjectID,
    within limit: Duration = .seconds(1)
  ) throws(GitError) -> KnownCheckout? {
    guard let item = memory.item(of: worktree), let look = item.look, item.record.tree == tree,
      look.at.duration(to: ContinuousClock().now) < limit,
      let known = KnownCheckout(item.record, look.walk, ignoring: ignoring),
      let changes = try known.changes(to: repository.treeID(of: commit), repository),
      known.agrees(with: changes, in: worktree.path)
    else { return nil }
    return known
  }
}
