import UETEngine
import UETModel
import UETPlanning

extension CommandFailure {
  /// Why nothing is shared, put away or brought back.
  init(sharing error: EngineError) {
    switch error {
    case .archived(let run, let tip):
      self.init(
        .usage, "run '\(run)' is archived",
        hint: "bring it back first: git update-ref refs/uet/runs/\(run)/main \(tip)")
    case .noRemotes:
      self.init(
        .usage, "this repository has no remote to share with",
        hint: "name one: git remote add origin URL")
    case .unknownRemote(let name, let known):
      var nearby = Nearest()
      let nearest = nearby.name(for: name, among: known)
      self.init(
        .usage, "no remote '\(name.terminalSafe)'",
        hint: nearest.map { "did you mean '\($0.terminalSafe)'?" } ?? "list them: git remote -v")
    case .notAnArchive(let name):
      self.init(
        .usage, "'\(name.terminalSafe)' cannot be the name of an archive",
        hint: "call it 'archive', or something that begins with 'archive-', as 'archive-2026'")
    case .badSharePrefix(let name):
      self.init(
        .usage, "'\(name.terminalSafe)' cannot be a prefix of shared references",
        hint: "give it a folder of its own: git config uet.sharePrefix refs/heads/uet-meta")
    default: self.init(.internalError, "\(error)".terminalSafe)
    }
  }
}
