import UETModel

/// A three-way merge that looks only at trees, for what is clean there.
///
/// It goes down only where all three sides differ, so that its cost does not depend on the size of
/// the repository. Whatever content, renames, modes, attributes or directories could decide is left
/// to git: the result is nil. A rename can only matter where its source or the directory that it
/// emptied changed on the other side as well, which shows as an entry that both sides changed; or
/// where both sides dropped, or both added, the same path.
struct TreeMerge {
  private let repository: Repository

  init(_ repository: Repository) { self.repository = repository }

  /// The tree that `git merge` gives, or nil where git must be asked.
  func merge(
    base: ObjectID, ours: ObjectID, theirs: ObjectID
  ) throws(GitError) -> ObjectID? {
    let result = try mergeTrees(base: base, ours: ours, theirs: theirs)
    switch result {
    case .tree(let id): return id
    case .empty: return try repository.writeTree([])
    case .undecided: return nil
    }
  }

  private enum Outcome {
    case tree(ObjectID)
    /// Nothing is left: git keeps no empty directory.
    case empty
    case undecided
  }

  /// One name as the three sides have it.
  private struct Triple {
    var base: TreeEntry?
    var ours: TreeEntry?
    var theirs: TreeEntry?
  }

  private func mergeTrees(
    base: ObjectID?, ours: ObjectID, theirs: ObjectID
  ) throws(GitError) -> Outcome {
    var triples: [[UInt8]: Triple] = [:]
    if let base {
      for entry in try repository.tree(base) {
        triples[entry.nameBytes, default: Triple()].base = entry
      }
    }
    for entry in try repository.tree(ours) {
      triples[entry.nameBytes, default: Triple()].ours = entry
    }
    for entry in try repository.tree(theirs) {
      triples[entry.nameBytes, default: Triple()].theirs = entry
    }
    var merged: [TreeEntry] = []
    for (name, triple) in triples {
      switch try decide(triple) {
      case .undecided: return .undecided
      case .empty: continue
      case .entry(let entry): merged.append(entry)
      case .directory(let id):
        merged.append(TreeEntry(nameBytes: name, mode: .tree, id: id))
      }
    }
    if merged.isEmpty { return .empty }
    return .tree(try repository.writeTree(merged))
  }

  private enum Decision {
    case undecided
    case empty
    case entry(TreeEntry)
    case directory(ObjectID)
  }

  private func decide(_ triple: Triple) throws(GitError) -> Decision {
    let (base, ours, theirs) = (triple.base, triple.ours, triple.theirs)
    if base == ours { return theirs.map { .entry($0) } ?? .empty }
    if base == theirs { return ours.map { .entry($0) } ?? .empty }
    if ours == theirs {
      guard let ours, let base else { return .undecided }
      return try keepsPaths(base, ours) ? .entry(ours) : .undecided
    }
    guard let ours, let theirs, ours.mode == .tree, theirs.mode == .tree,
      base == nil || base?.mode == .tree
    else { return .undecided }
    switch try mergeTrees(base: base?.id, ours: ours.id, theirs: theirs.id) {
    case .tree(let id): return .directory(id)
    case .empty: return .empty
    case .undecided: return .undecided
    }
  }

  /// Whether both have the same paths, of the same kind: nothing was added, dropped or renamed.
  private func keepsPaths(_ old: TreeEntry, _ new: TreeEntry) throws(GitError) -> Bool {
    if old == new { return true }
    guard old.mode == .tree || new.mode == .tree else { return old.mode == new.mode }
    guard old.mode == new.mode else { return false }
    let (before, after) = (try repository.tree(old.id), try repository.tree(new.id))
    guard before.count == after.count else { return false }
    for (left, right) in zip(before, after) {
      guard left.nameBytes == right.nameBytes, try keepsPaths(left, right) else { return false }
    }
    return true
  }
}
