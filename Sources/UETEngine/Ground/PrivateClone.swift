import UETGit
import UETModel
import UETSystem

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// A repository that a worker has for itself, in the place of the project's: it takes its objects
/// from there and gives none back; what was committed in it is fetched.
struct PrivateClone: Sendable {
  let worktree: WorktreeHandle
  let path: String
  /// The file that stands in the worktree for its link to the project's repository.
  let link: String
  private let repository: Repository

  init(of worktree: WorktreeHandle, in room: EnclosedRoom, _ repository: Repository) {
    (self.worktree, self.repository) = (worktree, repository)
    path = "\(room.folder)/clone.git"
    link = "\(room.folder)/clone.link"
  }

  /// Makes it anew, on `base`.
  func make(at base: ObjectID) throws {
    Folder.remove(path)
    for folder in ["objects/info", "objects/pack", "refs/heads", "info"] {
      try Files.makeDirectory("\(path)/\(folder)")
    }
    try writeOwn()
    try write("HEAD", "\(base.hex)\n")
    try write("packed-refs", try branches())
    if let rules = Files.content(of: "\(repository.commonDirectory)/info/exclude") {
      try Files.write(rules, to: "\(path)/info/exclude")
    }
    if let index = Files.content(of: "\(worktree.gitDirectory)/index") {
      try Files.write(index, to: "\(path)/index")
    }
    try Files.write("gitdir: \(path)\n".utf8, to: link)
  }

  /// What git goes by that is called from outside.
  private func writeOwn() throws {
    try write(
      "config", "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n")
    try write("objects/info/alternates", "\(repository.commonDirectory)/objects\n")
  }

  private func write(_ name: String, _ text: String) throws {
    try Files.write(text.utf8, to: "\(path)/\(name)")
  }

  /// Branches as those of a remote.
  private func branches() throws -> String {
    let lines = try repository.references(under: "refs/heads/")
      .filter { !$0.name.hasPrefix("refs/heads/uet/") }
      .map { "\($0.id.hex) refs/remotes/origin/\($0.name.dropFirst("refs/heads/".count))\n" }
    return "# pack-refs with: sorted\n"
      + lines.sorted { $0.dropFirst(41) < $1.dropFirst(41) }.joined()
  }

  /// Fetches what its HEAD has come to, and moves the worktree's along. The content of files is
  /// taken from the worktree in any case.
  ///
  /// Throws where git refuses what is there.
  func fetch(_ git: SealedGit) async throws {
    guard Files.isDirectory(path) else { return }
    // What is written from outside must not go through a link.
    for name in ["objects", "objects/info"] where !Files.isDirectory("\(path)/\(name)") {
      throw SystemFailure("write", "\(path)/\(name)", code: ENOTDIR)
    }
    // Whatever was written there does not count: neither settings nor where objects come from.
    for name in ["hooks", "config.worktree", "commondir", "objects/info/http-alternates"] {
      try? Files.removeAll("\(path)/\(name)")
    }
    for name in ["config", "objects/info/alternates"] { try? Files.removeAll("\(path)/\(name)") }
    try writeOwn()
    let shown = try await git.check(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]) {
      ($0.gitDirectory, $0.standsAlone) = (path, true)
    }
    let text = String(decoding: shown.stdout, as: UTF8.self)
    guard
      let head = ObjectID(text.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? "")
    else { return }
    if !repository.contains(head) {
      try await git.check([
        "-c", "transfer.fsckObjects=true", "-c", "protocol.file.allow=always", "-c", "gc.auto=0",
        "-c", "maintenance.auto=false", "fetch", "--quiet", "--no-tags", "--no-write-fetch-head",
        "--no-recurse-submodules", path, "HEAD",
      ]) { $0.gitDirectory = repository.commonDirectory }
    }
    try Files.write("\(head.hex)\n".utf8, to: "\(worktree.gitDirectory)/HEAD")
  }
}
