import UETModel
import UETSystem

extension Repository {
  /// Syncs to the disk what others wrote: the commits that `tip` has and `bases` have not, with
  /// their trees and blobs. Only then may the ledger name them.
  package func syncObjects(in tip: ObjectID, notIn bases: [ObjectID]) throws(GitError) {
    let ids = try self.objects(in: tip, notIn: bases)
    let objects = commonDirectory + "/objects"
    var directories: Set<String> = [objects]
    var areAllLoose = true
    for id in ids {
      let directory = objects + "/" + id.hex.prefix(2)
      let isLoose = try GitError.onDisk(Files.sync(directory + "/" + id.hex.dropFirst(2)))
      if isLoose { directories.insert(directory) }
      areAllLoose = areAllLoose && isLoose
    }
    if !areAllLoose {
      // Which pack has it is not known; a file that is on the disk already costs next to nothing.
      directories.insert(objects + "/pack")
      for name in Files.names(in: objects + "/pack") {
        try GitError.onDisk(Files.sync(objects + "/pack/" + name))
      }
    }
    for directory in directories { try GitError.onDisk(Files.sync(directory)) }
  }

  /// The commits that `tip` has and `bases` have not, with what of their trees and blobs is new.
  package func objects(
    in tip: ObjectID, notIn bases: [ObjectID]
  ) throws(GitError) -> Set<ObjectID> {
    var ids: Set<ObjectID> = []
    for id in try commits(in: tip, notIn: bases) {
      let commit = try commit(id)
      ids.insert(id)
      let parent = try commit.parents.first.map { (id) throws(GitError) in try treeID(of: id) }
      try collect(commit.tree, besides: parent, into: &ids)
    }
    return ids
  }

  /// Adds the trees and blobs that `tree` has and `other`, entry by entry, has not.
  private func collect(
    _ tree: ObjectID, besides other: ObjectID?, into ids: inout Set<ObjectID>
  ) throws(GitError) {
    if tree == other || !ids.insert(tree).inserted { return }
    var known: [[UInt8]: TreeEntry] = [:]
    if let other { for entry in try self.tree(other) { known[entry.nameBytes] = entry } }
    for entry in try self.tree(tree) where known[entry.nameBytes]?.id != entry.id {
      switch entry.mode {
      case .submodule: continue
      case .tree:
        let twin = known[entry.nameBytes].flatMap { $0.mode == .tree ? $0.id : nil }
        try collect(entry.id, besides: twin, into: &ids)
      case .file, .executable, .symlink: ids.insert(entry.id)
      }
    }
  }
}
