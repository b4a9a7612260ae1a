import UETEngine
import UETModel
import UETPlanning

extension CommandFailure {
  /// Why a name is no workstream's, and what may have been meant.
  init(noWorkstream name: String, known: [WorkstreamID], _ run: RunID?) {
    var nearby = Nearest()
    let place = run.map { " in run \($0)" } ?? ""
    let list = "git uet " + (run.map { "status \($0)" } ?? "plan")
    let hint: String
    if let nearest = nearby.name(for: name, among: known.map(\.rawValue)) {
      hint = "did you mean '\(nearest)'?"
    } else if let other = RunID(name) {
      hint = "that is a run; name one of its workstreams as well: git uet status \(other)"
    } else if name.contains("/") || name.contains(".") {
      hint = "name the workstream by its id, not by its file; list them: \(list)"
    } else {
      hint = "list them: \(list)"
    }
    self.init(.usage, "no workstream '\(name.terminalSafe)'" + place, hint: hint)
  }

  /// A name of a form that no workstream has.
  init(notAWorkstream name: String) {
    self.init(
      .usage, "'\(name.terminalSafe)' is no workstream's name",
      hint: "names begin with 'ws-'; list them: git uet status")
  }
}
