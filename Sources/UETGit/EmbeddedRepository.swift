#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A repository inside a worktree that is no declared submodule.
///
/// Git would record just its commit, which no clone could get; its files are taken instead.
struct EmbeddedRepository {
  private let root: [UInt8]
  private(set) var files: [[UInt8]] = []

  /// Finds the files and links below `path`, relative to `root`; nothing of any `.git`.
  init(at path: [UInt8], in root: String) {
    self.root = Array(root.utf8) + [UInt8(ascii: "/")]
    walk(path)
  }

  private mutating func walk(_ path: [UInt8]) {
    let place = (root + path).map(CChar.init(bitPattern:)) + [0]
    guard let directory = opendir(place) else { return }
    defer { closedir(directory) }
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      let text = String(decoding: name, as: UTF8.self)
      if [".", "..", ".git"].contains(text.lowercased()) { continue }
      let child = path + [UInt8(ascii: "/")] + name
      var status = stat()
      let code = lstat((root + child).map(CChar.init(bitPattern:)) + [0], &status)
      switch status.st_mode & S_IFMT {
      case _ where code != 0: continue
      case S_IFDIR: walk(child)
      case S_IFREG, S_IFLNK: files.append(child)
      default: continue
      }
    }
  }
}

extension SealedGit {
  /// The files of repositories inside the worktree that are not ignored.
  func embeddedFiles(
    _ worktree: WorktreeHandle, at paths: [[UInt8]]
  ) async throws(GitError) -> [[UInt8]] {
    let files = paths.flatMap { EmbeddedRepository(at: $0, in: worktree.path).files }
    if files.isEmpty { return [] }
    let arguments = ["check-ignore", "--no-index", "-z", "--stdin"]
    let output = try await run(arguments) {
      $0.gitDirectory = worktree.gitDirectory
      $0.workTree = worktree.path
      // A path that starts with `./` is no pattern.
      $0.hasLiteralPaths = false
      $0.input = files.flatMap { Array("./".utf8) + $0 + [0] }
    }
    // 1: none is ignored.
    guard output.status == 0 || output.status == 1 else { throw Self.failure(arguments, output) }
    let ignored = Set(output.stdout.split(separator: 0).map { Array($0.dropFirst(2)) })
    return files.filter { !ignored.contains($0) }
  }
}
