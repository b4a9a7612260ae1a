import UETModel

/// A worktree in which, by one look at the disk, nothing stands but the checkout that is on record.
///
/// Good for one switch to another commit, made at once: what does not differ is not looked at again.
package struct KnownCheckout: Sendable {
  let record: CheckoutRecord
  /// What stands there beside it: only what may go, and declared caches.
  let walk: FolderWalk

  /// Nil where the record is not of `tree`, or anything was changed, removed or added, but for `ignoring`.
  fileprivate init?(
    _ worktree: WorktreeHandle, tree: ObjectID, ignoring: [String]
  ) throws(GitError) {
    guard let record = CheckoutRecord(of: worktree), record.tree == tree else { return nil }
    walk = try FolderWalk(worktree.path, record)
    self.record = record
    let ignored = Set(ignoring.map(SealedGit.plainPath))
    guard walk.isIntact, walk.files.allSatisfy({ ignored.contains($0) }),
      walk.folders.allSatisfy({ ignored.contains(Array($0.dropLast())) })
    else { return nil }
  }

  /// What is to be written to make it `tree`, a file for a file; nil where more must be looked at: a
  /// sparse checkout, submodules, attributes, names that could mean harm.
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
        && (change.new == nil || !CheckoutListing.isSuspicious(Array(name)))
    }
  }
}

extension SealedGit {
  /// Looks whether `tree` and nothing else stands in a worktree; what is ignored counts as something
  /// else but below `ignoring`. Nil where git or a closer look must tell.
  package func knownCheckout(
    of worktree: WorktreeHandle, tree: ObjectID, ignoring: [String]
  ) throws(GitError) -> KnownCheckout? {
    try KnownCheckout(worktree, tree: tree, ignoring: ignoring)
  }
}
