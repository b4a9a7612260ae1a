import UETModel

/// The `.gitattributes` files that a merge into a clean checkout of `ours` would see.
///
/// `git merge-tree` reads attributes from its work tree, which must therefore not be the user's:
/// it gets a directory that holds just these files. Only directories in which some side changed a
/// path can matter.
struct AttributeFiles {
  /// What each of those directories has, by its path with `/` at the end; the root's is empty.
  let files: [String: ObjectID?]

  init(
    _ repository: Repository, sides: (ours: ObjectID, theirs: ObjectID), bases: [ObjectID]
  ) throws(GitError) {
    var directories: Set<[UInt8]> = [[]]
    for side in [sides.ours, sides.theirs] {
      for base in bases {
        for change in try repository.changes(from: base, to: side) {
          if TreeFault(ofName: change.pathBytes) != nil { continue }
          Self.addDirectories(above: change.pathBytes, to: &directories)
        }
      }
    }
    var files: [String: ObjectID?] = [:]
    for directory in directories {
      let folder = String(decoding: directory, as: UTF8.self)
      let entry = try repository.entry(at: folder + ".gitattributes", in: sides.ours)
      // A link is not followed by git either.
      let isFile = entry?.mode == .file || entry?.mode == .executable
      files.updateValue(isFile ? entry?.id : nil, forKey: folder)
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
}

/// The directories that stand for the work tree and the repository of a `git merge-tree`.
struct AttributePlace: ~Copyable, Sendable {
  private let place: ScratchDirectory
  private let home: MergeDirectory
  /// What git may have read here, and so keeps in mind.
  private var known: [String: ObjectID?] = [:]

  private init(_ place: consuming ScratchDirectory, _ home: consuming MergeDirectory) {
    self.place = place
    self.home = home
  }

  static func make(_ repository: Repository) throws(GitError) -> AttributePlace {
    let home = try MergeDirectory.make(repository)
    return AttributePlace(try ScratchDirectory(), home)
  }

  /// Tells git to merge by what stands here.
  func enter(_ options: inout SealedGit.Options) {
    home.enter(&options)
    options.workTree = place.path
  }

  /// Writes what is missing; false where a git that has read here would go by what no longer holds.
  mutating func add(_ attributes: AttributeFiles, _ repository: Repository) throws(GitError) -> Bool
  {
    for (folder, id) in attributes.files {
      if let old = known[folder], old != id { return false }
    }
    for (folder, id) in attributes.files where known[folder] == nil {
      known.updateValue(id, forKey: folder)
      if let id { try place.write(repository.blob(id), to: folder + ".gitattributes") }
    }
    return true
  }
}
