import UETGit
import UETModel

/// Changes notes by compare-and-swap: whoever loses the race reads again and tries again, so that no
/// writer's note is lost.
struct NotesReference {
  let repository: Repository
  /// As `refs/notes/uet`.
  let name: String
  let options: LedgerOptions

  /// Applies the changes in one commit; none is made where nothing changes.
  func apply(
    _ changes: [ObjectID: NotesTree.Change], message: String, at time: Timestamp
  ) throws(LedgerError) {
    if changes.isEmpty { return }
    _ = try change(message) { (tip, log) throws(GitError) in
      let old = try tip.map { (id) throws(GitError) in try repository.commit(id).tree }
      let tree = try NotesTree(repository: repository).applying(changes, to: old, &log)
      if tree == old { return nil }
      return .commit(tree: tree, parents: tip.map { [$0] } ?? [], at: time)
    }
  }

  /// Brings in the notes of another clone; nothing that either side noted is lost, and what one side
  /// took back since both had the same stays away. The result is the same whichever side makes it.
  ///
  /// Gives the last commit of the notes.
  func merge(_ theirs: ObjectID, by unit: NotesMerge.Unit) throws(LedgerError) -> ObjectID? {
    try change("merge of the notes of two clones") { (tip, log) throws(GitError) in
      guard let tip else { return .existing(theirs) }
      if try repository.isAncestor(theirs, of: tip) { return nil }
      if try repository.isAncestor(tip, of: theirs) { return .existing(theirs) }
      let sides = [tip, theirs].sorted()
      let commits = [try repository.commit(sides[0]), try repository.commit(sides[1])]
      let base = try repository.mergeBases(sides[0], sides[1]).min()
      let merge = NotesMerge(repository: repository, unit: unit)
      let tree = try merge.tree(
        base: base.map { (id) throws(GitError) in try repository.treeID(of: id) },
        commits[0].tree, commits[1].tree, &log)
      return .commit(
        tree: tree, parents: sides, at: max(commits[0].committer.at, commits[1].committer.at))
    }
  }

  /// What the notes' next commit will be.
  private enum Next {
    case existing(ObjectID)
    case commit(tree: ObjectID, parents: [ObjectID], at: Timestamp)
  }

  private typealias Change =
    (_ tip: ObjectID?, _ log: inout ObjectLog) throws(GitError) -> Next?

  private func change(_ message: String, _ body: Change) throws(LedgerError) -> ObjectID? {
    try ReferenceRace(name: name, options: options).run { () throws(LedgerError) in
      try LedgerError.wrap { () throws(GitError) in
        let tip = try repository.reference(name)
        var log = ObjectLog(repository)
        guard let next = try body(tip, &log) else { return tip }
        let commit = try write(next, message, &log)
        try repository.setReference(
          name, to: commit, expecting: tip ?? .zero, message: "uet: \(message)")
        // What a collection took before the reference led to it is written again, and is the same.
        var rounds = 0
        while !log.isComplete, rounds < 8 {
          rounds += 1
          log = ObjectLog(repository)
          if let again = try body(tip, &log) { _ = try write(again, message, &log) }
        }
        return commit
      }
    }
  }

  private func write(
    _ next: Next, _ message: String, _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    switch next {
    case .existing(let commit): return commit
    case .commit(let tree, let parents, let time):
      let person = Signature(
        name: options.author.name, email: options.author.email, at: time, offsetMinutes: 0)
      return try log.writeCommit(
        tree: tree, parents: parents, message: message + "\n", by: person)
    }
  }
}
