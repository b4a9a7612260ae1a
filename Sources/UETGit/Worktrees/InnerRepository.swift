import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A repository that has its own store of objects inside a worktree, or beside it for a submodule:
/// what it holds goes with the worktree.
package struct InnerRepository: Hashable, Sendable {
  package enum Kind: Hashable, Sendable {
    /// Somebody made or cloned it there.
    case own
    /// A submodule, by its name; this repository has a store of its own for it where it was ever
    /// filled.
    case submodule(String)
    /// Another worktree of this repository, which has nothing of its own but its HEAD.
    case worktree
  }

  /// Relative to the worktree, for people.
  package let path: String
  package let kind: Kind
  let gitDirectory: String
  /// Nil for a bare one.
  let workTree: String?

  /// What its HEAD and references say, as a digest: as long as it is the same, it has no new
  /// commits.
  package var state: String {
    let common = Self.commonDirectory(of: gitDirectory)
    var bytes = Array("\(path)\0\(Files.line(gitDirectory + "/HEAD") ?? "")\0".utf8)
    bytes += Files.content(of: common + "/packed-refs") ?? []
    for folder in ["refs", "reftable"] { Self.collect(common + "/" + folder, into: &bytes) }
    return Repository.hashBlob(bytes).hex
  }

  private static func collect(_ path: String, into bytes: inout [UInt8]) {
    for name in Files.names(in: path) {
      let child = path + "/" + name
      if Files.isDirectory(child) {
        collect(child, into: &bytes)
      } else {
        bytes += Array("\0\(child)\0".utf8) + (Files.content(of: child) ?? [])
      }
    }
  }

  /// The git directory of a work tree: a `.git` folder, or what a `.git` file or link leads to.
  static func gitDirectory(of workTree: String) -> String? {
    let file = workTree + "/.git"
    if Files.isDirectory(file) { return file }
    if let line = Files.line(file), line.hasPrefix("gitdir: ") {
      return Files.real(Files.resolved(String(line.dropFirst(8)), against: workTree))
    }
    return Files.real(file)
  }

  /// Where objects and references are: the directory itself but for linked worktrees.
  static func commonDirectory(of gitDirectory: String) -> String {
    guard let line = Files.line(gitDirectory + "/commondir") else { return gitDirectory }
    return Files.real(Files.resolved(line, against: gitDirectory)) ?? gitDirectory
  }
}

extension SealedGit {
  /// The repositories inside a worktree, in ignored folders too, but not below `excluding`; no link
  /// is followed. The submodules' are those that were filled there.
  package func innerRepositories(
    in worktree: WorktreeHandle, excluding: [String] = []
  ) -> [InnerRepository] {
    var search = InnerSearch(worktree, repository.commonDirectory, excluding)
    search.look([])
    var found = search.found
    let declared = Self.declaredSubmodules(at: worktree.path)
    for name in Self.modules(in: worktree.gitDirectory + "/modules") {
      let path = declared.first { $0.name == name }?.path
      let place = path.map { worktree.path + "/" + $0 }
      found.append(
        InnerRepository(
          path: path ?? name, kind: .submodule(name),
          gitDirectory: worktree.gitDirectory + "/modules/" + name,
          workTree: place.flatMap { Files.isFile($0 + "/.git") ? $0 : nil }))
    }
    return found
  }

  /// The names of the git directories below `folder`: `a/b`, and `a/modules/c` for a submodule's
  /// own.
  private static func modules(in folder: String, below prefix: String = "") -> [String] {
    Files.names(in: folder + "/" + prefix).flatMap { child -> [String] in
      let name = prefix + child
      guard Files.isDirectory(folder + "/" + name) else { return [] }
      guard Files.isDirectory(folder + "/" + name + "/objects") else {
        return modules(in: folder, below: name + "/")
      }
      return [name] + modules(in: folder, below: name + "/modules/")
    }
  }
}

/// Looks for repositories below a worktree's root.
private struct InnerSearch {
  private(set) var found: [InnerRepository] = []
  private let root: String
  private let gitDirectory: String
  private let common: String
  private let excluded: [[UInt8]]

  init(_ worktree: WorktreeHandle, _ common: String, _ excluding: [String]) {
    root = worktree.path
    gitDirectory = worktree.gitDirectory
    self.common = Files.real(common) ?? common
    excluded = excluding.map(SealedGit.plainPath)
  }

  mutating func look(_ folder: [UInt8]) {
    let place = Array(root.utf8) + (folder.isEmpty ? [] : [UInt8(ascii: "/")]) + folder
    guard let directory = opendir(cString(place)) else { return }
    var folders: [[UInt8]] = []
    var (hasGit, hasHead) = (false, false)
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
      if name == Array(".".utf8) || name == Array("..".utf8) { continue }
      if name.isGitName {
        hasGit = true
      } else if Self.isFolder(entry, place, name) {
        folders.append(name)
      } else if name == Array("HEAD".utf8) {
        hasHead = true
      }
    }
    closedir(directory)
    if hasGit, !folder.isEmpty { note(folder) }
    let parts = ["objects", "refs"].map { Array($0.utf8) }
    if hasHead, !folder.isEmpty, parts.allSatisfy(folders.contains) { return noteBare(folder) }
    for name in folders {
      let child = folder.isEmpty ? name : folder + [UInt8(ascii: "/")] + name
      if !excluded.contains(child) { look(child) }
    }
  }

  private static func isFolder(
    _ entry: UnsafeMutablePointer<dirent>, _ place: [UInt8], _ name: [UInt8]
  ) -> Bool {
    let kind = Int(entry.pointee.d_type)
    if kind != Int(DT_UNKNOWN) { return kind == Int(DT_DIR) }
    var status = stat()
    return lstat(cString(place + [UInt8(ascii: "/")] + name), &status) == 0
      && status.st_mode & S_IFMT == S_IFDIR
  }

  private mutating func note(_ folder: [UInt8]) {
    let name = String(decoding: folder, as: UTF8.self)
    let place = root + "/" + name
    guard let own = InnerRepository.gitDirectory(of: place) else { return }
    if own.hasPrefix(common + "/worktrees/"), own != gitDirectory,
      !own.hasPrefix(gitDirectory + "/")
    {
      found.append(
        InnerRepository(path: name, kind: .worktree, gitDirectory: own, workTree: place))
    } else if own.hasPrefix(root + "/") {
      found.append(InnerRepository(path: name, kind: .own, gitDirectory: own, workTree: place))
    }
  }

  private mutating func noteBare(_ folder: [UInt8]) {
    let name = String(decoding: folder, as: UTF8.self)
    // The store of a work tree whose `.git` file leads to it is found there.
    if found.contains(where: { $0.gitDirectory == root + "/" + name }) { return }
    found.append(
      InnerRepository(path: name, kind: .own, gitDirectory: root + "/" + name, workTree: nil))
  }
}
