import UETModel

extension ObjectStash {
  /// Takes in the trees and blobs that `tree` has, and at the same places none of the commits
  /// `others`: what git wrote as loose files when it merged contents, which no reference keeps from
  /// a collection.
  func adopt(_ tree: ObjectID, besides others: [ObjectID]) throws(GitError) {
    if holds(tree) { return }
    var twins: [ObjectID] = []
    for other in others { twins.append(try treeID(of: other)) }
    try adoptTree(tree, besides: twins)
  }

  private func adoptTree(_ tree: ObjectID, besides twins: [ObjectID]) throws(GitError) {
    if twins.contains(tree) || holds(tree) { return }
    var known: [[UInt8]: [TreeEntry]] = [:]
    for twin in twins {
      for entry in try entries(twin) { known[entry.nameBytes, default: []].append(entry) }
    }
    for entry in try repository.tree(tree) {
      let same = known[entry.nameBytes] ?? []
      if same.contains(where: { $0.id == entry.id }) { continue }
      switch entry.mode {
      case .submodule: continue
      case .tree:
        try adoptTree(entry.id, besides: same.filter { $0.mode == .tree }.map(\.id))
      case .file, .executable, .symlink: try adopt(entry.id)
      }
    }
    try adopt(tree)
  }

  /// Takes in a commit that git wrote.
  func adopt(commit id: ObjectID) throws(GitError) { try adopt(id) }

  private func entries(_ tree: ObjectID) throws(GitError) -> [TreeEntry] {
    guard let content = content(tree) else { return try repository.tree(tree) }
    let raw = RawTree(copying: content)
    var entries: [TreeEntry] = []
    var offset = 0
    while let entry = try raw.entry(at: offset) {
      offset += entry.size
      guard let mode = FileMode(raw: entry.mode) else { continue }
      entries.append(TreeEntry(nameBytes: entry.nameBytes, mode: mode, id: entry.id))
    }
    return entries
  }

  private func adopt(_ id: ObjectID) throws(GitError) {
    if holds(id) { return }
    let (kind, content) = try repository.raw(id)
    _ = try write(content, kind)
  }
}
