import UETModel
import UETSystem

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A git directory for one look at a repository that somebody else made: with its objects, its
/// index and its ignore rules, and with none of its configuration, which could name programs.
final class InnerView: Sendable {
  let inner: InnerRepository
  let hasRemote: Bool
  private let scratch: ScratchDirectory
  private let head: ObjectID?
  private let isDetached: Bool
  /// Names of references and the commits that they lead to.
  private let references: [(name: String, commit: ObjectID)]
  private let userExcludes: String?

  var path: String { scratch.path }

  init(_ inner: InnerRepository, _ git: SealedGit) async throws(GitError) {
    self.inner = inner
    let common = InnerRepository.commonDirectory(of: inner.gitDirectory)
    // Neither can stand in the file that leads to the objects.
    guard !common.contains("\n"), !common.contains("\"") else {
      throw .invalidWorktreePath(inner.path)
    }
    let references = try await Self.references(of: common, git)
    let line = Files.line(inner.gitDirectory + "/HEAD") ?? ""
    let branch = line.hasPrefix("ref: ") ? String(line.dropFirst(5)) : nil
    isDetached = branch == nil
    head = branch.map { name in references.first { $0.name == name }?.commit } ?? ObjectID(line)
    self.references = references
    let settings = Files.content(of: common + "/config").map { String(decoding: $0, as: UTF8.self) }
    hasRemote =
      references.contains { $0.name.hasPrefix("refs/remotes/") }
      || settings?.contains("[remote ") == true
    userExcludes = git.repository.config("core.excludesFile")
    scratch = try ScratchDirectory()
    let files: [(String, [UInt8])] = [
      ("HEAD", Array("ref: refs/heads/kept\n".utf8)),
      ("config", Array("[core]\n\trepositoryformatversion = 0\n".utf8)),
      ("refs/heads/.keep", []),
      ("objects/info/alternates", Array("\(common)/objects\n".utf8)),
      (
        "info/exclude",
        await git.excludeFiles(of: inner.gitDirectory).flatMap {
          (Files.content(of: $0) ?? []) + [10]
        }
      ),
    ]
    for (name, content) in files { try scratch.write(content, to: name) }
    try? Files.remove(scratch.path + "/refs/heads/.keep")
    if Files.isFile(common + "/shallow") {
      try GitError.onDisk(Files.copy(common + "/shallow", to: scratch.path + "/shallow"))
    }
    if Files.isFile(inner.gitDirectory + "/index") {
      try GitError.onDisk(Files.copy(inner.gitDirectory + "/index", to: scratch.path + "/index"))
    }
  }

  private static func references(
    of directory: String, _ git: SealedGit
  ) async throws(GitError) -> [(name: String, commit: ObjectID)] {
    let format = "%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)"
    let listed = try await git.check(["for-each-ref", "--format=" + format]) {
      $0.gitDirectory = directory
      $0.environment["GIT_COMMON_DIR"] = directory
      $0.environment["GIT_NO_LAZY_FETCH"] = "1"
    }
    return listed.text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: "\0", omittingEmptySubsequences: false).map(String.init)
      guard fields.count == 5 else { return nil }
      let id = fields[1] == "commit" ? fields[2] : fields[3] == "commit" ? fields[4] : ""
      return ObjectID(id).map { (fields[0], $0) }
    }
  }

  /// git with these arguments on the view.
  @discardableResult
  func run(
    _ arguments: [String], _ git: SealedGit, input: [UInt8] = []
  ) async throws(GitError) -> SealedGit.Output {
    let excludes = userExcludes.map { ["-c", "core.excludesFile=" + $0] } ?? []
    let (directory, workTree) = (path, inner.workTree)
    return try await git.check(excludes + arguments) {
      $0.gitDirectory = directory
      $0.workTree = workTree
      $0.input = input
      $0.environment = [
        "GIT_COMMON_DIR": directory, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_ATTR_NOSYSTEM": "1", "GIT_NO_LAZY_FETCH": "1", "GIT_AUTHOR_NAME": "git-uet",
        "GIT_AUTHOR_EMAIL": "git-uet@localhost", "GIT_COMMITTER_NAME": "git-uet",
        "GIT_COMMITTER_EMAIL": "git-uet@localhost",
      ]
    }
  }
}

