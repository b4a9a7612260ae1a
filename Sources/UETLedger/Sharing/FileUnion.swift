import UETGit
import UETModel

/// Joins two trees of files that are only ever added: each name is that of one thing for good.
struct FileUnion {
  let repository: Repository
  /// The full name of the reference.
  let name: String
  let options: LedgerOptions
  /// The name of a folder that is this clone's own to write, on whichever level; nothing in it is
  /// replaced.
  var own: String?

  /// Brings in another clone's files; the result is the same whichever of two clones makes it, but
  /// for their own folders. Where a name has two contents, the smaller id wins, so that all agree.
  func merge(_ theirs: ObjectID) throws(LedgerError) -> ObjectID? {
    let reference = SharedReference(repository: repository, name: name, options: options)
    return try reference.change("merge") { (tip, log) throws(LedgerError) in
      guard let tip else { return theirs }
      do throws(GitError) {
        if try repository.isAncestor(theirs, of: tip) { return nil }
        let tree = try union(repository.treeID(of: tip), repository.treeID(of: theirs), &log)
        // One that goes on from ours and yet lacks something of it was not made by adding.
        if try repository.isAncestor(tip, of: theirs), try repository.treeID(of: theirs) == tree {
          return theirs
        }
        return try join([tip, theirs].sorted(), tree, &log)
      } catch {
        throw .git(error)
      }
    }
  }

  private func join(
    _ sides: [ObjectID], _ tree: ObjectID, _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    let commits = [try repository.commit(sides[0]), try repository.commit(sides[1])]
    let person = Signature(
      name: options.author.name, email: options.author.email,
      at: max(commits[0].committer.at, commits[1].committer.at), offsetMinutes: 0)
    return try log.writeCommit(
      tree: tree, parents: sides, message: "merge of the files of two clones\n", by: person)
  }

  /// `left` is ours.
  private func union(
    _ left: ObjectID, _ right: ObjectID, _ log: inout ObjectLog
  ) throws(GitError) -> ObjectID {
    if left == right { return left }
    var entries: [[UInt8]: TreeEntry] = [:]
    for entry in try repository.tree(left) { entries[entry.nameBytes] = entry }
    for entry in try repository.tree(right) {
      guard let own = entries[entry.nameBytes], own != entry else {
        entries[entry.nameBytes] = entry
        continue
      }
      if let name = self.own, own.name == name { continue }
      if own.mode == .tree, entry.mode == .tree {
        let id = try union(own.id, entry.id, &log)
        entries[entry.nameBytes] = TreeEntry(nameBytes: entry.nameBytes, mode: .tree, id: id)
      } else if entry.id < own.id {
        entries[entry.nameBytes] = entry
      }
    }
    return try log.writeTree(Array(entries.values))
  }
}
