import UETGit
import UETModel

extension LedgerError: Refusing {
  package var refusal: Refusal {
    switch self {
    case .git(let error): error.refusal
    case .held(let run, let holder, _): .held(run, holder)
    case .fenced(let run, let holder):
      Refusal(
        .held,
        "another process has taken run '\(run)'\(holder.map { " (\($0))" } ?? ""); this one stopped",
        hint: "watch it: git uet status \(run)")
    case .contended(let remote, let rounds):
      Refusal(
        .failed, "others changed '\(remote.terminalSafe)' each of the \(rounds) times",
        hint: "nothing is lost; try again: git uet sync")
    case .nameTaken(let name, let remote): Self.taken(name, remote.terminalSafe)
    case .broken(let commit, let reason):
      Refusal(
        .internalError, "the record is damaged at commit \(commit): \(reason.terminalSafe)",
        hint: "see what is safe: git uet verify")
    case .referenceLocked(let name, let path):
      GitError.referenceLocked(name: name, path: path).refusal
    case .missingAnchor(let id):
      Refusal(
        .internalError, "commit \(id.short) is gone, which was about to be recorded",
        hint: "was 'git prune' at work? go on with the run: git uet resume")
    case .notWrittenHere(let name, let tip): Self.foreign(name, tip)
    case .durabilityUnknown(let run, let cause):
      Refusal(
        .internalError,
        "whether the last of run '\(run)' is on the disk is not known: \("\(cause)".terminalSafe)",
        hint: "look at the disk, then go on: git uet resume \(run)")
    case .system(let failure):
      Refusal(
        .internalError, "\(failure)".terminalSafe,
        hint: "look at the disk's space and rights, then try again")
    case .cache(let reason):
      Refusal(
        .internalError, "the cache failed: \(reason.terminalSafe)",
        hint: "make it anew: git uet cache rebuild")
    case .noSuchRun, .runExists, .released, .illegalEvent, .badAttachmentName:
      Refusal(.internalError, "\(self)".terminalSafe)
    }
  }

  private static func taken(_ name: String, _ remote: String) -> Refusal {
    let short = RunNames.short(name).terminalSafe
    return Refusal(
      .usage,
      "'\(remote)' has the branch '\(short)', which is in the way: git cannot have '\(short)/...' "
        + "beside it",
      hint: "give it another name there: git push \(remote) \(remote)/\(short):refs/heads/NEW-NAME "
        + ":\(name.terminalSafe)")
  }

  private static func foreign(_ name: String, _ tip: ObjectID) -> Refusal {
    let parts = name.split(separator: "/")
    let run = parts.last == "main" ? parts.dropLast().last : nil
    return Refusal(
      .decision,
      "'\(name.terminalSafe)' ends with commit \(tip.short), which this clone did not write",
      hint: "look at it: git log -3 \(name.terminalSafe)",
      run.map { "if all of it is yours, say so: git uet verify \($0) --adopt \(tip)" })
  }
}

extension Refusal {
  /// A live process works on the run.
  package static func held(_ run: RunID, _ holder: Holder) -> Refusal {
    Refusal(.held, "run '\(run)' is going on (\(holder))", hint: "watch it: git uet status \(run)")
  }
}
