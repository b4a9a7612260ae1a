import UETGit
import UETModel

/// Writes objects and remembers which: until a reference leads to them, a garbage collection may take
/// them away again.
struct ObjectLog {
  let repository: Repository
  private var written: [ObjectID] = []

  init(_ repository: Repository) { self.repository = repository }

  mutating func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
    note(try repository.writeBlob(bytes))
  }

  mutating func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
    note(try repository.writeTree(entries))
  }

  /// Writes a commit whose author and committer are the same.
  mutating func writeCommit(
    tree: ObjectID, parents: [ObjectID], message: String, by person: Signature
  ) throws(GitError) -> ObjectID {
    note(
      try repository.writeCommit(
        tree: tree, parents: parents, message: message, author: person, committer: person))
  }

  private mutating func note(_ id: ObjectID) -> ObjectID {
    written.append(id)
    return id
  }

  /// Whether everything that was written is still there.
  var isComplete: Bool { written.allSatisfy { repository.contains($0) } }
}
