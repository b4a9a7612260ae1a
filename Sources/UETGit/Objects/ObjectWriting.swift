import UETModel

/// What takes new objects: a repository, each durably at once, or what gathers them for one.
package protocol ObjectWriting {
  func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID

  func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID

  func writeCommit(
    tree: ObjectID, parents: [ObjectID], message: String, author: Signature, committer: Signature
  ) throws(GitError) -> ObjectID
}

extension Repository: ObjectWriting {}
