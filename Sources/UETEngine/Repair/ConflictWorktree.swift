import UETGit
import UETModel
import UETSystem

/// A worktree in the middle of a merge that conflicts.
struct ConflictWorktree: Sendable {
  let context: RunFacts
  let path: String

  /// As it was before anybody worked on it: the paths that are not merged, and the tree of all
  /// files.
  struct Opened: Sendable {
    let unmerged: [String]
    let tree: ObjectID
  }

  private var handle: WorktreeHandle? {
    guard Files.kind(path) == .directory else { return nil }
    return context.repository.worktree(at: path)
  }

  private func required() throws(GitError) -> WorktreeHandle {
    guard let handle else { throw .notAWorktree(path: path) }
    return handle
  }

  func open(
    onto: ObjectID, tip: ObjectID, base: ObjectID?, for id: WorkstreamID
  ) async throws -> Opened {
    try await context.git.judge(tip)
    let handle = try await context.git.addWorktree(
      at: path, commit: onto, reason: "git-uet: the resolver works on a conflict of '\(id)'")
    let paths = try await context.git.beginMerge(of: tip, onto: onto, base: base, in: handle)
    return Opened(unmerged: paths, tree: try await tree(onto: onto))
  }

  /// The tree of all that stands there and is not ignored.
  func tree(onto: ObjectID) async throws(GitError) -> ObjectID {
    try await context.git.stageAll(required(), base: onto, excluding: context.local)
  }

  /// Paths in conflict that nobody decided: neither changed nor added.
  func untouched(since opened: Opened, _ tree: ObjectID) async throws(GitError) -> [String] {
    var result: [String] = []
    for path in try await context.git.unmerged(in: required()) where opened.unmerged.contains(path)
    {
      let before = try context.repository.entry(at: path, in: opened.tree)
      if try context.repository.entry(at: path, in: tree) == before { result.append(path) }
    }
    return result
  }

  /// Points `reference` at what stands there, where it is more than the conflict itself.
  func keep(
    _ id: WorkstreamID, as reference: String, since opened: Opened?
  ) async throws -> ObjectID? {
    guard let handle, let head = try context.repository.head(of: handle) else { return nil }
    let identity = context.project.identity()
    return try await context.project.kept.keep(
      as: reference, since: head, message: "git-uet: keep what was done on a conflict"
    ) { _ in
      let work = try await context.git.commitAll(
        handle, base: head,
        message: "work on a conflict of '\(id)', kept\n\nUET-Run: \(context.run)\n",
        author: identity, committer: identity, excluding: context.local, keepsRefused: true)
      guard let tip = work?.tip ?? (opened == nil ? nil : head) else { return nil }
      if let opened, try context.repository.treeID(of: tip) == opened.tree { return nil }
      let apart = KeptApart(context.project, run: context.run, label: "\(id).resolver")
      return try await apart.cleaned(tip, since: head, in: handle).commit
    }
  }

  func remove() async throws(GitError) {
    guard context.repository.worktree(at: path) != nil else { return }
    try await context.git.removeWorktree(at: path, force: true)
  }
}
