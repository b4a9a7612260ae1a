import UETModel

/// One tree, of which folders are read as they are asked for, and kept.
package final class TreeView {
  package typealias Path = [UInt8]

  package struct Entry: Hashable, Sendable {
    package let mode: FileMode
    package let id: ObjectID
  }

  /// What a path leads to, links not followed.
  package enum Found: Hashable {
    case entry(Entry)
    /// So many of its names are there, and the next is not.
    case absent(after: Int)
    /// So many of its names lead to something that is no folder.
    case blocked(at: Int, Entry)
  }

  private final class Folder {
    var entries: [Path: Entry] = [:]
    var order: [Path] = []
    var below: [Path: Folder] = [:]
  }

  private let repository: Repository
  private let stash: ObjectStash?
  private let root: Folder

  /// `tree` is a tree, and may be in `stash` alone.
  package init(
    _ tree: ObjectID, in repository: Repository, _ stash: ObjectStash? = nil
  ) throws(GitError) {
    (self.repository, self.stash) = (repository, stash)
    root = try Self.folder(tree, repository, stash)
  }

  package func find(_ names: some Collection<Path>) throws(GitError) -> Found {
    var folder = root
    var depth = 0
    for name in names {
      guard let entry = folder.entries[name] else { return .absent(after: depth) }
      depth += 1
      if depth == names.count { return .entry(entry) }
      guard entry.mode == .tree else { return .blocked(at: depth, entry) }
      folder = try below(folder, name, entry.id)
    }
    return .entry(Entry(mode: .tree, id: .zero))
  }

  /// An id of the names in a folder and of what each is; nil where there is no such folder.
  package func listing(_ names: some Collection<Path>) throws(GitError) -> ObjectID? {
    guard let folder = try folder(names) else { return nil }
    var text: [UInt8] = []
    for name in folder.order {
      guard let mode = folder.entries[name]?.mode else { continue }
      let kind =
        switch mode {
        case .tree: "d"
        case .file, .executable: "f"
        case .symlink: "l"
        case .submodule: "m"
        }
      text += kind.utf8
      text += name
      text.append(0)
    }
    return Repository.hashBlob(text)
  }

  /// The names in a folder; nil where there is none.
  package func names(_ names: some Collection<Path>) throws(GitError) -> [(Path, FileMode)]? {
    guard let folder = try folder(names) else { return nil }
    return folder.order.compactMap { name in folder.entries[name].map { (name, $0.mode) } }
  }

  private func folder(_ names: some Collection<Path>) throws(GitError) -> Folder? {
    var folder = root
    for name in names {
      guard let entry = folder.entries[name], entry.mode == .tree else { return nil }
      folder = try below(folder, name, entry.id)
    }
    return folder
  }

  private func below(_ folder: Folder, _ name: Path, _ id: ObjectID) throws(GitError) -> Folder {
    if let known = folder.below[name] { return known }
    let found = try Self.folder(id, repository, stash)
    folder.below[name] = found
    return found
  }

  private static func folder(
    _ id: ObjectID, _ repository: Repository, _ stash: ObjectStash?
  ) throws(GitError) -> Folder {
    let entries = try repository.locked { (handle) throws(GitError) in
      let tree =
        if let stash { try stash.tree(id, handle) } else { try RawTree(id, in: handle.objects) }
      var entries: [(Path, Entry)] = []
      var offset = 0
      while let entry = try tree.entry(at: offset) {
        offset += entry.size
        guard let mode = FileMode(rawValue: entry.mode) else { continue }
        entries.append((entry.nameBytes, Entry(mode: mode, id: entry.id)))
      }
      return entries
    }
    let folder = Folder()
    for (name, entry) in entries where folder.entries.updateValue(entry, forKey: name) == nil {
      folder.order.append(name)
    }
    return folder
  }
}
