import UETGit
import UETModel
import UETSystem

/// Writes objects and remembers which: until a reference leads to them, a garbage collection may
/// take them away again.
package struct ObjectLog {
  let repository: Repository
  private var written: [ObjectID] = []
  /// Whether some of it was there before, so that nothing was written and nothing synced.
  private var wasThere = false
  /// What is to be written together.
  private var gathered: ObjectBatch?
  /// How much there is to pack of what it wrote: a pack counts as many files.
  private(set) var files = 0

  init(_ repository: Repository) { self.repository = repository }

  /// Writes a blob.
  package mutating func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
    if let id = gathered?.addBlob(bytes) { return note(id) }
    return note(try repository.writeLooseBlob(bytes))
  }

  /// Writes a tree of what this log wrote or what the chain's end leads to.
  mutating func writeTree(known entries: [TreeEntry]) throws(GitError) -> ObjectID {
    if let id = try gathered?.addTree(entries) { return note(id) }
    return note(try repository.writeLooseTree(entries))
  }

  /// Writes the blobs and trees of `make` together when it is done: many as one pack, which `packs`
  /// looks after.
  mutating func together(
    _ packs: WrittenPacks, _ make: (inout ObjectLog) throws(GitError) -> ObjectID
  ) throws(GitError) -> ObjectID {
    gathered = ObjectBatch()
    defer { gathered = nil }
    let id = try make(&self)
    switch gathered?.content {
    case .few(let objects)?:
      for object in objects { noteFile(try repository.writeLoose(object)) }
    case .pack(let pack)?:
      try packs.write(pack)
      files += PackingSchedule.onePack
    case nil: break
    }
    return id
  }

  /// Writes a tree of anything, which is looked for; the entries may come in any order.
  package mutating func writeTree(_ entries: [TreeEntry]) throws(GitError) -> ObjectID {
    files += 1
    return note(try repository.writeTree(entries))
  }

  /// Writes a commit of a tree that this log wrote, on top of a commit that is known to be there.
  mutating func writeCommit(
    tree: ObjectID, after known: [ObjectID], and others: [ObjectID], message: String,
    by person: Signature
  ) throws(GitError) -> ObjectID {
    note(
      try repository.writeLooseCommit(
        tree: tree, parents: known + others, message: message, author: person, committer: person,
        doubtful: others))
  }

  /// Writes a commit whose author and committer are the same.
  package mutating func writeCommit(
    tree: ObjectID, parents: [ObjectID], message: String, by person: Signature
  ) throws(GitError) -> ObjectID {
    files += 1
    return note(
      try repository.writeCommit(
        tree: tree, parents: parents, message: message, author: person, committer: person))
  }

  private mutating func note(_ loose: Repository.Loose) -> ObjectID {
    noteFile(loose)
    return note(loose.id)
  }

  private mutating func noteFile(_ loose: Repository.Loose) {
    wasThere = wasThere || loose.wasThere
    files += 1
  }

  private mutating func note(_ id: ObjectID) -> ObjectID {
    written.append(id)
    return id
  }

  /// What was written, each once.
  var ids: [ObjectID] { Array(Set(written)) }

  /// Syncs what libgit2 did not, because it was there: a file that the user has just added with
  /// git, or what a killed process or an attempt that failed left. Where all blobs are new, so are
  /// the trees and commits above them.
  func syncWhatWasThere() throws(LedgerError) {
    guard wasThere, Repository.isSyncing else { return }
    let objects = repository.commonDirectory + "/objects"
    var folders: Set<Substring> = []
    for id in Set(written) {
      let path = LooseChain.path(id, in: objects)
      // What is not loose is in a pack, which git syncs before it shows it.
      guard try LedgerError.onDisk(Files.sync(path)) else { continue }
      folders.insert(path.prefix(objects.utf8.count + 3))
    }
    for folder in folders { try LedgerError.onDisk(Files.sync(String(folder))) }
    try LedgerError.onDisk(Files.sync(objects))
  }

  /// Whether everything that was written is still on the disk.
  var isComplete: Bool { repository.areStored(ids) }
}
