import UETGit
import UETModel
import UETSystem

/// What git keeps of commits that were made in a worktree: what leads to them from there, and their
/// objects.
struct WorktreeTraces {
  private let project: Project
  private let worktree: WorktreeHandle?
  private let base: ObjectID?
  /// Commits that were made there.
  var tips: Set<ObjectID>

  /// Files with what is, or was to be, the message of a commit.
  static let messages = ["COMMIT_EDITMSG", "MERGE_MSG", "SQUASH_MSG"]

  /// More were made by a program in a loop.
  private static let most = 100
  private let folder = "\(RunNames.passing)/\(String(UInt64.random(in: 0 ... .max), radix: 36))/"

  init(_ project: Project, _ worktree: WorktreeHandle?, since base: ObjectID?) {
    (self.project, self.worktree, self.base) = (project, worktree, base)
    var tips: Set<ObjectID> = []
    if let worktree {
      let log = Files.content(of: worktree.gitDirectory + "/logs/HEAD") ?? []
      let lines = String(decoding: log, as: UTF8.self).split(separator: "\n")
      // What is older is of others, who had the worktree before.
      let own = lines.firstIndex { line in base.map { line.contains($0.hex) } ?? false } ?? 0
      for line in lines[own...].suffix(Self.most) {
        let ids = line.split(separator: " ").prefix(2).compactMap { ObjectID(String($0)) }
        tips.formUnion(ids.filter(project.repository.contains))
      }
      if let head = try? project.repository.head(of: worktree) { tips.insert(head) }
    }
    if let base { tips.remove(base) }
    self.tips = tips
  }

  /// Writes all of the commits that `base` has not to a bundle; to no file where there are none.
  func bundle(into path: String) async throws {
    let gitDirectory = worktree?.gitDirectory ?? project.repository.commonDirectory
    var names: [String] = []
    defer { removeNames(names, gitDirectory) }
    let own = tips.sorted().filter { tip in
      base.map { (try? project.repository.isAncestor(tip, of: $0)) == false } ?? true
    }
    if own.isEmpty { return }
    for (number, tip) in own.enumerated() {
      let name = "\(folder)\(number + 1)"
      try await project.git.check(["update-ref", name, tip.hex]) {
        $0.gitDirectory = gitDirectory
      }
      names.append(name)
    }
    try await project.git.check(
      ["bundle", "create", "--quiet", path] + names
        + (base.map { ["--not", $0.hex] } ?? []) + ["--"]
    ) { $0.gitDirectory = gitDirectory }
    try Files.setMode(path, 0o600)
    Files.sync(from: path, upTo: project.repository.commonDirectory)
  }

  private func removeNames(_ names: [String], _ gitDirectory: String) {
    for name in names { try? Files.remove("\(gitDirectory)/\(name)") }
    Files.removeEmpty("\(gitDirectory)/\(folder)")
    Files.removeEmpty("\(gitDirectory)/\(RunNames.passing)")
  }

  /// Takes away what leads to the commits in the worktree's administrative folder, and writes down
  /// which objects hold secrets.
  func remove(
    _ faults: [SecretFault], isNamedBadly: ([UInt8]) -> Bool, noting path: String
  ) throws {
    var found = TaintedObjects(project.repository, faults)
    for tip in tips.sorted() { try found.add(tip, since: base, isNamedBadly) }
    try Files.write(found.ids.sorted().map { "\($0.hex)\n" }.joined().utf8, to: path, mode: 0o600)
    guard let worktree else { return }
    for name in ["logs/HEAD", "ORIG_HEAD", "AUTO_MERGE"] + Self.messages {
      try? Files.remove("\(worktree.gitDirectory)/\(name)")
    }
  }
}
