import UETGit
import UETModel

/// Changes notes by compare-and-swap: whoever loses the race reads again and tries again, so that
/// no writer's note is lost.
struct NotesReference {
  let repository: Repository
  /// As `refs/notes/uet`.
  let name: String
  let options: LedgerOptions

  private var reference: SharedReference {
    SharedReference(repository: repository, name: name, options: options)
  }

  /// Applies the changes in one commit; none is made where nothing changes.
  func apply(
    _ changes: [ObjectID: NotesTree.Change], message: String, at time: Timestamp
  ) throws(LedgerError) {
    if changes.isEmpty { return }
    try change(message) { (tip, log) throws(GitError) in
      let old = try tip.map { (id) throws(GitError) in try repository.commit(id).tree }
      let tree = try NotesTree(repository: repository).applying(changes, to: old, &log)
      if tree == old { return nil }
      return try write(tree, tip.map { [$0] } ?? [], message, at: time, &log)
    }
  }

  /// Brings in the notes of another clone; nothing that either side noted is lost, and what one
  /// side took back since both had the same stays away. The result is the same whichever side makes
  /// it.
  ///
  /// Gives the last commit of the notes.
  func merge(_ theirs: ObjectID, by unit: NotesMerge.Unit) throws(LedgerError) -> ObjectID? {
    let message = "merge of the notes of two clones"
    return try change(message) { (tip, log) throws(GitError) in
      guard let tip else { return theirs }
      if try repository.isAncestor(theirs, of: tip) { return nil }
      if try repository.isAncestor(tip, of: theirs) { return theirs }
      let sides = [tip, theirs].sorted()
      let commits = [try repository.commit(sides[0]), try repository.commit(sides[1])]
      let base = try repository.mergeBases(sides[0], sides[1]).min()
      let merge = NotesMerge(repository: repository, unit: unit)
      let tree = try merge.tree(
        base: base.map { (id) throws(GitError) in try repository.treeID(of: id) },
        commits[0].tree, commits[1].tree, &log)
      let time = max(commits[0].committer.at, commits[1].committer.at)
      return try write(tree, sides, message, at: time, &log)
    }
  }

  @discardableResult
  private func change(
    _ message: String,
    _ make: (_ tip: ObjectID?, _ log: inout ObjectLog) throws(GitError) -> ObjectID?
  ) throws(LedgerError) -> ObjectID? {
    try reference.change(message) { (tip, log) throws(LedgerError) in
      do throws(GitError) { return try make(tip, &log) } catch { throw .git(error) }
    }
  }

  private func write(
    _ tree: ObjectID, _ parents: [ObjectID], _ message: String, at time: Timestamp,
    _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    let person = Signature(
      name: options.author.name, email: options.author.email, at: time, offsetMinutes: 0)
    return try log.writeCommit(tree: tree, parents: parents, message: message + "\n", by: person)
  }
}
