import UETModel
import UETSystem

/// The paths in which a worktree differs from an index, as `git ls-files -t -o -m -d -z` lists
/// them.
struct WorktreeChanges {
  private var removed: [[UInt8]] = []
  private var modified: [[UInt8]] = []
  private var others: [[UInt8]] = []
  private var submodules: [[UInt8]] = []
  /// Modified files that git would not read again.
  private var unseenByGit: [[UInt8]] = []

  /// Nil where the bytes are not what git prints.
  init?(listing: [UInt8]) {
    for field in listing.split(separator: 0) {
      guard field.count > 2, field[field.startIndex + 1] == UInt8(ascii: " ") else { return nil }
      let path = Array(field.dropFirst(2))
      switch field[field.startIndex] {
      case UInt8(ascii: "R"): removed.append(path)
      case UInt8(ascii: "C"): modified.append(path)
      case UInt8(ascii: "?"): others.append(path)
      default: return nil
      }
    }
    // A removed file is listed as modified, too.
    let gone = Set(removed)
    modified.removeAll { gone.contains($0) }
  }

  /// What a scan of the known files found, and the others that `git ls-files -o -z` lists.
  init(_ scan: WorktreeScan, others listing: [UInt8]) {
    removed = scan.removed
    modified = scan.modified
    unseenByGit = scan.unseenByGit
    others = listing.split(separator: 0).map(Array.init)
  }

  var isEmpty: Bool { removed.isEmpty && modified.isEmpty && others.isEmpty && submodules.isEmpty }

  /// Leaves out these paths and all below them.
  mutating func drop(_ excluded: [String]) {
    let prefixes = excluded.map { Array($0.utf8.drop { $0 == UInt8(ascii: "/") }) }.map { path in
      path.last == UInt8(ascii: "/") ? Array(path.dropLast()) : path
    }
    func isExcluded(_ path: [UInt8]) -> Bool {
      prefixes.contains { prefix in
        !prefix.isEmpty && path.starts(with: prefix)
          && (path.count == prefix.count || path[prefix.count] == UInt8(ascii: "/"))
      }
    }
    removed.removeAll(where: isExcluded)
    modified.removeAll(where: isExcluded)
    others.removeAll(where: isExcluded)
    unseenByGit.removeAll(where: isExcluded)
  }

  /// Leaves out what has a name that no tree may have; the first of it.
  mutating func takeRefused() -> TreeFault? {
    func isRefused(_ path: [UInt8]) -> Bool { TreeFault(ofName: path) != nil }
    let fault = (others + modified).lazy.compactMap { TreeFault(ofName: $0) }.first
    if fault == nil { return nil }
    others.removeAll(where: isRefused)
    modified.removeAll(where: isRefused)
    return fault
  }

  /// Leaves out files whose very bytes are those of `base`: no change, whatever filters and line
  /// ends would make of them if they were one.
  mutating func dropUnchanged(
    since base: ObjectID, in worktree: WorktreeHandle, _ repository: Repository
  ) throws(GitError) {
    if modified.isEmpty { return }
    let root = try BoundFolder(worktree.path)
    var same: Set<[UInt8]> = []
    for path in modified {
      guard let text = String(validating: path, as: UTF8.self),
        let entry = try repository.entry(at: text, in: base), entry.mode != .submodule,
        let file = FileContent(path, in: root), file.mode == entry.mode.rawValue,
        let content = file.content, Repository.hash(content, .blob) == entry.id
      else { continue }
      same.insert(path)
    }
    modified.removeAll(where: same.contains)
    unseenByGit.removeAll(where: same.contains)
  }

  /// The paths to drop from the index first.
  var dropped: [[UInt8]] { removed + unseenByGit }

  /// The paths to take into the index.
  ///
  /// Where a new file or link stands for a directory, or a directory for a file, the new entries
  /// take the old ones' place by themselves, and git would trip over the old names.
  var written: [[UInt8]] {
    let files = Set(others)
    let directories = Set(files.flatMap(Self.ancestors))
    var result = files.sorted { $0.lexicographicallyPrecedes($1) }
    for path in modified where !directories.contains(path) {
      if !Self.ancestors(of: path).contains(where: files.contains) { result.append(path) }
    }
    return result + submodules
  }

  /// Takes the repositories out of the new paths and returns those that are no submodules.
  ///
  /// Git does not list one that stands where a tracked file was; `isFile` says which paths were
  /// files.
  mutating func takeEmbedded(
    _ worktree: WorktreeHandle, isFile: ([UInt8]) throws(GitError) -> Bool
  ) throws(GitError) -> [[UInt8]] {
    var replacing: [[UInt8]] = []
    for path in removed + modified where EmbeddedRepository.stands(at: path, in: worktree.path) {
      if try isFile(path) { replacing.append(path) }
    }
    let gone = Set(replacing).subtracting(removed)
    modified.removeAll(where: gone.contains)
    removed += gone
    let repositories =
      others.filter { $0.last == UInt8(ascii: "/") }.map { Array($0.dropLast()) } + replacing
    if repositories.isEmpty { return [] }
    others.removeAll { $0.last == UInt8(ascii: "/") }
    let declared = Submodules(in: worktree.path)
    submodules = repositories.filter { declared.contains(String(decoding: $0, as: UTF8.self)) }
    return repositories.filter { !submodules.contains($0) }
  }

  mutating func add(_ files: [[UInt8]]) { others += files }

  /// The files that the index does not have.
  var new: [[UInt8]] { others }

  /// Leaves out new files.
  mutating func hide(_ files: Set<[UInt8]>) {
    if !files.isEmpty { others.removeAll(where: files.contains) }
  }

  /// Takes what counts whatever git ignores.
  mutating func force(_ forced: ForcedPaths) {
    if forced.isEmpty { return }
    others += Set(forced.added).subtracting(others)
    modified.removeAll(where: forced.dropped.contains)
    removed += forced.dropped
  }

  /// `a` and `a/b` for `a/b/c`.
  private static func ancestors(of path: [UInt8]) -> [[UInt8]] {
    path.indices.filter { path[$0] == UInt8(ascii: "/") }.map { Array(path[..<$0]) }
  }
}

/// The submodules that a worktree's `.gitmodules` declares.
struct Submodules {
  private let paths: Set<String>

  init(in root: String) {
    let text = String(decoding: Files.content(of: root + "/.gitmodules") ?? [], as: UTF8.self)
    var paths: Set<String> = []
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: "=", maxSplits: 1).map { word in
        String(word.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " }.reversed())
      }
      if parts.count == 2, parts[0] == "path" { paths.insert(parts[1]) }
    }
    self.paths = paths
  }

  func contains(_ path: String) -> Bool { paths.contains(path) }
}
