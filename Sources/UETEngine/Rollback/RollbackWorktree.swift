import UETGit
import UETModel
import UETSystem

/// The one worktree of a rollback: actions run in it, and a person mends in it what failed.
struct RollbackWorktree: Sendable {
  private let context: RunFacts

  init(_ context: RunFacts) { self.context = context }

  var path: String { "\(context.project.worktreeRoot)/\(context.run)/rollback" }

  /// What stands at the path as a worktree; nil where there is none, or its files are gone.
  var handle: WorktreeHandle? {
    guard Files.kind(path) == .directory else { return nil }
    return context.repository.worktree(at: path)
  }

  /// A clean checkout of `commit`. What was changed there before is kept first.
  func checkout(_ commit: ObjectID, keepingAs number: Int) async throws -> WorktreeHandle {
    if let handle {
      try await keep(handle, number)
      if Files.kind(handle.gitDirectory + "/REVERT_HEAD") == nil {
        try await context.git.reset(handle, to: commit)
        return handle
      }
    }
    if context.repository.worktree(at: path) != nil {
      try await context.git.removeWorktree(at: path, force: true)
    }
    return try await context.git.addWorktree(
      at: path, commit: commit, reason: "git-uet rollback of \(context.run)")
  }

  /// Puts the conflict that reversing `undone` gives into the worktree, as `git revert` would.
  func showConflict(_ undone: Commit, onto: ObjectID, keepingAs number: Int) async throws {
    let handle = try await checkout(onto, keepingAs: number)
    let mainline = undone.parents.count > 1 ? ["-m", "1"] : []
    _ = try await context.git.run(["revert", "--no-commit"] + mainline + [undone.id.hex]) {
      handle.place(&$0)
      $0.mergesByRule(in: context.repository)
    }
  }

  /// The paths that are not merged yet.
  func unresolved(_ handle: WorktreeHandle) async throws -> [String] {
    let listed = try await context.git.check(["ls-files", "-u", "-z"], handle.place)
    let paths = listed.stdout.split(separator: 0).compactMap { entry in
      entry.split(separator: UInt8(ascii: "\t"), maxSplits: 1).last.map {
        String(decoding: $0, as: UTF8.self)
      }
    }
    return Set(paths).sorted()
  }

  /// All that stands in the worktree as a commit on top of `base`; `base` where nothing was
  /// changed.
  func commit(
    _ handle: WorktreeHandle, base: ObjectID, message: String, signs: Bool = true
  ) async throws -> ObjectID {
    let identity = context.project.identity()
    let work = try await context.git.commitAll(
      handle, base: base, message: message, author: identity, committer: identity,
      excluding: context.configuration.run.copy, signs: signs)
    return work?.tip ?? base
  }

  /// Takes the worktree away; what was changed there is kept first.
  func remove(keepingAs number: Int) async throws {
    guard context.repository.worktree(at: path) != nil else { return }
    if let handle { try await keep(handle, number) }
    try await context.git.removeWorktree(at: path, force: true)
  }

  private func keep(_ handle: WorktreeHandle, _ number: Int) async throws {
    guard let head = try context.repository.head(of: handle),
      try await context.git.isDirty(handle)
    else { return }
    let message = "work in the rollback of \(context.run), kept\n\nUET-Run: \(context.run)\n"
    _ = try await context.project.kept.keep(
      as: "\(context.names.prefix)/salvage/\(context.run)/rollback/\(number)", since: head,
      message: "git-uet: keep what was in the rollback's worktree"
    ) { _ in
      let made = try await commit(handle, base: head, message: message, signs: false)
      let apart = KeptApart(context.project, run: context.run, label: "rollback.\(number)")
      return try await apart.cleaned(made, since: head, in: handle).commit
    }
  }
}

extension WorktreeHandle {
  /// Tells git to work here.
  fileprivate func place(_ options: inout SealedGit.Options) {
    options.gitDirectory = gitDirectory
    options.workTree = path
  }
}
