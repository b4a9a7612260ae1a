import UETModel

/// Why a rollback is not begun, or cannot go on.
package enum RollbackRefusal: Refusing, Hashable {
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

extension RollbackRefusal {
  package var refusal: Refusal {
    switch self {
    case .notLanded(let id, let state):
      return Refusal(
        .usage, "workstream '\(id)' has not landed: it is \(state.rawValue)",
        hint: "see where it stands: git uet status")
    case .alreadyOut(let id, let earlier):
      return Refusal(
        .usage, "workstream '\(id)' was already rolled back\(Self.words(earlier))",
        hint: "to have the work again, as new commits, start a new run: git uet run \(id)")
    case .broughtNothing(let id):
      return Refusal(
        .usage, "workstream '\(id)' changed nothing, so there is nothing to take out",
        hint: "see what landed: git uet status")
    case .nothingLanded(let run, let phase):
      let what = phase.map { "phase '\($0.terminalSafe)' of run '\(run)'" } ?? "run '\(run)'"
      return Refusal(.usage, "nothing of \(what) has landed", hint: "see: git uet status \(run)")
    case .unknownPhase(let name, let known):
      let list = known.isEmpty ? "the run has none" : known.joined(separator: ", ").terminalSafe
      return Refusal(.usage, "no phase '\(name.terminalSafe)'", hint: "phases: \(list)")
    case .hasDependents(let id, let dependents):
      let names = dependents.map(\.rawValue).joined(separator: ", ")
      return Refusal(
        .decision, "'\(id)' cannot go before what builds on it: \(names)",
        hint: "take them out as well: git uet rollback --with-dependents \(id)")
    case .notInTarget(let id, let branch):
      return Refusal(
        .usage,
        "the merge of '\(id)' is not in '\(RunNames.short(branch).terminalSafe)' any more",
        hint: "its history was rewritten; look for the change: git log --grep='\(id)'")
    case .landedInParts(let id, let branch):
      return Refusal(
        .usage,
        "others brought '\(id)' into '\(RunNames.short(branch).terminalSafe)' by several commits",
        hint: "revert them there: git revert COMMIT...; git uet status then says so")
    case .unclearTask(let id, let number, let commits):
      let list = commits.map(\.short).joined(separator: " ")
      return Refusal(
        .usage, "which commit of '\(id)' belongs to task \(number) is not known",
        hint: commits.isEmpty
          ? "it has no commits of its own"
          : "name one of them: git uet rollback \(id) --commit COMMIT (\(list))")
    case .foreignCommit(let id, let revision):
      return Refusal(
        .usage, "'\(revision.terminalSafe)' is not a commit that '\(id)' made",
        hint: "list them: git log --grep='UET-Workstream: \(id)'")
    case .unfinished(let run):
      return Refusal(
        .decision, "a rollback of run '\(run)' has not ended",
        hint: "end it: git uet rollback --continue, --retry or --abort")
    case .noneUnfinished:
      return Refusal(
        .usage, "no rollback waits to be continued",
        hint: "begin one: git uet rollback WORKSTREAM")
    case .unresolved(let worktree, let paths):
      let names = paths.map(\.terminalSafe).quoted(1)
      return Refusal(
        .decision, "\(names) in '\(worktree.terminalSafe)' still has a conflict",
        hint: "mend and 'git add' it there, then: git uet rollback --continue")
    }
  }

  /// By what and when, as far as it is on record.
  private static func words(_ earlier: Rollback.Earlier) -> String {
    let moment = earlier.at.map { " on \($0.plain) UTC" } ?? ""
    guard let commit = earlier.commit, let branch = earlier.branch else {
      return moment + (earlier.reason.map { ": \($0.terminalSafe)" } ?? "")
    }
    return ": \(commit.short) took it out of '\(RunNames.short(branch).terminalSafe)'\(moment)"
  }
}
