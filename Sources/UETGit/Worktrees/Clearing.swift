#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Takes files out of a worktree, and the directories that are empty then; declared caches stay.
struct Clearing {
  private let root: BoundFolder
  private let caches: [[UInt8]]
  /// Directories of which something was taken; without a `/` at the end.
  private var emptied: Set<[UInt8]> = []

  init(_ worktree: WorktreeHandle, keeping: [String]) throws(GitError) {
    root = try BoundFolder(worktree.path)
    caches = keeping.map(SealedGit.plainPath)
  }

  /// Where it is gone, something else may stand in the way to it, a link above all.
  mutating func remove(_ path: [UInt8], isThere: Bool = true) {
    if isThere { takeAway(path) }
    noteParent(of: path)
  }

  /// Removes the files and directories that nobody knows, but for the caches.
  mutating func removeUnknown(of walk: FolderWalk) {
    for path in walk.files where !caches.contains(path) { remove(path) }
    for path in walk.folders {
      removeFolder(path)
      noteParent(of: path.dropLast())
    }
    emptied.formUnion(walk.bare)
  }

  /// To be called last: only then is there no link that could lead elsewhere.
  func removeEmptied() {
    for path in emptied { removeEmpty(path) }
  }

  func removeAll() {
    for (name, status) in FolderListing(root.opened([])).children where !caches.contains(name) {
      if status.st_mode & S_IFMT == S_IFDIR {
        removeFolder(name + [UInt8(ascii: "/")])
      } else {
        takeAway(name)
      }
    }
  }

  private func takeAway(_ path: [UInt8]) {
    if let (folder, name) = root.place(of: path) { Folder.remove(name, in: folder) }
  }

  private mutating func noteParent(of path: some BidirectionalCollection<UInt8>) {
    if let slash = path.lastIndex(of: UInt8(ascii: "/")) { emptied.insert(Array(path[..<slash])) }
  }

  /// Removes a directory but for what of it is kept; its path ends in `/`.
  private func removeFolder(_ path: [UInt8]) {
    let name = Array(path.dropLast())
    if caches.contains(name) { return }
    guard caches.contains(where: { $0.starts(with: path) }) else { return takeAway(name) }
    for (child, status) in FolderListing(root.opened(name)).children {
      let below = path + child
      if status.st_mode & S_IFMT == S_IFDIR {
        removeFolder(below + [UInt8(ascii: "/")])
      } else if !caches.contains(below) {
        takeAway(below)
      }
    }
  }

  /// Removes a directory and those above it as long as nothing is in them.
  private func removeEmpty(_ path: [UInt8]) {
    var path = path
    while !path.isEmpty, let (folder, name) = root.place(of: path),
      unlinkat(folder, name, AT_REMOVEDIR) == 0
    {
      path = Array(path[..<(path.lastIndex(of: UInt8(ascii: "/")) ?? path.startIndex)])
    }
  }
}
