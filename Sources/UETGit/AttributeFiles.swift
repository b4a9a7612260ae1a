import UETModel

/// The `.gitattributes` files that a merge into a clean checkout of `ours` would see.
///
/// `git merge-tree` reads attributes from its work tree, which must therefore not be the user's:
/// it gets a directory that holds just these files. Only directories in which some side changed a
/// path can matter.
struct AttributeFiles {
  private let repository: Repository
  private let files: [(path: String, id: ObjectID)]

  init(
    _ repository: Repository, sides: (ours: ObjectID, theirs: ObjectID), bases: [ObjectID]
  ) throws(GitError) {
    self.repository = repository
    var directories: Set<[UInt8]> = [[]]
    for side in [sides.ours, sides.theirs] {
      for base in bases {
        for change in try repository.changes(from: base, to: side) {
          Self.addDirectories(above: change.pathBytes, to: &directories)
        }
      }
    }
    var files: [(path: String, id: ObjectID)] = []
    for directory in directories {
      let path = String(decoding: directory, as: UTF8.self) + ".gitattributes"
      // A link is not followed by git either.
      guard let entry = try repository.entry(at: path, in: sides.ours),
        entry.mode == .file || entry.mode == .executable
      else { continue }
      files.append((path, entry.id))
    }
    self.files = files
  }

  /// `a/` and `a/b/` for `a/b/c`.
  private static func addDirectories(above path: [UInt8], to directories: inout Set<[UInt8]>) {
    var end = path.endIndex
    while let slash = path[..<end].lastIndex(of: UInt8(ascii: "/")) {
      if !directories.insert(Array(path[...slash])).inserted { return }
      end = slash
    }
  }

  /// Writes them below a directory of their own.
  func materialize() throws(GitError) -> ScratchDirectory {
    let place = try ScratchDirectory()
    for (path, id) in files { try place.write(repository.blob(id), to: path) }
    return place
  }
}
