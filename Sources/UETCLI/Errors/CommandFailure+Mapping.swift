import UETEngine
import UETGit
import UETLedger
import UETModel
import UETPlanning
import UETSystem

/// The one place where errors become what a user reads: a status, a message, and what to type next.
extension CommandFailure {
  init(_ error: any Error) {
    switch EngineError(error) {
    case .git(let error): self.init(error)
    case .ledger(let error): self.init(error)
    case .files(let failure): self.init(failure)
    case .invalidDocuments(let diagnostics): self.init(diagnostics)
    case .dispatch(let error): self.init(.usage, "\(error)")
    case .rollback(let refusal): self.init(refusal)
    case .repair(let refusal): self.init(refusal)
    case .inconsistent(let error):
      self.init(
        .internalError, "the record does not fit: event \(error.seq): \(error.message)",
        hint: "find what is wrong: git uet verify")
    case .unexpected(let text): self.init(.internalError, text.terminalSafe)
    case let error: self.init(refusal: error)
    }
  }

  private init(_ diagnostics: [Diagnostic]) {
    let errors = diagnostics.errors.count
    let count = "\(errors) error\(errors == 1 ? "" : "s")"
    let lines = diagnostics.flatMap { diagnostic in
      [diagnostic.description] + (diagnostic.hint.map { ["  hint: \($0)"] } ?? [])
    }
    self.init(
      .usage, diagnostics: lines, hints: ["\(count); check again with: git uet validate"])
    problems = diagnostics
  }

  private init(_ failure: SystemFailure) {
    self.init(.internalError, "\(failure)".terminalSafe)
    if failure.isFullDisk { hints = [Self.freeSpace] }
  }

  private static let freeSpace = "free some disk space, then: git uet resume"

  private init(_ error: GitError) {
    self.init(Self.status(of: error), "\(error)".terminalSafe, hint: error.hint)
    if case .diskFull = error { hints = [Self.freeSpace] }
  }

  /// What the user can mend is bad input; what the repository or the disk does is not.
  private static func status(of error: GitError) -> ExitStatus {
    switch error {
    case .corruptObject, .objectMissing, .libgit2, .readOnly, .diskFull, .gitFailed: .internalError
    case .remoteFailed, .promisedMissing, .lockTimeout: .failed
    default: .usage
    }
  }

  private init(_ error: LedgerError) {
    switch error {
    case .git(let error): self.init(error)
    case .held(let run, let holder, _): self.init(refusal: .held(run, holder))
    case .fenced(let run, let holder):
      let other = holder.map { " (\($0))" } ?? ""
      self.init(
        .held, "another process has taken run '\(run)'\(other); this one stopped",
        hint: "watch it: git uet status \(run)")
    case .contended(let remote, let rounds):
      self.init(
        .failed, "others changed '\(remote.terminalSafe)' each of the \(rounds) times",
        hint: "nothing is lost; try again: git uet sync")
    case .nameTaken(let name, let remote):
      let short = RunNames.short(name)
      self.init(
        .usage,
        "'\(remote.terminalSafe)' has the branch '\(short.terminalSafe)', which is in the way: git "
          + "cannot have '\(short.terminalSafe)/...' beside it",
        hint: "give it another name there: git push \(remote.terminalSafe) "
          + "\(remote.terminalSafe)/\(short.terminalSafe):refs/heads/NEW-NAME :\(name.terminalSafe)"
      )
    case .broken(let commit, let reason):
      self.init(
        .internalError, "the record is damaged at commit \(commit): \(reason.terminalSafe)",
        hint: "see what is safe: git uet verify")
    case .referenceLocked(let name, let path):
      self.init(GitError.referenceLocked(name: name, path: path))
    default: self.init(record: error)
    }
  }
}

