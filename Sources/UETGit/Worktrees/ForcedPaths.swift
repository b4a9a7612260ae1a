import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What is work although git would pass over it as ignored, or the other way round.
struct ForcedPaths {
  /// Ignored files that were staged all the same, or that the workstream declares.
  var added: [[UInt8]] = []
  /// Tracked and ignored files that were taken out of the index and left on the disk.
  var dropped: Set<[UInt8]> = []

  var isEmpty: Bool { added.isEmpty && dropped.isEmpty }
}

extension SealedGit {
  /// Who works in the worktree says by its index what counts in spite of ignore rules (`git add
  /// -f`, `git rm --cached`), and the bundle by what it declares; a name counts whatever stands
  /// beside it, a directory or pattern where all that it covers is ignored.
  func forcedPaths(
    _ worktree: WorktreeHandle, _ record: CheckoutRecord?, base: ObjectID, declared: [ScopePattern],
    excluding: [String]
  ) async throws(GitError) -> ForcedPaths {
    var result = ForcedPaths()
    var index = Files.content(of: worktree.gitDirectory + "/index").flatMap(IndexFile.entries)
    if let entries = index, try record?.tree == repository.treeID(of: base),
      record?.entries.elementsEqual(entries, by: { $0.path == $1.path }) == true
    {
      index = nil
    }
    if index == nil, declared.isEmpty { return result }
    let disk = WorktreeFiles(worktree.path, excluding: excluding)
    let known = try knownPaths(record, base)
    if let index {
      let staged = Set(index.lazy.filter { !$0.isDirectory && !$0.isSkipped }.map(\.path))
      result.added = staged.subtracting(known).filter(disk.isFile)
      if try repository.head(of: worktree) == base, !index.contains(where: \.isDirectory) {
        let left = known.subtracting(index.map(\.path)).filter(disk.isFile)
        if !left.isEmpty { result.dropped = try await ignored(Array(left), in: worktree) }
      }
    }
    for pattern in declared {
      let (isName, files) = disk.files(of: pattern)
      let new = files.filter { !known.contains($0) }
      if new.isEmpty { continue }
      // A name says it; a directory or a pattern may be meant for the rest of what it covers.
      if !isName {
        guard new.count == files.count else { continue }
        guard try await ignored(new, in: worktree).count == new.count else { continue }
      }
      result.added += new
    }
    return result
  }

  /// The paths of the commit's tree.
  private func knownPaths(
    _ record: CheckoutRecord?, _ base: ObjectID
  ) throws(GitError) -> Set<[UInt8]> {
    guard let record, !record.entries.contains(where: \.isDirectory) else {
      return Set(try repository.changes(from: nil, to: base).map(\.pathBytes))
    }
    var known = Set(record.entries.map(\.path))
    if try repository.treeID(of: base) == record.tree { return known }
    for change in try repository.changes(from: record.tree, to: base) {
      if change.new == nil { known.remove(change.pathBytes) }
      if change.old == nil { known.insert(change.pathBytes) }
    }
    return known
  }

  /// Those of `paths` that git ignores; a directory ends in `/`.
  func ignored(
    _ paths: [[UInt8]], in worktree: WorktreeHandle
  ) async throws(GitError) -> Set<[UInt8]> {
    let arguments = ["check-ignore", "--no-index", "-z", "--stdin"]
    let output = try await run(arguments) {
      $0.gitDirectory = worktree.gitDirectory
      $0.workTree = worktree.path
      // A path that starts with `./` is no pattern.
      $0.hasLiteralPaths = false
      $0.input = paths.flatMap { Array("./".utf8) + $0 + [0] }
    }
    // 1: none is ignored.
    guard output.status == 0 || output.status == 1 else { throw Self.failure(arguments, output) }
    return Set(output.stdout.split(separator: 0).map { Array($0.dropFirst(2)) })
  }
}

/// The files and links of a worktree as they stand on the disk.
private struct WorktreeFiles {
  private let root: [UInt8]
  private let excluded: [[UInt8]]
  /// More than that is no list of results.
  private static let limit = 50_000

  init(_ root: String, excluding: [String]) {
    self.root = Array(root.utf8) + [UInt8(ascii: "/")]
    excluded = excluding.map(SealedGit.plainPath)
  }

  /// Whether a file or link stands at the path, with real directories above it, and is not left
  /// out.
  func isFile(_ path: [UInt8]) -> Bool {
    for position in path.indices where path[position] == UInt8(ascii: "/") {
      guard kind(path[..<position]) == S_IFDIR else { return false }
    }
    return [S_IFREG, S_IFLNK].contains(kind(path)) && !isExcluded(path)
  }

  /// What a pattern covers on the disk, and whether it is the name of one file.
  func files(of pattern: ScopePattern) -> (isName: Bool, files: [[UInt8]]) {
    let spelled = pattern.spelledPath.map { Array($0.utf8) }
    if let spelled, isFile(spelled) { return (true, [spelled]) }
    if case .path = pattern.form {
      return (false, spelled.flatMap { $0.isEmpty ? nil : below($0) } ?? [])
    }
    var found: Set<[UInt8]> = []
    // A pattern that names no directory would have the whole worktree read.
    for root in pattern.roots where !root.isEmpty {
      found.formUnion(
        below(Array(root.utf8)).filter { pattern.matches(String(decoding: $0, as: UTF8.self)) })
    }
    return (false, Array(found))
  }

  private func below(_ path: [UInt8]) -> [[UInt8]] {
    for position in path.indices where path[position] == UInt8(ascii: "/") {
      guard kind(path[..<position]) == S_IFDIR else { return [] }
    }
    guard kind(path) == S_IFDIR else { return isFile(path) ? [path] : [] }
    var (found, open): ([[UInt8]], [[UInt8]]) = ([], [path])
    while let folder = open.popLast(), found.count < Self.limit {
      let children = FolderListing(root + folder).children
      // A repository of its own is kept and taken in by other rules.
      if children.contains(where: { $0.name.isGitName }) { continue }
      for (name, status) in children {
        let child = folder + [UInt8(ascii: "/")] + name
        if isExcluded(child) { continue }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: open.append(child)
        case S_IFREG, S_IFLNK: found.append(child)
        default: continue
        }
      }
    }
    return found
  }

  private func isExcluded(_ path: [UInt8]) -> Bool {
    excluded.contains { prefix in
      !prefix.isEmpty && path.starts(with: prefix)
        && (path.count == prefix.count || path[prefix.count] == UInt8(ascii: "/"))
    }
  }

  private func kind(_ path: some Collection<UInt8>) -> mode_t? {
    var status = stat()
    return lstat(cString(root + path), &status) == 0 ? status.st_mode & S_IFMT : nil
  }
}

extension [UInt8] {
  /// `.git` in any case.
  var isGitName: Bool { count == 4 && elementsEqual(".git".utf8) { $0 | 0x20 == $1 | 0x20 } }
}
