import UETModel

/// Merges commits, each on top of what was merged before where that is wanted, without moving
/// anything: what `git merge` with its default strategy and settings gives, the same tree and the
/// same conflicts.
///
/// What is clean by the trees alone is done in the process, in memory; `settle` writes it. The rest
/// is for one git process that answers them all.
package final class MergeSession: Sendable {
  package let stash: ObjectStash
  private let git: SealedGit
  private let contents: ContentMerger

  /// Settle before anything refers to the results, `close` at the end.
  package init(_ git: SealedGit) {
    self.git = git
    stash = ObjectStash(git.repository)
    contents = ContentMerger(git, stash)
  }

  package var repository: Repository { git.repository }

  /// Ends the git process; what was not settled is lost.
  package func close() { contents.close() }

  /// Bytes in memory above which a caller settles before it goes on.
  package static let limit = 64 << 20

  package var isFull: Bool { stash.size > Self.limit }

  /// The tree that `git merge` would make of two commits, or its conflicts.
  ///
  /// `base` is a commit to take for their common ancestor; nil lets git find it. As in a clean
  /// checkout of `ours`, the attributes of `ours` count. Throws `unrelatedHistories`, and
  /// `refusedTree` of either side.
  package func merge(
    _ ours: ObjectID, _ theirs: ObjectID, base: ObjectID? = nil
  ) async throws(GitError) -> MergeResult {
    for side in [ours, theirs] { try await judge(side) }
    let bases = if let base { [base] } else { try foundBases(ours, theirs) }
    if let tree = try mergeInProcess(ours, theirs, bases) { return .clean(tree: tree) }
    if bases.isEmpty { throw .unrelatedHistories(ours, theirs) }
    do throws(GitError) {
      return try await ask(ours, theirs, base, bases)
    } catch {
      // A collection may have taken what was only there for git to read.
      try stash.spillAgain()
      return try await ask(ours, theirs, base, bases)
    }
  }

  private func judge(_ side: ObjectID) async throws(GitError) {
    if stash.holds(side) { try stash.judge(side) } else { try await git.judge(side) }
  }

  private func ask(
    _ ours: ObjectID, _ theirs: ObjectID, _ base: ObjectID?, _ bases: [ObjectID]
  ) async throws(GitError) -> MergeResult {
    try stash.spill()
    var sides = (ours, theirs)
    // Git's own names for the sides are in what it says of conflicts, so stand-ins only where they
    // must be.
    if let base, try git.repository.mergeBases(ours, theirs) != [base] {
      let root = try standIn(base, parents: [])
      sides = (try standIn(ours, parents: [root]), try standIn(theirs, parents: [root]))
    }
    let attributes = try AttributeFiles(git.repository, sides: (ours, theirs), bases: bases)
    if let result = try await contents.ask(sides.0, sides.1, attributes) { return result }
    return try await git.askOnce(sides, attributes, for: (ours, theirs))
  }

  /// Lets everybody read what was taken in so far; it is durable only after `settle`.
  package func expose() throws(GitError) { try stash.spill() }

  /// Whether `ancestor` is `commit` or can be reached from it, settled or not.
  package func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws(GitError) -> Bool {
    if stash.holds(commit) { try stash.spill() }
    return try git.repository.isAncestor(ancestor, of: commit)
  }

  /// Takes a commit in, with what git wrote of its tree; it is on the disk after `settle`. It is
  /// signed where the user's git signs commits.
  package func writeCommit(
    tree: ObjectID, parents: [ObjectID], message: String, author: Signature, committer: Signature
  ) async throws(GitError) -> ObjectID {
    try stash.adopt(tree, besides: parents)
    if git.signsCommits {
      // Git, which signs it, has to find what it is made of.
      try stash.spill()
      let id = try await git.signedCommit(
        tree: tree, parents: parents, message: message, author: author, committer: committer)
      try stash.adopt(commit: id)
      return id
    }
    return try stash.writeCommit(
      tree: tree, parents: parents, message: message, author: author, committer: committer)
  }

  private func foundBases(
    _ ours: ObjectID, _ theirs: ObjectID
  ) throws(GitError) -> [ObjectID] {
    if stash.holds(ours) || stash.holds(theirs) { try stash.spill() }
    return try git.repository.mergeBases(ours, theirs)
  }

  /// The result where one side has all of the other, or no file changed on both sides; nil where
  /// git must be asked.
  private func mergeInProcess(
    _ ours: ObjectID, _ theirs: ObjectID, _ bases: [ObjectID]
  ) throws(GitError) -> ObjectID? {
    // Several bases are for git to merge first.
    guard let base = bases.first, bases.count == 1 else { return nil }
    let trees = (try stash.treeID(of: ours), try stash.treeID(of: theirs))
    let root = try stash.treeID(of: base)
    if base == theirs || root == trees.1 { return trees.0 }
    if base == ours || root == trees.0 { return trees.1 }
    return try stash.mergeTrees(base: root, ours: trees.0, theirs: trees.1)
  }

  /// A commit of the same tree with other parents: git before 2.40 takes no merge base. Nothing
  /// ever refers to it but one question, so it need not be durable.
  private func standIn(_ id: ObjectID, parents: [ObjectID]) throws(GitError) -> ObjectID {
    let nobody = Signature(name: "git-uet", email: "", at: .init(seconds: 0))
    let text = try Repository.commitText(
      tree: stash.treeID(of: id), parents: parents, message: "stand-in\n", author: nobody,
      committer: nobody)
    let standIn = Repository.hash(text, .commit)
    _ = try LooseObject(standIn, in: git.repository.commonDirectory).writeUnsynced(.commit, text)
    return standIn
  }
}
