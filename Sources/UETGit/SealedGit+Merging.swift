import UETModel

extension SealedGit {
  /// The tree that `git merge` would make of two commits, or its conflicts; nothing moves.
  ///
  /// `base` is a commit or tree to take for their common ancestor; nil lets git find it. As in a
  /// clean checkout of `ours`, the attributes of `ours` count. Throws `unrelatedHistories`.
  package func mergeTree(
    _ ours: ObjectID, _ theirs: ObjectID, base: ObjectID? = nil
  ) async throws(GitError) -> MergeResult {
    let bases = if let base { [base] } else { try repository.mergeBases(ours, theirs) }
    if let tree = try mergeInProcess(ours, theirs, bases) { return .clean(tree: tree) }
    var sides = (ours, theirs)
    if let base {
      let root = try standIn(base, parents: [])
      sides = (try standIn(ours, parents: [root]), try standIn(theirs, parents: [root]))
    }
    let attributes = try AttributeFiles(repository, sides: (ours, theirs), bases: bases)
    let place = try attributes.materialize()
    let arguments = [
      "merge-tree", "--write-tree", "-z", "--messages", sides.0.hex, sides.1.hex,
    ]
    let output = try await run(arguments) {
      $0.workTree = place.path
      $0.isDurable = true
    }
    guard output.status == 0 || output.status == 1 else {
      if output.stderr.contains("unrelated histories") { throw .unrelatedHistories(ours, theirs) }
      throw Self.failure(arguments, output)
    }
    guard let result = MergeOutput.parse(output.stdout, isClean: output.status == 0) else {
      throw .unexpectedOutput(command: "git merge-tree")
    }
    return result
  }

  /// The result where one side has all of the other, or no file changed on both sides; nil where
  /// git must be asked.
  private func mergeInProcess(
    _ ours: ObjectID, _ theirs: ObjectID, _ bases: [ObjectID]
  ) throws(GitError) -> ObjectID? {
    // Several bases are for git to merge first.
    guard let base = bases.first, bases.count == 1 else { return nil }
    let trees = (try repository.treeID(of: ours), try repository.treeID(of: theirs))
    let root = try repository.treeID(of: base)
    if base == theirs || root == trees.1 { return trees.0 }
    if base == ours || root == trees.0 { return trees.1 }
    // Renormalising may call a side unchanged whose bytes differ.
    if repository.config("merge.renormalize").map(Repository.isTrue) ?? false { return nil }
    return try repository.mergeTrees(base: root, ours: trees.0, theirs: trees.1)
  }

  /// A commit of the same tree with other parents: git before 2.40 takes no merge base.
  private func standIn(_ id: ObjectID, parents: [ObjectID]) throws(GitError) -> ObjectID {
    let nobody = Signature(name: "git-uet", email: "", at: .init(seconds: 0))
    return try repository.writeCommit(
      tree: repository.treeID(of: id), parents: parents, message: "stand-in\n", author: nobody,
      committer: nobody)
  }
}
