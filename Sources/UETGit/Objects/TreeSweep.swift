import CLibgit2
import UETModel

extension Repository {
  /// Calls `body` with each path that differs between two trees or commits, in no order to rely on;
  /// from nil means from nothing.
  ///
  /// As `changes`, for trees that strangers made and for many commits: nothing is kept, and what
  /// comes with the new tree is judged by its name. Throws `refusedTree` for a name that must not
  /// be written to a disk, and for a tree that is not in git's order.
  package func sweep(
    from old: ObjectID?, to new: ObjectID, _ body: @escaping (PathChange) -> Void
  ) throws(GitError) {
    if old == new { return }
    let before = try old.map { (id) throws(GitError) in try treeID(of: id) }
    let after = try treeID(of: new)
    try locked { (handle) throws(GitError) in
      try TreeSweep(objects: handle.objects, subject: new, body)
        .compare(before, after, prefix: [], depth: 0)
    }
  }
}

/// Steps through two trees side by side, without those that are the same in both.
private struct TreeSweep {
  let objects: OpaquePointer
  let subject: ObjectID
  let body: (PathChange) -> Void

  init(objects: OpaquePointer, subject: ObjectID, _ body: @escaping (PathChange) -> Void) {
    (self.objects, self.subject, self.body) = (objects, subject, body)
  }

  func compare(
    _ old: ObjectID?, _ new: ObjectID?, prefix: [UInt8], depth: Int
  ) throws(GitError) {
    if old == new { return }
    guard depth <= TreeFault.deepest else { throw refusal(prefix, .deep) }
    let before = try tree(old)
    let after = try tree(new)
    var places = (old: 0, new: 0)
    var last: RawTreeEntry?
    while true {
      let mine = try before.entry(at: places.old)
      let theirs = try after.entry(at: places.new)
      guard mine != nil || theirs != nil else { return }
      let isOld = theirs.map { other in mine.map { $0.isBefore(other) } ?? false } ?? true
      let isNew = mine.map { other in theirs.map { $0.isBefore(other) } ?? false } ?? true
      // The same name on both sides, or, in trees out of order, what comes next on each.
      let isSame = !isOld && !isNew
      if let mine, !isNew { places.old += mine.size }
      if let theirs, !isOld {
        places.new += theirs.size
        try judge(theirs, after: last, prefix)
        last = theirs
      }
      if isSame, let mine, let theirs, mine == theirs { continue }
      try add(isNew ? nil : mine, isOld ? nil : theirs, prefix, depth)
    }
  }

  private func judge(
    _ entry: RawTreeEntry, after last: RawTreeEntry?, _ prefix: [UInt8]
  ) throws(GitError) {
    let isLink = entry.mode == FileMode.symlink.rawValue
    if let reason = TreeName.fault(entry.name, isLink: isLink) {
      throw refusal(prefix + entry.nameBytes, reason)
    }
    guard let last else { return }
    if last.hasName(of: entry) { throw refusal(prefix + entry.nameBytes, .twice) }
    if !last.isBefore(entry) { throw refusal(prefix + entry.nameBytes, .disorder) }
  }

  /// Reports what differs at one name, going down where either side is a directory.
  private func add(
    _ old: RawTreeEntry?, _ new: RawTreeEntry?, _ prefix: [UInt8], _ depth: Int
  ) throws(GitError) {
    guard let named = new ?? old else { return }
    let path = prefix + named.nameBytes
    let trees = (old: old?.isTree == true ? old?.id : nil, new: new?.isTree == true ? new?.id : nil)
    if trees.old != nil || trees.new != nil {
      try compare(trees.old, trees.new, prefix: path + [UInt8(ascii: "/")], depth: depth + 1)
    }
    let sides = (old: side(old), new: side(new))
    if sides.old != nil || sides.new != nil {
      body(PathChange(pathBytes: path, old: sides.old, new: sides.new))
    }
  }

  private func side(_ entry: RawTreeEntry?) -> PathChange.Side? {
    guard let entry, !entry.isTree, let mode = FileMode(rawValue: entry.mode) else { return nil }
    return PathChange.Side(mode: mode, id: entry.id)
  }

  private func tree(_ id: ObjectID?) throws(GitError) -> RawTree {
    guard let id else { return RawTree() }
    return try RawTree(id, in: objects)
  }

  private func refusal(_ path: [UInt8], _ reason: TreeFault.Reason) -> GitError {
    .refusedTree(subject, TreeFault(path: path, reason: reason))
  }
}
