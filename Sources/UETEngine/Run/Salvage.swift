import UETGit
import UETModel
import UETScheduling

/// Keeps what attempts left that nobody watches any more.
struct Salvage: Sendable {
  private let context: RunContext

  init(_ context: RunContext) { self.context = context }

  /// How each attempt ended that the record has under way: its processes are ended, its work is kept.
  func attempts(
    _ names: [AttemptName], _ state: RunState
  ) async -> [AttemptName: AttemptOutcome] {
    var outcomes: [AttemptName: AttemptOutcome] = [:]
    for name in names {
      await endProcesses(of: name)
      var failure = AttemptFailure(
        .orchestratorCrash, "the orchestrator ended while it ran", isTransient: true)
      if let base = state[name.workstream]?.lastAttempt?.base,
        let kept = await keep(name, base: base)
      {
        (failure.salvage, failure.tip) = (kept.name, kept.commit)
      }
      outcomes[name] = .failed(failure)
    }
    return outcomes
  }

  /// The supervisor ends its tree when the orchestrator's end of the pipe closes; this waits for it,
  /// and ends what is left, of a supervisor that was killed as well.
  private func endProcesses(of name: AttemptName) async {
    guard let bytes = try? Files.read(context.logs.identity(name)),
      let process = ProcessIdentity(String(decoding: bytes, as: UTF8.self))
    else { return }
    _ = await process.end()
  }

  /// Commits what stands in the attempt's worktree and points a salvage reference at it; nil when
  /// there is nothing beside the base.
  func keep(_ name: AttemptName, base: ObjectID) async -> (name: String, commit: ObjectID)? {
    let path = context.worktree(name.workstream)
    guard Files.kind(path) == .directory, let worktree = context.repository.worktree(at: path)
    else { return nil }
    let identity = context.project.identity()
    let message = """
      \(name.workstream): work of attempt \(name.number), kept

      UET-Run: \(context.run)
      UET-Workstream: \(name.workstream)
      UET-Attempt: \(name.number)

      """
    guard
      let work = try? await context.git.commitAll(
        worktree, base: base, message: message, author: identity, committer: identity,
        excluding: context.configuration.run.copy), work.tip != base
    else { return nil }
    return try? point(name, at: work.tip)
  }

  /// Points the attempt's salvage reference at a commit.
  func point(
    _ name: AttemptName, at commit: ObjectID
  ) throws(GitError) -> (name: String, commit: ObjectID) {
    let reference = context.names.salvage(name.workstream, attempt: name.number)
    try context.repository.setReference(
      reference, to: commit, expecting: nil, message: "git-uet: keep attempt \(name.number)")
    return (reference, commit)
  }
}