extension CommandFailure {
  /// What the engine refuses to do.
  private init(refusal error: EngineError) {
    switch error {
    case .bareRepository:
      self.init(
        .usage, "this operation must be run in a work tree",
        hint: "clone the repository and run it there")
    case .unbornBranch(let name):
      self.init(
        .usage, "branch '\(RunNames.short(name).terminalSafe)' does not have any commits yet",
        hint: "make a first commit: git commit --allow-empty -m 'first commit'")
    case .nameTaken(let name):
      let short = RunNames.short(name)
      let isBranch = short != name
      self.init(
        .usage,
        "the \(isBranch ? "branch" : "reference") '\(short.terminalSafe)' is in the way: "
          + "git cannot have '\(short.terminalSafe)/...' beside it, which runs need",
        hint: isBranch
          ? "give it another name: git branch -m \(short.terminalSafe) NEW-NAME"
          : "see what it is: git log -1 \(name.terminalSafe)")
    case .noFolder(let path):
      self.init(
        .usage, "'\(path.terminalSafe)' is no folder, so that there can be no worktrees",
        hint: "see what it is, and move it away: mv '\(path.terminalSafe)' "
          + "'\(path.terminalSafe).old'")
    case .noBundles(let directory):
      self.init(
        .usage, "no bundles in '\(directory.terminalSafe)'",
        hint: "a bundle is a .yaml, .yml or .json file; write an example: git uet init")
    case .noBundleFolder(let path):
      self.init(
        .usage, "no bundles: '\(path.terminalSafe)' does not exist",
        hint: "write an example: git uet init; or say where they are: git uet plan FOLDER")
    case .unknownWorkstream(let name, let known, let run):
      self.init(noWorkstream: name, known: known, run)
    case .toolNotRunnable(let id, let problem): self.init(id, problem)
    case .supervisorMissing:
      self.init(
        .internalError, "cannot find the program 'uet-supervise', which starts workers",
        hint: "install git-uet again, or name it in UET_SUPERVISE")
    case .workerAsks, .nothingToReview, .reviewedAnother, .rejectedMeanwhile:
      self.init(reviewRefusal: error)
    case .archived, .noRemotes, .unknownRemote, .notAnArchive, .badSharePrefix:
      self.init(sharing: error)
    default: self.init(runRefusal: error)
    }
  }

  private init(reviewRefusal error: EngineError) {
    switch error {
    case .workerAsks(let deed):
      self.init(
        .usage, "a worker must not \(deed)", hint: "what a worker may say: git uet signal --help")
    case .nothingToReview(let id, .landed):
      self.init(.usage, "'\(id)' has landed already, so a review comes too late")
    case .nothingToReview(let id, let state):
      self.init(
        .usage, "'\(id)' has no result to review: it is \(state.rawValue)",
        hint: "see how it stands: git uet status")
    case .reviewedAnother(let id, let name, let tip):
      self.init(
        .usage, "the result of '\(id)' is not '\(name.terminalSafe)'; it is \(tip.short) by now",
        hint: "look at it: git uet review")
    case .rejectedMeanwhile(let run, let id, let reason):
      self.init(
        .decision, "'\(id)' is merged, but was \(reason.terminalSafe)",
        hint: "integrate without it: git uet integrate \(run)")
    default: self.init(.internalError, "\(error)".terminalSafe)
    }
  }

