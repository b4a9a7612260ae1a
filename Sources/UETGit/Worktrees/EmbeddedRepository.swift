import UETSystem

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
    for (name, status) in FolderListing(root + path).children where !name.isGitName {
      let child = path + [UInt8(ascii: "/")] + name
      switch status.st_mode & S_IFMT {
      case S_IFDIR: walk(child)
      case S_IFREG, S_IFLNK: files.append(child)
      default: continue
      }
    }
  }

  /// Whether `path` is a directory that holds a `.git`.
  static func stands(at path: [UInt8], in root: String) -> Bool {
    let place = Array(root.utf8) + [UInt8(ascii: "/")] + path
    var status = stat()
    guard lstat(cString(place), &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      return false
    }
    return lstat(cString(place + Array("/.git".utf8)), &status) == 0
  }
}

extension SealedGit {
  /// The files of repositories inside the worktree that are not ignored.
  func embeddedFiles(
    _ worktree: WorktreeHandle, at paths: [[UInt8]]
  ) async throws(GitError) -> [[UInt8]] {
    let files = paths.flatMap { EmbeddedRepository(at: $0, in: worktree.path).files }
    if files.isEmpty { return [] }
    let ignored = try await ignored(files, in: worktree)
    return files.filter { !ignored.contains($0) }
  }

  /// Those of `files` that the rules of a repository inside the worktree hide: its `info/exclude`
  /// and `core.excludesFile`, which nobody reads who looks from outside.
  func hiddenFiles(
    _ worktree: WorktreeHandle, among files: [[UInt8]]
  ) async throws(GitError) -> Set<[UInt8]> {
    var roots: [[UInt8]: Bool] = [:]
    for file in files {
      for end in file.indices where file[end] == UInt8(ascii: "/") {
        let folder = Array(file[..<end])
        if roots[folder] == nil {
          roots[folder] = EmbeddedRepository.stands(at: folder, in: worktree.path)
        }
      }
    }
    var hidden: Set<[UInt8]> = []
    for case (let folder, true) in roots {
      guard let name = String(validating: folder, as: UTF8.self) else { continue }
      let start = folder + [UInt8(ascii: "/")]
      let place = worktree.path + "/" + name
      for path in try await hiddenFiles(in: worktree, at: place) {
        hidden.insert(start + path)
      }
    }
    return hidden
  }

  /// What the repository whose work tree is `place` ignores and does not track, relative to it.
  private func hiddenFiles(
    in worktree: WorktreeHandle, at place: String
  ) async throws(GitError) -> [[UInt8]] {
    guard let inner = InnerRepository.gitDirectory(of: place), inner != worktree.gitDirectory
    else { return [] }
    let files = await excludeFiles(of: inner)
    if files.isEmpty { return [] }
    let scratch = try ScratchDirectory()
    let arguments =
      ["ls-files", "-o", "-i", "-z", "--exclude-per-directory=.gitignore"]
      + files.map { "--exclude-from=" + $0 }
    // What it tracks it does not hide; an index that cannot be read tracks nothing.
    try? Files.copy(inner + "/index", to: scratch.path + "/index")
    var output = try await hidden(arguments, worktree, place, scratch.path + "/index")
    if output.status != 0 {
      output = try await hidden(arguments, worktree, place, scratch.path + "/none")
    }
    guard output.status == 0 else { throw Self.failure(arguments, output) }
    return output.stdout.split(separator: 0).map(Array.init)
  }

  private func hidden(
    _ arguments: [String], _ worktree: WorktreeHandle, _ place: String, _ index: String
  ) async throws(GitError) -> Output {
    try await run(arguments) {
      $0.gitDirectory = worktree.gitDirectory
      $0.workTree = place
      $0.environment["GIT_INDEX_FILE"] = index
    }
  }

  /// The files with ignore rules that a repository has for itself, the weaker first.
  func excludeFiles(of gitDirectory: String) async -> [String] {
    let common = InnerRepository.commonDirectory(of: gitDirectory)
    let named = try? await run([
      "config", "--file", common + "/config", "--type=path", "core.excludesFile",
    ])
    let configured = named.flatMap { $0.text.split(separator: "\n").last }.map(String.init)
    return ([configured, common + "/info/exclude"] as [String?]).compactMap { $0 }
      .filter { $0.hasPrefix("/") && Files.isFile($0) }
  }
}
