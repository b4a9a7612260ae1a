import UETGit
import UETLedger
import UETMergeQueue
import UETModel
import UETPlanning
import UETScheduling
import UETSystem

/// Why the engine refuses or stops; each case holds what a message needs.
package enum EngineError: Error, Sendable {
  case git(GitError)
  case ledger(LedgerError)
  case files(SystemFailure)
  case dispatch(DispatchError)
  /// The record and the program disagree on what may follow.
  case inconsistent(RunState.FoldError)
  /// Something that needs files of the user's was asked for in a bare repository.
  case bareRepository
  case unbornBranch(String)
  /// A reference stands where the program's own references are to go below.
  case nameTaken(String)
  /// Git's folder of worktrees is none.
  case noFolder(String)
  case invalidDocuments([Diagnostic])
  case noBundles(directory: String)
  /// Where bundles are looked for is nothing.
  case noBundleFolder(String)
  case unknownWorkstream(String, known: [WorkstreamID], run: RunID? = nil)
  case noRuns
  case unknownRun(String)
  case forgottenRun(String)
  case ambiguousRun(String, matches: Int)
  /// A live process works on the run.
  case held(RunID, Holder)
  /// Another clone started the run; its main chain is that clone's to write.
  case foreignRun(RunID)
  /// No process works on the run, so that there is nobody to ask.
  case notLive(RunID, RunState.Status)
  /// The process that works on the run does not answer at its socket.
  case noAnswer(RunID, Holder)
  /// The run was put away; `tip` is where its chain ended.
  case archived(RunID, tip: ObjectID)
  /// There is nothing to share with.
  case noRemotes
  case unknownRemote(String, known: [String])
  /// Not the name of an archive.
  case notAnArchive(String)
  /// The prefix under which a host has the records would mix them with something else.
  case badSharePrefix(String)
  /// There is nothing to resume.
  case runIsOver(RunID, RunState.Status)
  case toolNotRunnable(WorkstreamID, ToolInvocation.Problem)
  case supervisorMissing
  case targetCheckedOut(branch: String, path: String, commit: ObjectID)
  /// The worktree that has the branch checked out is locked, and its folder is not there.
  case targetOnAbsent(branch: String, path: String, lock: String)
  case unknownBranch(String)
  /// A branch's name stands for something that is no branch.
  case aliasOfNoBranch(String, of: String)
  /// The branch lacks the commit that the run started from.
  case baseMissing(RunID, base: ObjectID, branch: String)
  /// HEAD is on no branch, and none was named.
  case noTarget
  case alreadyThere(String, branch: String)
  case changesNothing(String, branch: String)
  case unrelated(String, branch: String)
  case sameCommit(String, String)
  case frozen(RunID, branch: String, reason: String)
  case landingRefused(branch: String, reason: String)
  case queue(QueueError)
  /// There is no such file.
  case noPatch(String)
  /// Patches that do not apply, and what git says.
  case patchRefused(file: String, reason: String)
  /// Nothing is known of the workstream that could be made again.
  case nothingToReproduce(RunID, WorkstreamID, WorkstreamState)
  /// The merge that was set aside conflicts now as it did then.
  case conflictReproduced(WorkstreamID, onto: ObjectID, paths: [String], message: String)
  case unknownGate(String, known: [String])
  case nothingIntegrated(RunID)
  /// A chain that is not taken for this clone's own, though a person asked for it.
  case notAdopted(RunID, reason: String)
  case landedElsewhere(RunID, branch: String)
  /// It landed, and others moved the branch since, so that it does not hold it.
  case landedIsGone(LostLanding)
  /// What a branch builds on was taken out of the target, as was what it brings.
  case buildsOnRemoved(
    String, branch: String, what: String, words: String, by: ObjectID?,
    since: ObjectID?)
  case rollback(RollbackRefusal)
  case repair(RepairRefusal)
  /// A worker asks for what only people may do, such as deciding on its own result.
  case workerAsks(to: String)
  /// A workstream has no result that a person could decide on.
  case nothingToReview(WorkstreamID, WorkstreamState)
  /// The result is not the commit that the person looked at.
  case reviewedAnother(WorkstreamID, name: String, result: ObjectID)
  /// Somebody rejected what is merged already, but has not landed.
  case rejectedMeanwhile(RunID, WorkstreamID, reason: String)
  case unexpected(String)
}
