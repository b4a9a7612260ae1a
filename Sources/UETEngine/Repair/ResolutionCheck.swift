import UETGit
import UETModel

/// Looks whether what somebody made of a conflict can be taken: no forgotten marks, and nothing
/// changed that is neither in conflict nor the candidate's to change. Throws `refusedTree` of what
/// no disk may get.
struct ResolutionCheck: Sendable {
  enum Problem: Hashable, Sendable {
    case marked([String])
    case outOfScope([String])
  }

  let repository: Repository
  /// What the candidate may write; nil where nothing was declared.
  let scope: Workstream.Scope?

  func problem(
    of tree: ObjectID, onto: ObjectID, tip: ObjectID, base: ObjectID?, paths: [String]
  ) throws(GitError) -> Problem? {
    try repository.judge(tree)
    let marked = try ConflictMarkers(repository).paths(from: onto, to: tree)
    if !marked.isEmpty { return .marked(marked) }
    var allowed = Set(paths)
    let found = try repository.mergeBases(onto, tip).first
    for change in try repository.changes(from: base ?? found, to: tip) {
      allowed.insert(change.path)
    }
    let others = try repository.changes(from: onto, to: tree).map(\.path)
      .filter { !allowed.contains($0) && scope?.allowsWriting($0) != true }
    return others.isEmpty ? nil : .outOfScope(others)
  }
}
