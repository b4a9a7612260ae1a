import UETGit
import UETModel
import UETScheduling
import UETSystem

/// The worktree at one path: made, re-used by switching, let go, so that nothing that anybody did
/// in it is lost and nothing of it reaches the next.
struct ReusableWorktree: Sendable {
  let context: RunFacts
  let path: String
  /// Where what runs in it sees it.
  let seenPath: String
  /// What of the ignored files survives a switch.
  let keeping: [String]
  /// The directories that are filled; nil for all.
  let sparse: [String]?

  /// Makes the worktree a fresh checkout of `base` for an attempt, whatever stands there.
  ///
  /// Gives it, with the tree on which what stays in it was built, if anything does. Throws where
  /// work stands there that cannot be kept, or that belongs to another repository.
  func prepare(
    _ name: AttemptName, at base: ObjectID
  ) async throws -> (worktree: WorktreeHandle, built: ObjectID?) {
    var place: (worktree: WorktreeHandle, built: ObjectID?)
    if let known = context.repository.worktree(at: path) {
      place = try await emptied(known, towards: base)
    } else {
      place = (try await added(at: base), nil)
    }
    try noteBase(base, in: place.worktree)
    try WorktreeMark.busy(context.run, name, base: base).write(to: place.worktree)
    return place
  }

  /// Notes that all that `name` did is in `commit`. `isTouched` says that others, such as gates,
  /// wrote there afterwards.
  func release(_ name: AttemptName, at commit: ObjectID, isTouched: Bool) async {
    guard let worktree = context.repository.worktree(at: path),
      case .busy(context.run, name, _)? = WorktreeMark(of: worktree)
    else { return }
    let inner = context.innerRepositories(in: worktree)
    if isTouched { inner.noteWhatGatesMade() }
    // A repository that could not be kept holds the worktree.
    guard !inner.isHeld else { return }
    do {
      let tree =
        isTouched
        ? try await context.git.stageAll(worktree, base: commit, excluding: context.local)
        : try context.repository.treeID(of: commit)
      try WorktreeMark.free(commit: commit, tree: tree).write(to: worktree)
    } catch {
      // It stays busy: whoever comes next keeps what is there.
    }
  }

  /// What is there is kept and gives way. Where it cannot be kept the worktree is retired with all
  /// that is in it: what broke it was done by somebody else, and must not fail whoever comes next.
  private func emptied(
    _ known: WorktreeHandle, towards base: ObjectID
  ) async throws -> (WorktreeHandle, built: ObjectID?) {
    let checkout: KnownCheckout?
    do {
      checkout = try self.checkout(in: known, towards: base)
      if checkout == nil { try await keepWhatIsThere(in: known) }
    } catch let error as GitError {
      if case .diskFull = error { throw error }
      return (try await retired(known, "\(error)", at: base), nil)
    } catch let failure as Unkept {
      return (try await retired(known, failure.reason, at: base), nil)
    }
    return try await reused(known, at: base, from: checkout)
  }

  private func retired(
    _ worktree: WorktreeHandle, _ reason: String, at base: ObjectID
  ) async throws -> WorktreeHandle {
    let aside = "\(path).broken-\(context.project.clock.now().microseconds)"
    do throws(GitError) { try context.git.moveWorktree(worktree, to: aside) } catch {
      throw AttemptFailure(
        .resourceLimit, "'\(path)' holds work that cannot be kept: \(reason)", isTransient: true)
    }
    context.project.warn(
      "the worktree '\(path)' is broken: \(reason); it was moved to '\(aside)' with all that is "
        + "in it, and a new one takes its place")
    return try await added(at: base)
  }

  private func added(at base: ObjectID) async throws -> WorktreeHandle {
    if sparse == nil { try context.room.require(at: path) }
    if Files.kind(path) != nil { try setAside() }
    let worktree = try await context.git.addWorktree(
      at: path, commit: base, reason: "git-uet run \(context.run)", sparse: sparse)
    return worktree
  }

