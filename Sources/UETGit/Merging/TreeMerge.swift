import CLibgit2
import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A three-way merge that looks only at trees, for what is clean there.
///
/// It goes down only where all three sides differ, so that its cost does not depend on the size of
/// the repository. Whatever content, renames, modes, attributes or directories could decide is left
/// to git: the result is nil. A rename can only matter where its source or the directory that it
/// emptied changed on the other side as well, which shows as an entry that both sides changed; or
/// where both sides dropped, or both added, the same path.
struct TreeMerge {
  let stash: ObjectStash
  /// The trees that the result consists of, as far as they are new; of no use where git must be
  /// asked.
  private(set) var made: [(id: ObjectID, content: [UInt8], near: ObjectID)] = []

  init(_ stash: ObjectStash) { self.stash = stash }

  enum Outcome {
    case tree(ObjectID)
    /// Nothing is left: git keeps no empty directory.
    case empty
    /// Git must be asked.
    case undecided
  }

  /// One name as the three sides have it, of one kind: directory or not.
  private struct Triple {
    var base: RawTreeEntry?
    var ours: RawTreeEntry?
    var theirs: RawTreeEntry?

    /// The entry that comes first in git's order; the sides that lack it become nil.
    mutating func narrow() -> RawTreeEntry? {
      guard let first = Self.first(Self.first(base, ours), theirs) else { return nil }
      if let entry = base, first.isBefore(entry) { base = nil }
      if let entry = ours, first.isBefore(entry) { ours = nil }
      if let entry = theirs, first.isBefore(entry) { theirs = nil }
      return first
    }

    private static func first(_ a: RawTreeEntry?, _ b: RawTreeEntry?) -> RawTreeEntry? {
      guard let a else { return b }
      guard let b else { return a }
      return b.isBefore(a) ? b : a
    }
  }

  mutating func merge(
    base: ObjectID?, ours: ObjectID, theirs: ObjectID, _ handle: borrowing RepositoryHandle
  ) throws(GitError) -> Outcome {
    let trees = Sides(
      base: try base.map { (id) throws(GitError) in Boxed(try stash.tree(id, handle)) }
        ?? Boxed(RawTree()),
      ours: Boxed(try stash.tree(ours, handle)), theirs: Boxed(try stash.tree(theirs, handle)))
    var offsets = (base: 0, ours: 0, theirs: 0)
    var content: [UInt8] = []
    content.reserveCapacity(trees.ours.tree.content.count + 256)
    while true {
      let common = trees.common(offsets)
      if common > 0 {
        content += UnsafeRawBufferPointer(
          rebasing: trees.ours.tree.content[offsets.ours..<offsets.ours + common])
        offsets = (offsets.base + common, offsets.ours + common, offsets.theirs + common)
      }
      var triple = Triple(
        base: try trees.base.tree.entry(at: offsets.base),
        ours: try trees.ours.tree.entry(at: offsets.ours),
        theirs: try trees.theirs.tree.entry(at: offsets.theirs))
      guard let first = triple.narrow() else { break }
      offsets.base += triple.base?.size ?? 0
      offsets.ours += triple.ours?.size ?? 0
      offsets.theirs += triple.theirs?.size ?? 0
      if triple.base != triple.ours || triple.base != triple.theirs,
        try trees.hasOtherKind(first)
      {
        return .undecided
      }
      guard try decide(triple, &content, handle) else { return .undecided }
    }
    if content.isEmpty { return .empty }
    let id = Repository.hash(content, .tree)
    made.append((id, content, ours))
    return .tree(id)
  }

  /// Appends what the merge has at one name; false where git must be asked.
  private mutating func decide(
    _ triple: Triple, _ content: inout [UInt8], _ handle: borrowing RepositoryHandle
  ) throws(GitError) -> Bool {
    let (base, ours, theirs) = (triple.base, triple.ours, triple.theirs)
    if base == ours || base == theirs {
      (base == ours ? theirs : ours)?.append(to: &content)
      return true
    }
    guard let ours, let theirs else { return false }
    if ours == theirs {
      guard let base, try keepsPaths(base, ours, handle) else { return false }
      ours.append(to: &content)
      return true
    }
    guard ours.isTree, theirs.isTree else { return false }
    switch try merge(base: base?.id, ours: ours.id, theirs: theirs.id, handle) {
    case .tree(let id):
      ours.append(to: &content, id: id)
      return true
    case .empty: return true
    case .undecided: return false
    }
  }

  /// Whether both have the same paths, of the same kind: nothing was added, dropped or renamed.
  private func keepsPaths(
    _ old: RawTreeEntry, _ new: RawTreeEntry, _ handle: borrowing RepositoryHandle
  ) throws(GitError) -> Bool {
    if old == new { return true }
    guard old.isTree, new.isTree else { return old.mode == new.mode }
    let before = try stash.tree(old.id, handle)
    let after = try stash.tree(new.id, handle)
    var offsets = (before: 0, after: 0)
    while let left = try before.entry(at: offsets.before),
      let right = try after.entry(at: offsets.after)
    {
      if left.isBefore(right) || right.isBefore(left) { return false }
      guard try keepsPaths(left, right, handle) else { return false }
      offsets = (offsets.before + left.size, offsets.after + right.size)
    }
    return offsets.before == before.content.count && offsets.after == after.content.count
  }
}

/// The three trees of a merge.
private struct Sides {
  let base: Boxed
  let ours: Boxed
  let theirs: Boxed

  /// How many bytes of whole entries the three have in common from here on.
  func common(_ offsets: (base: Int, ours: Int, theirs: Int)) -> Int {
    let (a, b, c) = (base.tree.content, ours.tree.content, theirs.tree.content)
    guard let first = a.baseAddress, let second = b.baseAddress, let third = c.baseAddress else {
      return 0
    }
    var (x, y, z) = (first + offsets.base, second + offsets.ours, third + offsets.theirs)
    let start = x
    while x < first + a.count {
      guard let end = memchr(x, 0, first + a.count - x) else { break }
      let size = UnsafeRawPointer(end) - x + 21
      guard x + size <= first + a.count, y + size <= second + b.count, z + size <= third + c.count,
        memcmp(x, y, size) == 0, memcmp(x, z, size) == 0
      else { break }
      (x, y, z) = (x + size, y + size, z + size)
    }
    return x - start
  }

  func hasOtherKind(_ entry: RawTreeEntry) throws(GitError) -> Bool {
    if try base.tree.hasOtherKind(entry) { return true }
    if try ours.tree.hasOtherKind(entry) { return true }
    return try theirs.tree.hasOtherKind(entry)
  }
}

/// Lets a tree be a member of a value that is passed on.
private final class Boxed {
  let tree: RawTree

  init(_ tree: consuming RawTree) { self.tree = tree }
}

extension ObjectStash {
  /// The tree that `git merge` gives for three trees, or nil where git must be asked.
  func mergeTrees(
    base: ObjectID, ours: ObjectID, theirs: ObjectID
  ) throws(GitError) -> ObjectID? {
    let outcome = try repository.locked { (handle) throws(GitError) -> ObjectID?? in
      var merge = TreeMerge(self)
      switch try merge.merge(base: base, ours: ours, theirs: theirs, handle) {
      case .tree(let id):
        for (_, content, near) in merge.made { _ = try write(content, .tree, near: near) }
        return .some(id)
      case .empty: return .some(nil)
      case .undecided: return nil
      }
    }
    guard let outcome else { return nil }
    return if let outcome { outcome } else { try write([], .tree) }
  }
}