extension InnerView {
  /// The commits that no remote has, each once, HEAD first: of what was cloned only what was made
  /// since.
  func ownTips(_ git: SealedGit) async throws(GitError) -> [ObjectID] {
    let local = references.filter { !$0.name.hasPrefix("refs/remotes/") }
    guard hasRemote else { return unique([head].compactMap { $0 } + local.map(\.commit)) }
    // Somebody else's, as a whole.
    if inner.workTree == nil, case .own = inner.kind { return [] }
    let remotes = references.filter { $0.name.hasPrefix("refs/remotes/") }.map(\.commit)
    let tags = local.filter { $0.name.hasPrefix("refs/tags/") }.map(\.commit)
    var tips = local.filter { !$0.name.hasPrefix("refs/tags/") }.map(\.commit)
    var own: [ObjectID] = []
    if let head, isDetached {
      if try await isNew(head, beside: remotes + tags, git) { own.append(head) }
      tips.removeAll { $0 == head }
    }
    for tip in unique(tips) where try await isNew(tip, beside: remotes, git) { own.append(tip) }
    return own
  }

  private func unique(_ ids: [ObjectID]) -> [ObjectID] {
    var seen: Set<ObjectID> = []
    return ids.filter { seen.insert($0).inserted }
  }

  private func isNew(
    _ tip: ObjectID, beside others: [ObjectID], _ git: SealedGit
  ) async throws(GitError) -> Bool {
    let lines = [tip.hex] + others.map { "^" + $0.hex }
    let found = try await run(
      ["rev-list", "--max-count=1", "--stdin"], git,
      input: lines.flatMap { Array("\($0)\n".utf8) })
    return !found.stdout.isEmpty
  }

  /// Whether files were changed, made or staged since its last commit; false for a bare one.
  func isChanged(_ git: SealedGit) async throws(GitError) -> Bool {
    guard inner.workTree != nil else { return false }
    // A folder with nothing in it but `git init` is no work.
    if head == nil, !Files.isFile(path + "/index") { return false }
    let listed = try await run(
      ["ls-files", "-z", "-m", "-d", "-o", "--exclude-standard", "--directory"], git)
    if !listed.stdout.isEmpty { return true }
    guard let head else { return true }
    return try await !run(["diff-index", "--cached", "--name-only", head.hex], git).stdout.isEmpty
  }

  /// Its files as they stand there, as a tree of the view.
  func tree(_ git: SealedGit) async throws(GitError) -> ObjectID {
    try await run(["add", "--all"], git)
    let written = try await run(["write-tree"], git)
    guard let tree = ObjectID(written.text.prefix(40)) else {
      throw .unexpectedOutput(command: "git write-tree")
    }
    return tree
  }

  /// One commit on top of all that is only there; the commit itself where there is but one.
  func commit(_ work: InnerWork, _ git: SealedGit) async throws(GitError) -> ObjectID {
    if work.tree == nil, work.tips.count == 1 { return work.tips[0] }
    var parents = work.tips
    if let head, !parents.contains(head) { parents.insert(head, at: 0) }
    var tree = work.tree?.hex ?? ""
    if work.tree == nil {
      tree = try await run(["rev-parse", "--verify", parents[0].hex + "^{tree}"], git).text
    }
    let names = references.filter { parents.contains($0.commit) }
      .map { "\($0.commit.hex) \($0.name)" }
    let message =
      "files of the repository '\(inner.path)', kept\n\n"
      + names.joined(separator: "\n") + "\n"
    let made = try await run(
      ["commit-tree", String(tree.prefix(40))] + parents.flatMap { ["-p", $0.hex] }, git,
      input: Array(message.utf8))
    guard let commit = ObjectID(made.text.prefix(40)) else {
      throw .unexpectedOutput(command: "git commit-tree")
    }
    return commit
  }
}