  /// Gives way to a folder that git knows nothing of: nobody can tell what is in it.
  private func setAside() throws {
    let file = Files.content(of: path + "/.git")
    if let line = file.map({ String(decoding: $0, as: UTF8.self) }), line.hasPrefix("gitdir: "),
      !line.hasPrefix("gitdir: \(context.repository.commonDirectory)/"),
      let directory = line.dropFirst(8).split(whereSeparator: \.isNewline).first,
      Files.kind(String(directory)) == .directory
    {
      throw AttemptFailure(
        .resourceLimit,
        "'\(path)' is a worktree of another repository; set 'run.worktrees' to a folder of its own")
    }
    let aside = "\(path).aside-\(context.project.clock.now().microseconds)"
    try Files.move(path, to: aside)
    context.project.warn("moved what stood at '\(path)' to '\(aside)'")
  }
}

extension ReusableWorktree {
  /// What stands there where it is what the last attempt left and nothing else, as nearly always.
  private func checkout(
    in worktree: WorktreeHandle, towards base: ObjectID
  ) throws -> KnownCheckout? {
    guard case .free(_, let tree)? = WorktreeMark(of: worktree), distrust(worktree) == nil else {
      return nil
    }
    let ignored = keeping + context.local
    return try context.git.recentCheckout(
      of: worktree, tree: tree, ignoring: ignored, towards: base)
      ?? context.git.knownCheckout(of: worktree, tree: tree, ignoring: ignored)
  }

  /// Keeps what the record of the worktree does not know to be kept: the work of an attempt whose
  /// orchestrator died, and what somebody else did there.
  private func keepWhatIsThere(in worktree: WorktreeHandle) async throws {
    guard Files.kind(path) == .directory else { return }
    let salvage = Salvage(context)
    switch WorktreeMark(of: worktree) {
    case .filling: return
    case .busy(let run, let name, let base):
      if case .failed(let reason) = await salvage.keep(worktree, of: name, in: run, base: base) {
        throw Unkept(reason: reason)
      }
    case .free(let commit, let tree):
      let found = try await context.git.stageAll(
        worktree, base: commit, excluding: context.local)
      if found != tree { try await keepForeign(found, on: commit, in: worktree, salvage) }
    case nil:
      guard let head = try context.repository.head(of: worktree) else { return }
      let found = try await context.git.stageAll(worktree, base: head, excluding: context.local)
      if try found != context.repository.treeID(of: head) {
        try await keepForeign(found, on: head, in: worktree, salvage)
      }
    }
  }

  private func keepForeign(
    _ tree: ObjectID, on commit: ObjectID, in worktree: WorktreeHandle, _ salvage: Salvage
  ) async throws {
    let reference = try await salvage.keepForeign(tree: tree, on: commit, in: worktree)
    context.project.warn("somebody changed '\(path)'; the changes are kept as '\(reference)'")
  }

  private struct Unkept: Error { let reason: String }

  /// Switches the worktree where it can be trusted, else makes it anew.
  private func reused(
    _ worktree: WorktreeHandle, at base: ObjectID, from checkout: KnownCheckout?
  ) async throws -> (WorktreeHandle, built: ObjectID?) {
    var reason = checkout == nil ? distrust(worktree) : nil
    if reason == nil {
      do {
        let tree = try builtTree(in: worktree)
        try WorktreeMark.filling.write(to: worktree)
        let step = try await goOn(worktree, from: tree, to: base)
        if step == .warm { return (worktree, tree) }
        try await context.git.switchWorktree(
          worktree, to: base, keeping: keeping, sparse: sparse,
          from: step == .cold ? nil : checkout)
        return (worktree, nil)
      } catch GitError.diskFull(let path, let detail) {
        throw GitError.diskFull(path: path, detail: detail)
      } catch {
        reason = "\(error)"
      }
    }
    if let reason, Files.kind(path) != nil {
      context.project.warn("made the worktree '\(path)' anew: \(reason)")
    }
    try await context.git.removeWorktree(at: worktree.path, force: true)
    return (try await added(at: base), nil)
  }

  /// Why what stands there cannot be made into something else file by file; nil where it can.
  private func distrust(_ worktree: WorktreeHandle) -> String? {
    if Files.kind(path) != .directory { return "its folder is gone" }
    if Files.kind(worktree.gitDirectory + "/modules") != nil {
      return "a submodule was filled in it"
    }
    let file = Files.content(of: path + "/.git")
    let expected = "gitdir: \(worktree.gitDirectory)\n"
    if file.map({ String(decoding: $0, as: UTF8.self) }) != expected {
      return "its '.git' file was changed"
    }
    return nil
  }
}