  private init(runRefusal error: EngineError) {
    switch error {
    case .noRuns: self.init(.usage, "no runs yet", hint: "start one: git uet run")
    case .unknownRun(let name):
      self.init(.usage, "no run '\(name.terminalSafe)'", hint: "list them: git uet runs")
      if let id = WorkstreamID(name) {
        hints = [
          "that is the name of a workstream: git uet show \(id)",
          "or name the run, as 'git uet runs' lists it",
        ]
      }
    case .forgottenRun(let name):
      let name = name.terminalSafe
      self.init(
        .usage, "run '\(name)' was forgotten in this clone",
        hint: "to take it in again from a host: git config --local --unset-all uet.forgotten "
          + "\(name) && git uet sync")
    case .ambiguousRun(let name, let matches):
      self.init(
        .usage, "'\(name.terminalSafe)' means \(matches) runs", hint: "list them: git uet runs")
    case .held(let run, let holder):
      self.init(
        .held, "run '\(run)' is going on (\(holder))", hint: "watch it: git uet status \(run)")
    case .foreignRun(let run):
      self.init(
        .usage, "run '\(run)' was started in another clone, which alone may go on with it",
        hint: "look at it here: git uet status \(run)")
    case .notLive(let run, let status):
      let canGoOn = !status.isOver || [.interrupted, .halted].contains(status)
      self.init(
        .usage, "no process works on run '\(run)'",
        hint: canGoOn ? "continue it: git uet resume \(run)" : "start another: git uet run")
    case .noAnswer(let run, let holder):
      self.init(
        .held, "run '\(run)' is going on (\(holder)) but does not answer at its socket",
        hint: "try again in some seconds, or let it stop by itself: kill -INT \(holder.pid)")
    case .runIsOver(let run, let status):
      self.init(
        .usage, "run '\(run)' is over: \(status.rawValue)",
        hint: "start another: git uet run")
      if status == .failed {
        hints.append("or open it again: git uet retry \(run) WORKSTREAM")
      }
    case .targetCheckedOut(let branch, let path, let commit):
      guard Files.kind(path) == .directory else {
        self.init(
          .decision,
          "branch '\(RunNames.short(branch).terminalSafe)' is checked out at "
            + "'\(path.terminalSafe)', which is locked and not there",
          hint: "bring it back, or give it up: git worktree unlock '\(path.terminalSafe)'; "
            + "git worktree prune")
        return
      }
      let here = ProcessEnvironment.workingDirectory
      let isHere = here == path || here.hasPrefix(path + "/")
      let git = isHere ? "git" : "git -C '\(path.terminalSafe)'"
      self.init(
        .decision,
        "branch '\(RunNames.short(branch).terminalSafe)' is checked out at '\(path.terminalSafe)'",
        hint: "land it there: \(git) merge --ff-only --no-overwrite-ignore \(commit)")
      hints.append("or let it be done where nothing is changed: --update-checkout")
    case .targetOnAbsent(let branch, let path, let lock):
      let why = lock.isEmpty ? "" : " (\(lock.prefix(60).terminalSafe))"
      self.init(
        .decision,
        "branch '\(RunNames.short(branch).terminalSafe)' is checked out in the worktree "
          + "'\(path.terminalSafe)', which is locked\(why) and not there",
        hint: "bring it back, or give it up: git worktree unlock \(path.shellQuoted)")
    case .aliasOfNoBranch(let name, let other):
      self.init(
        .usage, "'\(name.terminalSafe)' stands for '\(other.terminalSafe)', which is no branch",
        hint: "name a branch; list them: git branch")
    case .unknownBranch(let name):
      self.init(
        .usage, "no branch '\(RunNames.short(name).terminalSafe)'", hint: "list them: git branch")
    case .landedElsewhere(let run, let branch):
      self.init(
        .failed,
        "run '\(run)' has landed already, in '\(RunNames.short(branch).terminalSafe)'",
        hint: "to have it in another branch as well: git merge uet/\(run)/integration")
    case .nothingIntegrated(let run):
      self.init(
        .failed, "nothing of run '\(run)' is integrated, so nothing can land",
        hint: "see why: git uet status \(run)")
    default: self.init(queueRefusal: error)
    }
  }

  private init(_ id: WorkstreamID, _ problem: ToolInvocation.Problem) {
    switch problem {
    case .unknownTool(let name):
      self.init(
        .usage,
        "workstream '\(id)' asks for the tool '\(name.terminalSafe)', which is not configured",
        hint: "declare it in .uet/config.yaml, as: tools: {\(name.terminalSafe): {command: [...]}}")
    case .noCommand:
      self.init(
        .usage, "workstream '\(id)' uses the tool 'shell' but has no 'command'",
        hint: "add a command to its bundle, or choose another tool")
    case .programMissing(let tool, let program):
      self.init(
        .usage,
        "workstream '\(id)' needs the program '\(program.terminalSafe)' of the tool "
          + "'\(tool.terminalSafe)', which is not found on the PATH",
        hint: "install it, or name another under 'tools' in .uet/config.yaml")
    }
  }
}
