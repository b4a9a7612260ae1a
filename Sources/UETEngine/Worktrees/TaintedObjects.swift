import UETGit
import UETModel

/// The objects with secrets, and those that lead to them: without the former they are broken.
struct TaintedObjects {
  private let repository: Repository
  var ids: Set<ObjectID>
  private var clean: Set<ObjectID> = []

  init(_ repository: Repository, _ faults: [SecretFault]) {
    self.repository = repository
    ids = Set(
      faults.compactMap { fault in
        switch fault.place {
        case .file(_, let blob, _), .member(_, _, let blob): blob
        case .message(let commit): commit
        case .name: nil
        }
      })
  }

  /// Adds the trees and commits that `tip` has and `base` has not.
  mutating func add(
    _ tip: ObjectID, since base: ObjectID?, _ isNamedBadly: ([UInt8]) -> Bool
  ) throws(GitError) {
    for id in try repository.commits(in: tip, notIn: base.map { [$0] } ?? []) {
      let commit = try repository.commit(id)
      let isTainted = try isTainted(commit.tree, isNamedBadly)
      if isTainted || commit.parents.contains(where: ids.contains) { ids.insert(id) }
    }
  }

  private mutating func isTainted(
    _ tree: ObjectID, _ isNamedBadly: ([UInt8]) -> Bool
  ) throws(GitError) -> Bool {
    if clean.contains(tree) { return false }
    if ids.contains(tree) { return true }
    var found = false
    for entry in try repository.tree(tree) {
      if entry.mode == .tree { if try isTainted(entry.id, isNamedBadly) { found = true } }
      if ids.contains(entry.id) || isNamedBadly(entry.nameBytes) { found = true }
    }
    if found { ids.insert(tree) } else { clean.insert(tree) }
    return found
  }
}
