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

  /// More were made by a program in a loop.
  private static let most = 200
  private static let folder = "refs/worktree/uet-kept/"

  init(_ project: Project, _ worktree: WorktreeHandle?, since base: ObjectID?) {
    (self.project, self.worktree, self.base) = (project, worktree, base)
    var tips: Set<ObjectID> = []
    if let worktree {
      let log = Files.content(of: worktree.gitDirectory + "/logs/HEAD") ?? []
      for line in String(decoding: log, as: UTF8.self).split(separator: "\n").suffix(Self.most) {
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
      let name = "\(Self.folder)\(number + 1)"
      try await project.git.check(["update-ref", name, tip.hex]) {
        $0.gitDirectory = gitDirectory
      }
      names.append(name)
    }
    try await project.git.check(
      ["bundle", "create", "--quiet", path] + names
        + (base.map { ["--not", $0.hex] } ?? [])
    ) { $0.gitDirectory = gitDirectory }
    try Files.setMode(path, 0o600)
  }

  private func removeNames(_ names: [String], _ gitDirectory: String) {
    for name in names { try? Files.remove("\(gitDirectory)/\(name)") }
    Files.removeEmpty("\(gitDirectory)/\(Self.folder)")
  }

  /// Takes away what leads to the commits in the worktree's administrative folder, then those
  /// objects with secrets that nothing leads to any more: somebody else may have the same.
  func remove(_ faults: [SecretFault], isNamedBadly: ([UInt8]) -> Bool) async {
    if let worktree {
      for name in ["logs/HEAD", "ORIG_HEAD", "COMMIT_EDITMSG", "MERGE_MSG", "AUTO_MERGE"] {
        try? Files.remove("\(worktree.gitDirectory)/\(name)")
      }
    }
    var found = TaintedObjects(project.repository, faults)
    for tip in tips { try? found.add(tip, since: base, isNamedBadly) }
    guard
      let listed = try? await project.git.check([
        "rev-list", "--all", "--reflog", "--indexed-objects", "--objects", "--no-object-names",
      ])
    else { return }
    for line in listed.text.split(separator: "\n") {
      if let id = ObjectID(String(line)) { found.ids.remove(id) }
    }
    project.repository.removeLoose(found.ids)
  }
}
