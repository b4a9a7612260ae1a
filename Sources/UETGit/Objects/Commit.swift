import UETModel

/// A commit as it stands in the repository.
package struct Commit: Hashable, Sendable {
  package let id: ObjectID
  package let tree: ObjectID
  package let parents: [ObjectID]
  package let message: String
  package let author: Signature
  package let committer: Signature
}

/// What HEAD points at.
package enum Head: Hashable, Sendable {
  /// `name` is full, as `refs/heads/main`.
  case branch(name: String, commit: ObjectID)
  case detached(ObjectID)
  /// A branch that has no commit yet.
  case unborn(name: String)
}
