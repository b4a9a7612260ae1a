import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SealedGit {
  /// Whether a repository inside a worktree holds anything that nobody else has: commits that came
  /// from no remote, and, with `files`, changes that are in no commit.
  ///
  /// What a clone has from its remote, or a submodule from the store that this repository has for
  /// it, is nobody's work. Throws where that cannot be found out.
  package func holdsWork(_ inner: InnerRepository, files: Bool) async throws(GitError) -> Bool {
    if inner.kind == .worktree { return try looseHead(inner) != nil }
    let view = try await InnerView(inner, self)
    return try await work(view, files: files) != nil
  }

  /// Keeps what `holdsWork` is about under `reference`: one commit on top of all that is only
  /// there. Nil where there is nothing, or `mayStay`, which is given it when its objects are here,
  /// says no. A submodule's goes to the store that this repository has for it.
  nonisolated(nonsending) package func keep(
    _ inner: InnerRepository, as reference: String,
    if mayStay: (ObjectID) async throws -> Bool = { _ in true }
  ) async throws -> ObjectID? {
    if inner.kind == .worktree {
      guard let head = try looseHead(inner), try await mayStay(head) else { return nil }
      try repository.setReference(
        reference, to: head, expecting: nil, message: "git-uet: keep the HEAD of a worktree")
      return head
    }
    let view = try await InnerView(inner, self)
    guard let found = try await work(view, files: true) else { return nil }
    let commit = try await view.commit(found, self)
    try GitError.onDisk(
      Files.write(Array("\(commit.hex)\n".utf8), to: view.path + "/refs/heads/kept"))
    let store = store(of: inner)
    let target = store ?? repository.commonDirectory
    let arguments = [
      "-c", "protocol.file.allow=always", "-c", "fetch.unpackLimit=10000",
      "fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--no-recurse-submodules",
      view.path,
      store == nil ? "refs/heads/kept" : "+refs/heads/kept:\(reference)",
    ]
    try await check(arguments) {
      $0.gitDirectory = target
      $0.environment["GIT_COMMON_DIR"] = target
      $0.isDurable = true
    }
    if store == nil {
      guard try await mayStay(commit) else { return nil }
      try repository.setReference(
        reference, to: commit, expecting: nil, message: "git-uet: keep an inner repository")
    }
    return commit
  }

  /// What this repository has of a submodule outside the worktree.
  private func store(of inner: InnerRepository) -> String? {
    guard case .submodule(let name) = inner.kind else { return nil }
    let store = repository.commonDirectory + "/modules/" + name
    return Files.isDirectory(store + "/objects") ? store : nil
  }

  /// The HEAD of another worktree that is on no branch.
  private func looseHead(_ inner: InnerRepository) throws(GitError) -> ObjectID? {
    let head = WorktreeHandle(path: inner.workTree ?? "", gitDirectory: inner.gitDirectory)
    guard let line = Files.line(inner.gitDirectory + "/HEAD"), ObjectID(line) != nil,
      let id = try repository.head(of: head), repository.contains(id)
    else { return nil }
    for (_, tip) in try repository.references(under: "refs/heads/")
    where try repository.isAncestor(id, of: tip) {
      return nil
    }
    return id
  }

  private func work(
    _ view: InnerView, files: Bool
  ) async throws(GitError) -> InnerWork? {
    var work = InnerWork(tips: try await view.ownTips(self))
    if let store = store(of: view.inner), !work.tips.isEmpty {
      work.tips = try await missing(work.tips, in: store)
    }
    let isSubmodule = if case .submodule = view.inner.kind { true } else { false }
    // The files of a clone are outside of all that is watched; its commits are elsewhere.
    guard files, isSubmodule || !view.hasRemote || !work.tips.isEmpty else {
      return work.tips.isEmpty ? nil : work
    }
    if try await view.isChanged(self) { work.tree = try await view.tree(self) }
    return work.tips.isEmpty && work.tree == nil ? nil : work
  }

  private func missing(
    _ ids: [ObjectID], in store: String
  ) async throws(GitError) -> [ObjectID] {
    let output = try await check(["cat-file", "--batch-check=%(objectname)"]) {
      $0.gitDirectory = store
      $0.environment["GIT_COMMON_DIR"] = store
      $0.environment["GIT_NO_LAZY_FETCH"] = "1"
      $0.input = ids.flatMap { Array("\($0.hex)\n".utf8) }
    }
    let lines = output.text.split(separator: "\n")
    return zip(ids, lines).filter { $0.1.hasSuffix(" missing") }.map(\.0)
  }
}

/// What only a repository inside a worktree has.
struct InnerWork {
  var tips: [ObjectID]
  /// Of its files as they stand there, where no commit has them.
  var tree: ObjectID?
}
