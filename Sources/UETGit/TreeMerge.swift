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
  let repository: OpaquePointer
  let objects: OpaquePointer

  enum Outcome {
    case tree(git_oid)
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
  }

  func merge(base: git_oid?, ours: git_oid, theirs: git_oid) throws(GitError) -> Outcome {
    let base = if let base { try RawTree(base, repository) } else { RawTree() }
    let ours = try RawTree(ours, repository)
    let theirs = try RawTree(theirs, repository)
    var positions = (base: 0, ours: 0, theirs: 0)
    var content: [UInt8] = []
    while true {
      var triple = Triple(
        base: base[positions.base], ours: ours[positions.ours], theirs: theirs[positions.theirs])
      guard let first = Self.first(triple) else { break }
      if triple.base.map({ $0.isBefore(first) || first.isBefore($0) }) ?? true { triple.base = nil }
      if triple.ours.map({ first.isBefore($0) }) ?? true { triple.ours = nil }
      if triple.theirs.map({ first.isBefore($0) }) ?? true { triple.theirs = nil }
      positions.base += triple.base == nil ? 0 : 1
      positions.ours += triple.ours == nil ? 0 : 1
      positions.theirs += triple.theirs == nil ? 0 : 1
      if triple.base != triple.ours || triple.base != triple.theirs,
        base.hasOtherKind(first) || ours.hasOtherKind(first) || theirs.hasOtherKind(first)
      {
        return .undecided
      }
      guard try decide(triple, &content) else { return .undecided }
    }
    return content.isEmpty ? .empty : .tree(try write(content))
  }

  /// The entry that comes first in git's order.
  private static func first(_ triple: Triple) -> RawTreeEntry? {
    var result = triple.base
    for entry in [triple.ours, triple.theirs] {
      guard let entry else { continue }
      if result.map({ entry.isBefore($0) }) ?? true { result = entry }
    }
    return result
  }

  /// Appends what the merge has at one name; false where git must be asked.
  private func decide(_ triple: Triple, _ content: inout [UInt8]) throws(GitError) -> Bool {
    let (base, ours, theirs) = (triple.base, triple.ours, triple.theirs)
    if base == ours || base == theirs {
      (base == ours ? theirs : ours)?.append(to: &content)
      return true
    }
    guard let ours, let theirs else { return false }
    if ours == theirs {
      guard let base, try keepsPaths(base, ours) else { return false }
      ours.append(to: &content)
      return true
    }
    guard ours.isTree, theirs.isTree else { return false }
    switch try merge(base: base?.id.pointee, ours: ours.id.pointee, theirs: theirs.id.pointee) {
    case .tree(var id):
      ours.append(to: &content, id: &id)
      return true
    case .empty: return true
    case .undecided: return false
    }
  }

  /// Whether both have the same paths, of the same kind: nothing was added, dropped or renamed.
  private func keepsPaths(_ old: RawTreeEntry, _ new: RawTreeEntry) throws(GitError) -> Bool {
    if old == new { return true }
    guard old.isTree, new.isTree else { return old.mode == new.mode }
    let before = try RawTree(old.id.pointee, repository)
    let after = try RawTree(new.id.pointee, repository)
    var position = 0
    while let left = before[position], let right = after[position] {
      if left.isBefore(right) || right.isBefore(left) { return false }
      guard try keepsPaths(left, right) else { return false }
      position += 1
    }
    return before[position] == nil && after[position] == nil
  }

  private func write(_ content: [UInt8]) throws(GitError) -> git_oid {
    var id = git_oid()
    let code = content.withUnsafeBytes { buffer in
      git_odb_write(&id, objects, buffer.baseAddress, buffer.count, GIT_OBJECT_TREE)
    }
    guard code == 0 else { throw Libgit2.failure(code, "write a tree") }
    return id
  }
}

extension Repository {
  /// The tree that `git merge` gives for three trees, or nil where git must be asked.
  func mergeTrees(
    base: ObjectID, ours: ObjectID, theirs: ObjectID
  ) throws(GitError) -> ObjectID? {
    let outcome = try locked { (handle) throws(GitError) -> ObjectID?? in
      let merge = TreeMerge(repository: handle.repository, objects: handle.objects)
      switch try merge.merge(base: base.oid, ours: ours.oid, theirs: theirs.oid) {
      case .tree(let id): return .some(ObjectID(id))
      case .empty: return .some(nil)
      case .undecided: return nil
      }
    }
    guard let outcome else { return nil }
    return if let outcome { outcome } else { try writeTree([]) }
  }
}
