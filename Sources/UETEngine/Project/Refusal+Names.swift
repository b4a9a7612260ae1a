import UETModel
import UETPlanning

extension Refusal {
  /// A name is no workstream's; says what may have been meant.
  package static func unknownWorkstream(
    _ name: String, known: [WorkstreamID], run: RunID? = nil
  ) -> Refusal {
    var nearby = Nearest()
    let place = run.map { " in run \($0)" } ?? ""
    let list = "git uet " + (run.map { "status \($0)" } ?? "plan")
    let hint =
      if let nearest = nearby.name(for: name, among: known.map(\.rawValue)) {
        "did you mean '\(nearest)'?"
      } else if let other = RunID(name) {
        "that is a run; name one of its workstreams as well: git uet status \(other)"
      } else if name.contains("/") || name.contains(".") {
        "name the workstream by its id, not by its file; list them: \(list)"
      } else {
        "list them: \(list)"
      }
    return Refusal(.usage, "no workstream '\(name.terminalSafe)'" + place, hint: hint)
  }

  package static func unknownBranch(_ name: String) -> Refusal {
    Refusal(
      .usage, "no branch '\(RunNames.short(name).terminalSafe)'", hint: "list them: git branch")
  }

  static func unbornBranch(_ name: String) -> Refusal {
    Refusal(
      .usage, "branch '\(RunNames.short(name).terminalSafe)' does not have any commits yet",
      hint: "make a first commit: git commit --allow-empty -m 'first commit'")
  }

  /// The worktree that has the branch checked out is locked, and its folder is not there.
  static func checkedOutOnAbsent(_ branch: String, at path: String, lock: String?) -> Refusal {
    let why = lock.flatMap { $0.isEmpty ? nil : " (\($0.prefix(60).terminalSafe))" } ?? ""
    return Refusal(
      .decision,
      "branch '\(RunNames.short(branch).terminalSafe)' is checked out in the worktree "
        + "'\(path.terminalSafe)', which is locked\(why) and not there",
      hint: "bring it back, or give it up: git worktree unlock \(path.shellQuoted)")
  }

  static func landingRefused(in branch: String, _ reason: String) -> Refusal {
    Refusal(
      .decision,
      "cannot land in '\(RunNames.short(branch).terminalSafe)': \(reason.terminalSafe)",
      hint: "everything is kept; try again once it is in order")
  }
}
