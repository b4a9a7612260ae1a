import UETGit
import UETModel
import UETScheduling
import UETSystem

/// Keeps what attempts left that nobody watches any more.
struct Salvage: Sendable {
  private let context: RunFacts
  /// Hears of what is kept while workers may be at work.
  private let guardian: SharedGuard?

  init(_ context: RunFacts, telling guardian: SharedGuard? = nil) {
    self.context = context
    self.guardian = guardian
  }

  /// What came of keeping an attempt's work.
  enum Outcome: Hashable, Sendable {
    /// There is nothing beside its base.
    case nothing
    case kept(name: String, commit: ObjectID)
    /// It stays where it is.
    case failed(String)
  }

  /// How each attempt ended that the record has under way: its processes are ended, its work is
  /// kept.
  func attempts(
    _ names: [AttemptName], _ state: RunState
  ) async -> [AttemptName: AttemptOutcome] {
    var outcomes: [AttemptName: AttemptOutcome] = [:]
    for name in names {
      await endProcesses(of: name)
      var failure = AttemptFailure(
        .orchestratorCrash, "the orchestrator ended while it ran", isTransient: true)
      let record = state[name.workstream]?.lastAttempt
      let place = context.place(of: name.workstream, worker: record?.worker ?? "")
      if let base = record?.base,
        case .kept(let reference, let commit) = await keep(
          name, at: place, base: base)
      {
        (failure.salvage, failure.tip) = (reference, commit)
      }
      if case .scratch(let path) = place { Folder.remove(path) }
      outcomes[name] = .failed(failure)
    }
    await KeptApart.removeObjects(of: context.run, context.project)
    return outcomes
  }

  /// The supervisor ends its tree when the orchestrator's end of the pipe closes; this waits for
  /// it, and ends what is left, of a supervisor that was killed as well.
  private func endProcesses(of name: AttemptName) async {
    _ = await context.logs.trees.last(for: name.label)?.end()
  }

  /// Commits what the attempt left at its place, points a salvage reference at it, and lets the
  /// place go. A worktree that is not marked as this attempt's holds nothing of it.
  func keep(_ name: AttemptName, at place: WorkPlace, base: ObjectID) async -> Outcome {
    guard place.isWorktree, Files.kind(place.path) == .directory,
      let worktree = context.repository.worktree(at: place.path),
      case .busy(context.run, name, _)? = WorktreeMark(of: worktree)
    else { return .nothing }
    return await keep(worktree, of: name, in: context.run, base: base)
  }

  /// Keeps the work of an attempt of any run.
  func keep(
    _ worktree: WorktreeHandle, of name: AttemptName, in run: RunID, base: ObjectID
  ) async -> Outcome {
    let identity = context.project.identity()
    let message = """
      \(name.workstream): work of attempt \(name.number), kept

      UET-Run: \(run)
      UET-Workstream: \(name.workstream)
      UET-Attempt: \(name.number)

      """
    do {
      let reference = RunNames(prefix: context.project.refPrefix, run: run)
        .salvage(name.workstream, attempt: name.number)
      let apart = KeptApart(context.project, run: run, label: name.label)
      var isApart = false
      let kept = try await context.project.kept.keep(
        as: reference, since: base, message: "git-uet: keep attempt \(name.number)"
      ) { isAgain in
        if isAgain { context.git.forgetCheckout(worktree) }
        let work = try await context.git.commitAll(
          worktree, base: base, message: message, author: identity, committer: identity,
          excluding: context.local,
          declared: context.workstreams[name.workstream]?.scope.creates ?? [],
          keepsRefused: true)
        try await context.git.keepSubmodules(
          worktree, from: base, to: work?.tip ?? base, as: reference)
        let tip = work?.tip ?? base
        let cleaned =
          tip == base
          ? KeptApart.Outcome(commit: nil, isApart: false)
          : try await apart.cleaned(tip, since: base, in: worktree)
        isApart = isApart || cleaned.isApart
        // What it had committed and taken back counts as well.
        if !cleaned.isApart {
          try await apart.takesLeftovers(of: worktree, besides: tip, since: base)
        }
        return cleaned.commit
      }
      let inner = await context.keepInner(worktree, as: reference, of: name.workstream)
      if let unkept = inner.first {
        return .failed(
          "the repository in \(unkept.path.quoted(limit: 60)) cannot be kept: \(unkept.reason)")
      }
      let tip = kept ?? base
      if isApart { try await context.git.reset(worktree, to: tip) }
      try WorktreeMark.free(commit: tip, tree: context.repository.treeID(of: tip))
        .write(to: worktree)
      if let kept { guardian?.keeps(reference, at: kept) }
      return kept.map { .kept(name: reference, commit: $0) } ?? .nothing
    } catch {
      return .failed("\(error)")
    }
  }

  /// Points the attempt's salvage reference at a commit.
  func point(
    _ name: AttemptName, in run: RunID? = nil, at commit: ObjectID
  ) throws(GitError) -> (name: String, commit: ObjectID) {
    let names = RunNames(prefix: context.project.refPrefix, run: run ?? context.run)
    let reference = names.salvage(name.workstream, attempt: name.number)
    try context.repository.setReference(
      reference, to: commit, expecting: nil, message: "git-uet: keep attempt \(name.number)")
    guardian?.keeps(reference, at: commit)
    return (reference, commit)
  }

  /// Keeps what somebody did in a worktree that no attempt had; gives the reference's name.
  func keepForeign(
    tree: ObjectID, on commit: ObjectID, in worktree: WorktreeHandle
  ) async throws -> String {
    let identity = context.project.identity()
    let place = worktree.path.split(separator: "/").last.map(String.init) ?? "worktree"
    let made = try context.repository.writeCommit(
      tree: tree, parents: [commit], message: "changes found in '\(place)', kept\n",
      author: identity, committer: identity)
    let time = context.project.clock.now().microseconds
    let apart = KeptApart(context.project, run: context.run, label: "\(place).\(time)")
    let kept = try await apart.cleaned(made, since: commit, in: worktree).commit ?? commit
    let reference = "\(context.project.refPrefix)/salvage/\(context.run)/\(place)/\(time)"
    try context.repository.setReference(
      reference, to: kept, expecting: nil, message: "git-uet: keep changes in \(place)")
    return reference
  }
}

extension RunFacts {
  /// Keeps the repositories that stand in a worktree; those that cannot be kept.
  func keepInner(
    _ worktree: WorktreeHandle, as reference: String, of id: WorkstreamID
  ) async -> [InnerRepositories.Unkept] {
    let notes = notes
    return await innerRepositories(in: worktree).keep(as: reference, of: "'\(id)'") {
      notes.once($0)
    }
  }

  func innerRepositories(in worktree: WorktreeHandle) -> InnerRepositories {
    InnerRepositories(
      project: project, worktree: worktree, excluding: configuration.run.caches)
  }
}
