import UETModel

/// Why a call on a repository failed.
package enum GitError: Error, Hashable, Sendable {
  // Opening.
  /// The libgit2 that is linked is not one that this was built for.
  case unknownLibrary(version: String)
  case notARepository(path: String)
  case unsupportedObjectFormat(path: String, format: String)
  case unsupportedReferenceStorage(path: String, format: String)
  case unsupportedFormatVersion(path: String, version: String)
  case unknownExtension(path: String, name: String)
  /// Someone else owns it, and `safe.directory` does not name it.
  case notOwned(path: String)
  case unreadable(path: String, detail: String)

  // Objects.
  case objectMissing(ObjectID)
  case wrongKind(ObjectID, expected: String)
  case corruptObject(ObjectID, detail: String)
  case unknownRevision(String)
  case ambiguousRevision(String)
  /// A branch without a commit yet.
  case unborn(name: String)
  case invalidTreeEntry(name: String, detail: String)
  /// The tree of a commit, or the tree itself, that must not be written to a disk.
  case refusedTree(ObjectID, TreeFault)
  case invalidSignature(String)
  case invalidMessage(String)

  // References.
  case invalidReferenceName(String)
  /// Compare-and-swap lost; `found` is what the reference holds now, nil where it does not exist.
  case referenceMoved(name: String, found: ObjectID?)
  /// `path` is the lock file that stands in the way.
  case referenceLocked(name: String, path: String)
  /// A reference of this name cannot stand beside another, as `a/b` beside `a`.
  case referenceCollides(name: String, detail: String)

  // Writing.
  case readOnly(path: String, detail: String)
  case diskFull(path: String, detail: String)

  // Worktrees.
  case worktreeDirty(path: String)
  case notAWorktree(path: String)
  /// Not absolute.
  case invalidWorktreePath(String)
  case branchCheckedOut(name: String, path: String)
  /// The two commits have no common ancestor.
  case unrelatedHistories(ObjectID, ObjectID)
  /// Another process holds the lock file for longer than is waited.
  case lockTimeout(path: String)

  // Children.
  case gitMissing
  case gitTooOld(found: String)
  /// An argument that no process can be given, since it holds a NUL.
  case invalidArgument(String)
  case gitFailed(command: String, status: Int32, detail: String)
  case gitKilled(command: String, signal: Int32)
  /// Commits are to be signed and cannot be.
  case signingFailed(String)
  /// It was ended because it took longer than it may.
  case gitOverdue(command: String, limit: Duration)
  /// It was ended because everything was to stop.
  case gitStopped(command: String)
  case outputTooLarge(command: String, limit: Int)
  case unexpectedOutput(command: String)
  /// A partial clone lacks an object, and the remote that promised it does not give it.
  case promisedMissing(ObjectID, remote: String, of: String, detail: String)
  /// Another repository could not be talked to; `detail` is what git or the host said.
  case remoteFailed(remote: String, detail: String)

  /// Anything else that libgit2 reported.
  case libgit2(operation: String, code: Int32, detail: String)
}
