import UETEngine
import UETMergeQueue
import UETModel
import UETPlanning

extension CommandFailure {
  /// What the queue and all about landing refuse to do.
  init(queueRefusal error: EngineError) {
    switch error {
    case .baseMissing(let run, let base, let branch):
      self.init(
        .usage,
        "'\(RunNames.short(branch).terminalSafe)' lacks commit \(base.short), which run '\(run)' "
          + "started from; what that holds would be dropped",
        hint: "bring it in first: git merge \(base.short)")
    case .noTarget:
      self.init(
        .usage, "HEAD is detached, so it is not clear what to merge onto",
        hint: "name the branch: --land BRANCH")
    case .alreadyThere(let name, let branch):
      self.init(
        .usage,
        "'\(name.terminalSafe)' is in '\(RunNames.short(branch).terminalSafe)' already",
        hint: "leave it out")
    case .changesNothing(let name, let branch):
      self.init(
        .usage,
        "'\(name.terminalSafe)' changes nothing that '\(RunNames.short(branch).terminalSafe)' has",
        hint: "leave it out")
    case .landedIsGone(let lost):
      self.init(.failed, lost.words)
      hints = lost.waysBack
    case .buildsOnRemoved(let name, let branch, let what, let words, let by, let since):
      let short = RunNames.short(name).shellQuoted
      let target = RunNames.short(branch).shellQuoted
      self.init(
        .decision,
        "'\(RunNames.short(name).terminalSafe)' \(what), \(words) in "
          + "'\(RunNames.short(branch).terminalSafe)'",
        hint: by.map { "to have it back: git revert \($0)" })
      if let since {
        hints.append("or do without it: git rebase --onto \(target) \(since.short) \(short)")
      }
    case .unrelated(let name, let branch):
      self.init(
        .usage,
        "'\(name.terminalSafe)' and '\(RunNames.short(branch).terminalSafe)' have no common history"
      )
    case .sameCommit(let name, let other):
      self.init(
        .usage,
        "'\(name.terminalSafe)' is the same commit as '\(RunNames.short(other).terminalSafe)'",
        hint: "name one of them")
    case .frozen(let run, let branch, let reason):
      self.init(
        .decision,
        "nothing lands in '\(RunNames.short(branch).terminalSafe)': landing is frozen "
          + "(\(reason.terminalSafe))",
        hint: "let it land again: git uet queue unfreeze \(run)")
    case .landingRefused(let branch, let reason):
      self.init(
        .decision,
        "cannot land in '\(RunNames.short(branch).terminalSafe)': \(reason.terminalSafe)",
        hint: "everything is kept; try again once it is in order")
    case .notAdopted(let run, let reason):
      self.init(
        .usage, "run '\(run)' is not taken over: \(reason.terminalSafe)",
        hint: "look at it: git uet verify \(run)")
    case .queue(let error): self.init(.usage, "\(error)".terminalSafe)
    case .noPatch(let file):
      self.init(
        .usage, "there is no patch '\(file.terminalSafe)'",
        hint: "make one: git format-patch TARGET..BRANCH")
    case .patchRefused(let file, let reason):
      self.init(
        .usage, "'\(file.terminalSafe)' does not apply: \(reason.terminalSafe)",
        hint: "make it anew from the branch it is for: git format-patch")
    case .nothingToReproduce(let run, let id, let state):
      self.init(
        .usage, "'\(id)' is \(state.rawValue), and the queue has judged no tree of it",
        hint: "see how it stands: git uet show \(run) \(id)")
    case .conflictReproduced(let id, let onto, let paths, let message):
      let names = paths.map(\.terminalSafe).quoted(3)
      self.init(
        .failed,
        "'\(id)' conflicts in \(names) on top of \(onto.short), as recorded: "
          + message.terminalSafe)
    case .unknownGate(let name, let known):
      var nearby = Nearest()
      let nearest = nearby.name(for: name, among: known)
      self.init(
        .usage, "the run has no gate '\(name.terminalSafe)'",
        hint: nearest.map { "did you mean '\($0)'?" }
          ?? "it has: \(known.joined(separator: ", "))".terminalSafe)
    default: self.init(.internalError, "\(error)".terminalSafe)
    }
  }
}
