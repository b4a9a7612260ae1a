import UETModel

extension Repository {
  /// The paths that differ between two trees or commits, in git's order, without looking for
  /// renames; from nil means from nothing. Only what differs is read.
  package func changes(from old: ObjectID?, to new: ObjectID) throws(GitError) -> [PathChange] {
    var result: [PathChange] = []
    try compare(old, new, prefix: [], into: &result)
    return result.sorted { $0.pathBytes.lexicographicallyPrecedes($1.pathBytes) }
  }

  private func compare(
    _ old: ObjectID?, _ new: ObjectID?, prefix: [UInt8], into result: inout [PathChange]
  ) throws(GitError) {
    if old == new { return }
    var before: [[UInt8]: TreeEntry] = [:]
    if let old { for entry in try tree(old) { before[entry.nameBytes] = entry } }
    if let new {
      for entry in try tree(new) {
        let twin = before.removeValue(forKey: entry.nameBytes)
        if twin?.id == entry.id && twin?.mode == entry.mode { continue }
        try add(twin, entry, prefix + entry.nameBytes, &result)
      }
    }
    for entry in before.values { try add(entry, nil, prefix + entry.nameBytes, &result) }
  }

  /// Adds what differs at one name, going down where either side is a directory.
  private func add(
    _ old: TreeEntry?, _ new: TreeEntry?, _ path: [UInt8], _ result: inout [PathChange]
  ) throws(GitError) {
    let trees = [old, new].map { $0?.mode == .tree ? $0?.id : nil }
    if trees[0] != nil || trees[1] != nil {
      try compare(trees[0], trees[1], prefix: path + [UInt8(ascii: "/")], into: &result)
    }
    let sides = [old, new].map { entry in
      entry.flatMap { $0.mode == .tree ? nil : PathChange.Side(mode: $0.mode, id: $0.id) }
    }
    if sides[0] != nil || sides[1] != nil {
      result.append(PathChange(pathBytes: path, old: sides[0], new: sides[1]))
    }
  }
}
