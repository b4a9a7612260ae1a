import UETModel

/// What a user asks `rollback` to take out of the target.
package struct RollbackRequest: Sendable {
  package enum Subject: Sendable {
    /// As typed; at least one.
    case workstreams([String])
    case phase(String)
    case run
    /// One commit of a workstream, by its task's number or its name.
    case task(workstream: String, number: Int)
    case commit(workstream: String, revision: String)
  }

  /// A run's name or part of it; nil for the newest in which the subject landed.
  package var run: String?
  package var subject: Subject
  /// Whether what is built on the subject goes with it.
  package var withDependents: Bool
  /// Why, for the record.
  package var reason: String?

  package init(
    run: String? = nil, subject: Subject, withDependents: Bool = false, reason: String? = nil
  ) {
    self.run = run
    self.subject = subject
    self.withDependents = withDependents
    self.reason = reason
  }
}

/// Why a rollback is not begun, or cannot go on.
package enum RollbackRefusal: Error, Hashable, Sendable {
  case notLanded(WorkstreamID, WorkstreamState)
  /// It was taken out before.
  case alreadyOut(WorkstreamID, Rollback.Earlier)
  /// Nothing of the run, or of the phase, is in the target.
  case nothingLanded(RunID, phase: String?)
  case unknownPhase(String, known: [String])
  /// Others that landed are built on it.
  case hasDependents(WorkstreamID, dependents: [WorkstreamID])
  /// The merge is not in the branch any more: its history was rewritten.
  /// It changed nothing.
  case broughtNothing(WorkstreamID)
  case notInTarget(WorkstreamID, branch: String)
  /// Others brought it in by several commits, which are theirs to take out.
  case landedInParts(WorkstreamID, branch: String)
  /// Which commit belongs to a task cannot be told.
  case unclearTask(WorkstreamID, number: Int, commits: [ObjectID])
  case foreignCommit(WorkstreamID, revision: String)
  /// One that was begun waits for its end.
  case unfinished(RunID)
  case noneUnfinished(RunID)
  /// A person has not finished mending.
  case unresolved(worktree: String, paths: [String])
}
