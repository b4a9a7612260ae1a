import UETModel

extension Repository {
  /// Stores the tree that `tree` becomes when `edits` are made to it: what stands at each path
  /// then, nil for nothing. Only the directories on the way are read and written.
  package func edit(
    _ tree: ObjectID, _ edits: [[UInt8]: PathChange.Side?]
  ) throws(GitError) -> ObjectID {
    if edits.isEmpty { return tree }
    var list: [TreeEdit] = []
    for (path, value) in edits {
      let names = path.split(separator: UInt8(ascii: "/")).map(Array.init)
      list.append(TreeEdit(names: names, value: value))
    }
    if let made = try edit(treeID(of: tree), list[...], depth: 0) { return made }
    return try writeTree([])
  }

  /// Nil where nothing is left of the directory.
  private func edit(
    _ tree: ObjectID?, _ edits: ArraySlice<TreeEdit>, depth: Int
  ) throws(GitError) -> ObjectID? {
    var entries: [[UInt8]: TreeEntry] = [:]
    if let tree { for entry in try self.tree(tree) { entries[entry.nameBytes] = entry } }
    var groups: [[UInt8]: [TreeEdit]] = [:]
    for edit in edits { groups[edit.names[depth], default: []].append(edit) }
    for (name, edits) in groups {
      let own = edits.filter { $0.names.count == depth + 1 }
      // What takes a directory's place takes that of all below it.
      if let value = own.compactMap(\.value).first {
        entries[name] = TreeEntry(nameBytes: name, mode: value.mode, id: value.id)
        continue
      }
      let old = entries[name]
      if !own.isEmpty, old?.mode != .tree { entries[name] = nil }
      let below = edits.filter { $0.names.count > depth + 1 }
      if below.isEmpty || old?.mode != .tree && !below.contains(where: { $0.value != nil }) {
        continue
      }
      let base = old?.mode == .tree ? old?.id : nil
      let made = try edit(base, below[...], depth: depth + 1)
      entries[name] = made.map { TreeEntry(nameBytes: name, mode: .tree, id: $0) }
    }
    return entries.isEmpty ? nil : try writeTree(Array(entries.values))
  }
}

/// One change to a tree.
private struct TreeEdit {
  let names: [[UInt8]]
  let value: PathChange.Side?
}
