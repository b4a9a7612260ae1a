import UETGit
import UETModel

/// Finds the paths that an attempt changed outside its workstream's scope.
struct ScopeCheck: Sendable {
  let repository: Repository
  let scope: Workstream.Scope

  /// The paths, sorted. Each commit is compared with its first parent, or, where it merged, with
  /// every parent, since what comes in by a merge is somebody else's; and base with tip.
  func violations(base: ObjectID, tip: ObjectID) throws(GitError) -> [String] {
    guard base != tip else { return [] }
    var paths: Set<String> = []
    for id in try repository.commits(in: tip, notIn: [base]) {
      let commit = try repository.commit(id)
      if commit.parents.isEmpty { try collect(from: nil, to: id, into: &paths) }
      for parent in commit.parents { try collect(from: parent, to: id, into: &paths) }
    }
    try collect(from: base, to: tip, into: &paths)
    return paths.sorted()
  }

  private func collect(
    from old: ObjectID?, to new: ObjectID, into paths: inout Set<String>
  ) throws(GitError) {
    for change in try repository.changes(from: old, to: new)
    where !scope.allowsWriting(change.path) {
      paths.insert(change.path)
    }
  }
}
