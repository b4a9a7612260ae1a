import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension SealedGit {
  /// What stands in a checkout of `old` at a place where `new` has something else, and is not
  /// tracked, so that a checkout of `new` would take it away; relative paths, at most some.
  ///
  /// git itself spares what it does not know, but not what an ignore rule names.
  package func untracked(
    inTheWayOf new: ObjectID, over old: ObjectID, in checkout: Checkout
  ) throws(GitError) -> [String] {
    let search = UntrackedSearch(root: checkout.path, repository: repository, tracked: old)
    var found: [[UInt8]] = []
    // Where `old` has a file too it is that file: what was changed in it has been looked for
    // before.
    for change in try repository.changes(from: old, to: new) where change.old == nil {
      guard let side = change.new, found.count < 20 else { continue }
      for path in try search.inTheWay(of: change.pathBytes, isFolder: side.mode == .submodule)
      where !found.contains(path) {
        found.append(path)
      }
    }
    return found.map { String(decoding: $0, as: UTF8.self) }
  }
}

/// Looks at what stands where a new path is to go.
private struct UntrackedSearch {
  let root: String
  let repository: Repository
  /// The commit that is checked out.
  let tracked: ObjectID

  private enum Kind { case none, folder, other }

  func inTheWay(of path: [UInt8], isFolder: Bool) throws(GitError) -> [[UInt8]] {
    var start = path.startIndex
    while let slash = path[start...].firstIndex(of: UInt8(ascii: "/")) {
      let above = Array(path[..<slash])
      switch kind(above) {
      case .none: return []
      case .folder: start = slash + 1
      case .other: return try isTracked(above) ? [] : [above]
      }
    }
    switch kind(path) {
    case .none: return []
    case .other: return [path]
    case .folder: return isFolder ? [] : try untracked(below: path, limit: 3)
    }
  }

  /// What lies in a folder that is to become a file.
  private func untracked(below path: [UInt8], limit: Int) throws(GitError) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var open = [path]
    while let folder = open.popLast() {
      for child in FolderListing(absolute(folder)).children {
        let inner = folder + [UInt8(ascii: "/")] + child.name
        if child.status.st_mode & S_IFMT == S_IFDIR {
          open.append(inner)
        } else if try !isTracked(inner) {
          result.append(inner)
          if result.count == limit { return result }
        }
      }
    }
    return result
  }

  /// A name that is no text is not found, and so counts as not tracked.
  private func isTracked(_ path: [UInt8]) throws(GitError) -> Bool {
    let entry = try repository.entry(at: String(decoding: path, as: UTF8.self), in: tracked)
    return entry.map { $0.mode != .tree } ?? false
  }

  private func absolute(_ path: [UInt8]) -> [UInt8] {
    Array(root.utf8) + [UInt8(ascii: "/")] + path
  }

  private func kind(_ path: [UInt8]) -> Kind {
    var status = stat()
    guard lstat(cString(absolute(path)), &status) == 0 else { return .none }
    return status.st_mode & S_IFMT == S_IFDIR ? .folder : .other
  }
}
