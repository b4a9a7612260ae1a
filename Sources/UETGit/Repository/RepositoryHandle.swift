import CLibgit2
import UETModel

/// The only owner of an open `git_repository` and its object database; frees both.
struct RepositoryHandle: ~Copyable {
  private(set) var repository: OpaquePointer
  private(set) var objects: OpaquePointer

  /// Takes `repository` over, even when it throws.
  init(taking repository: OpaquePointer) throws(GitError) {
    var database: OpaquePointer?
    let code = git_repository_odb(&database, repository)
    guard code == 0, let database else {
      git_repository_free(repository)
      throw Libgit2.failure(code, "open the object database")
    }
    self.repository = repository
    self.objects = database
  }

  deinit {
    git_odb_free(objects)
    git_repository_free(repository)
  }

  /// Goes on with the same repository opened once more.
  ///
  /// The old one goes first: libgit2 shares packs among all that have them open, with what it keeps
  /// of each.
  mutating func replace(with fresh: OpaquePointer) {
    git_odb_free(objects)
    git_repository_free(repository)
    repository = fresh
    var database: OpaquePointer?
    if git_repository_odb(&database, fresh) != 0 {
      // Where the folder of objects is gone none of them is there.
      git_odb_new(&database)
    }
    guard let database else { preconditionFailure("out of memory") }
    objects = database
  }

  /// Calls `body` with the tree `id`, which may also name a commit.
  func withTree<R>(
    _ id: ObjectID, _ body: (OpaquePointer) throws(GitError) -> R
  ) throws(GitError) -> R {
    try withObject(id, as: GIT_OBJECT_TREE, "tree") { (object) throws(GitError) in
      try body(object)
    }
  }

  /// Calls `body` with the commit `id`.
  func withCommit<R>(
    _ id: ObjectID, _ body: (OpaquePointer) throws(GitError) -> R
  ) throws(GitError) -> R {
    try withObject(id, as: GIT_OBJECT_COMMIT, "commit") { (object) throws(GitError) in
      try body(object)
    }
  }

  /// Looks `id` up, peels it to `kind`, and frees it after `body`.
  private func withObject<R>(
    _ id: ObjectID, as kind: git_object_t, _ kindName: String,
    _ body: (OpaquePointer) throws(GitError) -> R
  ) throws(GitError) -> R {
    var oid = id.oid
    var object: OpaquePointer?
    let found = git_object_lookup(&object, repository, &oid, GIT_OBJECT_ANY)
    guard found == 0, let object else { throw objectFailure(found, id) }
    defer { git_object_free(object) }
    if git_object_type(object) == kind { return try body(object) }
    var peeled: OpaquePointer?
    guard git_object_peel(&peeled, object, kind) == 0, let peeled else {
      throw .wrongKind(id, expected: kindName)
    }
    defer { git_object_free(peeled) }
    return try body(peeled)
  }

  /// What a failed read of `id` means.
  func objectFailure(_ code: Int32, _ id: ObjectID) -> GitError {
    code == GIT_ENOTFOUND.rawValue
      ? .objectMissing(id) : .corruptObject(id, detail: Libgit2.lastMessage)
  }
}
