import UETGit
import UETModel
import UETScheduling
import UETSystem

extension AttemptRunner {
  /// A fresh checkout of the base, or an empty directory, with what the tool needs beside it.
  func preparePlace(at base: ObjectID) async throws {
    try Files.makeDirectory(context.logs.folder)
    // Nobody reads it before the tool starts.
    let prompt = context.facts.prompt(
      for: workstream, attempt, on: order.inputs, after: previous)
    try Files.write(prompt.text.utf8, to: context.logs.prompt(order.name))
    switch place {
    case .own: try await worktree(keeping: []).prepare(order.name, at: base)
    case .slot:
      try await worktree(keeping: context.configuration.run.caches).prepare(order.name, at: base)
    case .scratch(let path):
      Folder.remove(path)
      try Files.makeDirectory(path)
      return
    }
    try LocalFiles(context.project).copy(into: path)
    try await shareCaches()
    try await context.git.fillSubmodules(at: path)
  }

  /// Lets the place go when all that was done there is in `commit`.
  func leavePlace(at commit: ObjectID, succeeded: Bool) async {
    switch place {
    case .own(let path):
      await worktree(keeping: []).release(order.name, at: commit, isTouched: hasGates)
      await WorktreeUpkeep(context.facts, context.room).attemptEnded(
        at: path, commit: commit, succeeded: succeeded)
    case .slot:
      await worktree(keeping: []).release(order.name, at: commit, isTouched: hasGates)
    case .scratch(let path): Folder.remove(path)
    }
  }

  private func worktree(keeping: [String]) -> ReusableWorktree {
    ReusableWorktree(
      context: context.facts, path: path, keeping: keeping,
      sparse: SparseChoice(workstream, context.configuration)?.paths)
  }

  private var hasGates: Bool { !Gate.ofAttempt(workstream, context.configuration).isEmpty }

  /// The caches of the main work tree, which a worktree gets a clone of where nothing ties them to
  /// it.
  private func shareCaches() async throws {
    guard let source = context.repository.workTree else { return }
    for name in context.configuration.run.caches {
      guard let cache = LocalFile(name), cache.isReached(in: path) else { continue }
      // What a slot kept of its own was made in it.
      guard Files.kind("\(path)/\(cache.path)") == nil,
        Files.kind("\(source)/\(cache.path)") == .directory
      else { continue }
      if let tie = await context.caches.tie(of: cache) {
        context.notes.once(
          tie.reason(name) + "; worktrees start without it (see: git uet doctor)")
        continue
      }
      let copy = CacheCopy(
        source: "\(source)/\(cache.path)", target: "\(path)/\(cache.path)",
        fallback: context.configuration.run.cacheFallback)
      if try copy.make() == .impossible {
        context.notes.once(
          "the file system cannot clone '\(name)', so worktrees start without it; set "
            + "'run.cache_fallback' to 'copy' or 'link' to change that")
      }
    }
  }
}
