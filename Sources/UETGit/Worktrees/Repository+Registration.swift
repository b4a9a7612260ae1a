import CHiddenSystem
import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension Repository {
  /// Registers a locked worktree at `path`, which is not there or empty, with HEAD at `commit`.
  ///
  /// Git's own command does the same file by file in the place where all others look, so that they
  /// trip over what is half made. Here the administrative directory is made elsewhere and moved
  /// into its place whole: one that is seen is complete, and no lock is needed.
  func registerWorktree(
    at path: String, commit: ObjectID, reason: String
  ) throws(GitError) -> WorktreeHandle {
    _ = try treeID(of: commit)
    if worktree(at: path) != nil {
      throw .gitFailed(
        command: "git worktree add", status: 128, detail: "'\(path)' is already registered")
    }
    let place = try emptyDirectory(path)
    let scratch = commonDirectory + "/uet/worktree-\(UInt64.random(in: 0 ... .max))"
    defer { Folder.remove(scratch) }
    mkdir(commonDirectory + "/uet", 0o755)
    mkdir(commonDirectory + "/worktrees", 0o755)
    guard mkdir(scratch, 0o755) == 0 else { throw .system(scratch) }
    try GitError.onDisk(Files.write(Array("\(commit.hex)\n".utf8), to: scratch + "/HEAD"))
    try GitError.onDisk(Files.write(Array("../..\n".utf8), to: scratch + "/commondir"))
    try GitError.onDisk(Files.write(Array("\(place)/.git\n".utf8), to: scratch + "/gitdir"))
    let text = reason.isEmpty ? "git-uet" : reason
    try GitError.onDisk(
      Files.write(
        Array((text.hasSuffix("\n") ? text : text + "\n").utf8), to: scratch + "/locked"))
    let directory = try moveIntoPlace(scratch, named: Self.administrativeName(for: place))
    do throws(GitError) {
      try GitError.onDisk(Files.write(Array("gitdir: \(directory)\n".utf8), to: place + "/.git"))
    } catch {
      Folder.remove(directory)
      throw error
    }
    return WorktreeHandle(path: place, gitDirectory: directory)
  }

  /// Makes the directory with those above it; its path without links.
  private func emptyDirectory(_ path: String) throws(GitError) -> String {
    if mkdir(path, 0o777) != 0 {
      switch errno {
      case ENOENT:
        try GitError.onDisk(Files.makeDirectory(above: path, mode: 0o777))
        guard mkdir(path, 0o777) == 0 else { throw .system(path) }
      case EEXIST:
        guard Files.isDirectory(path), Files.names(in: path).isEmpty else {
          throw .gitFailed(
            command: "git worktree add", status: 128, detail: "'\(path)' already exists")
        }
      default: throw .system(path)
      }
    }
    return Files.real(path) ?? path
  }

  private func moveIntoPlace(_ scratch: String, named name: String) throws(GitError) -> String {
    let root = commonDirectory + "/worktrees/"
    for number in 0..<1_000_000 {
      let target = root + name + (number == 0 ? "" : String(number))
      if Files.exists(target) { continue }
      if uet_rename_exclusive(scratch, target) == 0 { return target }
      if errno == EINVAL || errno == ENOSYS {
        // The file system cannot do that in one step: the empty directory is the claim.
        if mkdir(target, 0o755) == 0, rename(scratch, target) == 0 { return target }
      }
      if errno == ENOENT {
        // Git removes the folder with the last worktree.
        mkdir(commonDirectory + "/worktrees", 0o755)
        if rename(scratch, target) == 0 { return target }
      }
      guard errno == EEXIST || errno == ENOTEMPTY else { throw .system(target) }
    }
    throw .system(root + name)
  }

  /// The last part of a path as git makes a name of it: such that it could stand in a reference's.
  private static func administrativeName(for path: String) -> String {
    let part = path.split(separator: "/").last.map(String.init) ?? "worktree"
    var name: [UInt8] = []
    for byte in part.utf8 {
      let isPlain =
        byte >= 0x80 || (48...57).contains(byte) || (65...90).contains(byte)
        || (97...122).contains(byte) || byte == UInt8(ascii: "_")
      let isDot = byte == UInt8(ascii: ".") && !name.isEmpty && name.last != byte
      name.append(isPlain || isDot ? byte : UInt8(ascii: "-"))
    }
    if name.last == UInt8(ascii: ".") { name[name.count - 1] = UInt8(ascii: "-") }
    let text = String(decoding: name, as: UTF8.self)
    return text.hasSuffix(".lock") ? text.dropLast(5) + "-lock" : text
  }

  /// Removes a worktree's directory, then its registration, which goes as a whole.
  func unregisterWorktree(_ handle: WorktreeHandle) throws(GitError) {
    Folder.remove(handle.path)
    guard !Files.exists(handle.path) else {
      throw .gitFailed(
        command: "git worktree remove", status: 1, detail: "cannot remove '\(handle.path)'")
    }
    let scratch = commonDirectory + "/uet/worktree-\(UInt64.random(in: 0 ... .max))"
    mkdir(commonDirectory + "/uet", 0o755)
    if rename(handle.gitDirectory, scratch) == 0 {
      Folder.remove(scratch)
    } else {
      Folder.remove(handle.gitDirectory)
    }
    rmdir(commonDirectory + "/worktrees")
  }
}

extension Repository {
  /// The linked worktree that is registered for `path`; nil where there is none.
  package func worktree(at path: String) -> WorktreeHandle? {
    let wanted = Files.real(path) ?? Files.trimmed(path)
    let root = commonDirectory + "/worktrees"
    // Nearly always it has its own name.
    let likely = wanted.split(separator: "/").last.map(String.init) ?? ""
    if let line = Files.text(root + "/" + likely + "/gitdir"), line == wanted + "/.git" {
      return WorktreeHandle(path: wanted, gitDirectory: root + "/" + likely)
    }
    for name in Files.names(in: root) {
      guard let line = Files.text(root + "/" + name + "/gitdir") else { continue }
      let file = Files.resolved(line, against: root + "/" + name)
      guard file.hasSuffix("/.git") else { continue }
      let place = String(file.dropLast(5))
      if place == wanted || Files.real(place) == wanted {
        return WorktreeHandle(path: place, gitDirectory: root + "/" + name)
      }
    }
    return nil
  }

  /// The commit that the worktree's HEAD names; nil where it names none.
  package func head(of worktree: WorktreeHandle) throws(GitError) -> ObjectID? {
    guard let line = Files.line(worktree.gitDirectory + "/HEAD") else { return nil }
    if let id = ObjectID(line) { return id }
    guard line.hasPrefix("ref: ") else { return nil }
    return try reference(String(line.dropFirst(5)))
  }
}
