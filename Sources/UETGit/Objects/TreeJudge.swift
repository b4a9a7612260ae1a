import CLibgit2
import UETModel

/// Looks whether a tree may be written to a disk: one judge for all that enters, from wherever.
///
/// Each entry must be one plain name, there once, in git's order, and nothing but a folder may hold
/// others, so that no link stands in the way to a file. What was judged before is known by its
/// name, so that a candidate costs what it changes.
struct TreeJudge {
  let known: JudgedTrees
  /// Where trees may be that no disk has seen yet.
  let stash: ObjectStash?

  /// Throws `refusedTree`, which names `subject`.
  func judge(
    _ tree: ObjectID, of subject: ObjectID, _ handle: borrowing RepositoryHandle
  ) throws(GitError) {
    var path: [UInt8] = []
    do throws(Refusal) {
      _ = try extent(of: tree, &path, depth: 0, handle)
    } catch {
      switch error {
      case .fault(let fault): throw .refusedTree(subject, fault)
      case .git(let error): throw error
      }
    }
  }

  private enum Refusal: Error {
    case fault(TreeFault)
    case git(GitError)
  }

  private func extent(
    of id: ObjectID, _ path: inout [UInt8], depth: Int, _ handle: borrowing RepositoryHandle
  ) throws(Refusal) -> JudgedTrees.Extent {
    if let extent = known[id] {
      try check(extent, path, depth)
      return extent
    }
    if depth > TreeFault.deepest { throw .fault(TreeFault(path: path, reason: .deep)) }
    let tree = try read(id, path, handle)
    var extent = JudgedTrees.Extent()
    var order = EntryOrder()
    var offset = 0
    while let entry = try self.entry(tree, offset, path) {
      offset += entry.size
      if let reason = Self.fault(entry) ?? order.fault(entry) {
        throw .fault(TreeFault(path: path + entry.nameBytes, reason: reason))
      }
      let name = entry.name.count
      guard entry.isTree else {
        extent.add(files: 1, length: name, depth: 0)
        continue
      }
      let end = path.count
      path += entry.name
      path.append(UInt8(ascii: "/"))
      let below = try self.extent(of: entry.id, &path, depth: depth + 1, handle)
      path.removeLast(path.count - end)
      extent.add(
        files: below.files, length: name + 1 + Int(below.length), depth: Int(below.depth) + 1)
    }
    try check(extent, path, depth)
    known.note(id, extent)
    return extent
  }

  private static func fault(_ entry: RawTreeEntry) -> TreeFault.Reason? {
    if let reason = TreeName.fault(entry.name, isLink: entry.mode == FileMode.symlink.rawValue) {
      return reason
    }
    return entry.id.isZero ? .noObject : nil
  }

  private func check(
    _ extent: JudgedTrees.Extent, _ path: [UInt8], _ depth: Int
  ) throws(Refusal) {
    if path.count + Int(extent.length) > TreeFault.longestPath {
      throw .fault(TreeFault(path: path, reason: .longPath))
    }
    if depth + Int(extent.depth) > TreeFault.deepest {
      throw .fault(TreeFault(path: path, reason: .deep))
    }
    if Int(extent.files) > TreeFault.mostFiles {
      throw .fault(TreeFault(path: path, reason: .large))
    }
  }

  private func read(
    _ id: ObjectID, _ path: [UInt8], _ handle: borrowing RepositoryHandle
  ) throws(Refusal) -> RawTree {
    do throws(GitError) {
      if let stash { return try stash.tree(id, handle) }
      return try RawTree(id, in: handle.objects)
    } catch {
      if case .wrongKind = error { throw .fault(TreeFault(path: path, reason: .noFolder)) }
      throw .git(error)
    }
  }

  private func entry(
    _ tree: borrowing RawTree, _ offset: Int, _ path: [UInt8]
  ) throws(Refusal) -> RawTreeEntry? {
    do throws(GitError) { return try tree.entry(at: offset) } catch {
      throw .fault(TreeFault(path: path, reason: .unreadable))
    }
  }
}

/// Whether the entries of one tree follow each other as git wants it.
private struct EntryOrder {
  private var last: RawTreeEntry?
  /// Files whose name the last entry's begins with: a folder of the same name may yet come.
  private var files: [RawTreeEntry] = []

  mutating func fault(_ entry: RawTreeEntry) -> TreeFault.Reason? {
    if let last {
      if last.hasName(of: entry) { return last.isTree == entry.isTree ? .twice : .fileAndFolder }
      if !last.isBefore(entry) { return .disorder }
    }
    last = entry
    while let file = files.last, !entry.name.starts(with: file.name) { files.removeLast() }
    if entry.isTree { return files.contains { $0.hasName(of: entry) } ? .fileAndFolder : nil }
    files.append(entry)
    return nil
  }
}

extension JudgedTrees.Extent {
  fileprivate mutating func add(files more: Int32, length: Int, depth: Int) {
    let sum = files.addingReportingOverflow(more)
    files = sum.overflow ? .max : sum.partialValue
    self.length = max(self.length, UInt16(clamping: length))
    self.depth = max(self.depth, UInt16(clamping: depth))
  }
}

extension Repository {
  /// Throws `refusedTree` unless the tree that `id` stands for may be written to a disk.
  package func judge(_ id: ObjectID) throws(GitError) {
    try judge(tree: treeID(of: id), of: id, nil)
  }

  /// Judges each commit of `tip` that none of `known` has: all of them land with it.
  package func judge(_ tip: ObjectID, notIn known: [ObjectID]) throws(GitError) {
    try judge(tip)
    // Judged with its history is told from judged alone by being on record under the commit's own
    // name.
    if judged[tip] != nil { return }
    for commit in try commits(in: tip, notIn: known) { try judge(commit) }
    judged.note(tip, JudgedTrees.Extent())
  }

  func judge(tree: ObjectID, of subject: ObjectID, _ stash: ObjectStash?) throws(GitError) {
    if judged[tree] != nil { return }
    try locked { (handle) throws(GitError) in
      try TreeJudge(known: judged, stash: stash).judge(tree, of: subject, handle)
    }
  }
}

extension ObjectStash {
  /// Throws `refusedTree` unless the tree of `id`, here or in the repository, may be written to a
  /// disk.
  func judge(_ id: ObjectID) throws(GitError) {
    try repository.judge(tree: treeID(of: id), of: id, self)
  }
}
