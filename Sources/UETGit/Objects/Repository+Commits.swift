import CLibgit2
import UETModel

extension Repository {
  /// Reads the commit `id`.
  package func commit(_ id: ObjectID) throws(GitError) -> Commit {
    try locked { (handle) throws(GitError) in
      try handle.withCommit(id) { (commit) throws(GitError) in try Self.read(commit, id) }
    }
  }

  private static func read(_ commit: OpaquePointer, _ id: ObjectID) throws(GitError) -> Commit {
    guard let own = git_commit_id(commit), let tree = git_commit_tree_id(commit),
      let author = git_commit_author(commit), let committer = git_commit_committer(commit)
    else { throw .corruptObject(id, detail: Libgit2.lastMessage) }
    var parents: [ObjectID] = []
    for index in 0..<git_commit_parentcount(commit) {
      guard let parent = git_commit_parent_id(commit, index) else { continue }
      parents.append(ObjectID(parent.pointee))
    }
    return Commit(
      id: ObjectID(own.pointee), tree: ObjectID(tree.pointee), parents: parents,
      message: git_commit_message(commit).map { String(cString: $0) } ?? "",
      author: signature(author.pointee), committer: signature(committer.pointee))
  }

  private static func signature(_ raw: git_signature) -> Signature {
    Signature(
      name: raw.name.map { String(cString: $0) } ?? "",
      email: raw.email.map { String(cString: $0) } ?? "",
      at: Timestamp(seconds: raw.when.time), offsetMinutes: Int(raw.when.offset))
  }

  /// Stores a commit; no reference moves. The message is taken as it is.
  package func writeCommit(
    tree: ObjectID, parents: [ObjectID], message: String, author: Signature, committer: Signature
  ) throws(GitError) -> ObjectID {
    let text = try Self.commitText(
      tree: tree, parents: parents, message: message, author: author, committer: committer)
    try require(tree, GIT_OBJECT_TREE, "tree")
    for parent in parents { try require(parent, GIT_OBJECT_COMMIT, "commit") }
    return try write(text, as: GIT_OBJECT_COMMIT)
  }

  /// The bytes of a commit object.
  static func commitText(
    tree: ObjectID, parents: [ObjectID], message: String, author: Signature, committer: Signature
  ) throws(GitError) -> [UInt8] {
    if message.utf8.contains(0) { throw .invalidMessage("it holds a NUL") }
    var text = "tree \(tree.hex)\n"
    for parent in parents { text += "parent \(parent.hex)\n" }
    text += "author \(try author.line)\ncommitter \(try committer.line)\n\n"
    return Array(text.utf8) + Array(message.utf8)
  }

  /// Throws unless the object is there and of this kind: git would write a broken commit.
  func require(
    _ id: ObjectID, _ kind: git_object_t, _ name: String
  ) throws(GitError) {
    try locked { (handle) throws(GitError) in
      var oid = id.oid
      var size = 0
      var found = GIT_OBJECT_INVALID
      let code = git_odb_read_header(&size, &found, handle.objects, &oid)
      guard code == 0 else { throw handle.objectFailure(code, id) }
      guard found == kind else { throw .wrongKind(id, expected: name) }
    }
  }

  /// The commit that a revision names, as `git rev-parse REVISION^{commit}`.
  package func resolve(_ revision: String) throws(GitError) -> ObjectID {
    if revision.utf8.contains(0) { throw .unknownRevision(revision) }
    if revision == "HEAD" || revision == "@", case .unborn(let name) = try head() {
      throw .unborn(name: name)
    }
    return try locked { (handle) throws(GitError) in
      var object: OpaquePointer?
      let code = git_revparse_single(&object, handle.repository, revision)
      guard code == 0, let object else {
        if code == GIT_EAMBIGUOUS.rawValue { throw .ambiguousRevision(revision) }
        throw .unknownRevision(revision)
      }
      defer { git_object_free(object) }
      var commit: OpaquePointer?
      guard git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0, let commit else {
        throw .unknownRevision(revision)
      }
      defer { git_object_free(commit) }
      guard let id = git_object_id(commit) else { throw .unknownRevision(revision) }
      return ObjectID(id.pointee)
    }
  }

  /// Resolves what most likely means a branch: a tag of that name does not come first.
  package func resolveBranchFirst(_ revision: String) throws(GitError) -> ObjectID {
    let isName = revision != "HEAD" && revision != "@" && !revision.hasPrefix("refs/")
    // As in git, all digits of a commit that is there mean that commit.
    if isName, ObjectID(revision).map(contains) != true,
      let commit = try? reference("refs/heads/" + revision), contains(commit)
    {
      return commit
    }
    return try resolve(revision)
  }

  /// What this checkout's HEAD points at.
  package func head() throws(GitError) -> Head {
    try locked { (handle) throws(GitError) in
      var reference: OpaquePointer?
      let code = git_reference_lookup(&reference, handle.repository, "HEAD")
      guard code == 0, let reference else {
        throw .unreadable(path: gitDirectory, detail: Libgit2.lastMessage)
      }
      defer { git_reference_free(reference) }
      if let target = git_reference_target(reference) {
        return .detached(ObjectID(target.pointee))
      }
      guard let name = git_reference_symbolic_target(reference).map({ String(cString: $0) }) else {
        throw .unreadable(path: gitDirectory, detail: "HEAD points nowhere")
      }
      var oid = git_oid()
      let found = git_reference_name_to_id(&oid, handle.repository, name)
      if found == GIT_ENOTFOUND.rawValue { return .unborn(name: name) }
      guard found == 0 else { throw Libgit2.failure(found, "read reference '\(name)'") }
      return .branch(name: name, commit: ObjectID(oid))
    }
  }
}
