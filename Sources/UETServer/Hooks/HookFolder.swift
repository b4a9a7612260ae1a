import UETGit
import UETModel
import UETSystem

/// Where git looks for the hooks of a repository.
struct HookFolder {
  let path: String

  init(_ repository: Repository, home: String?) throws {
    let own = repository.commonDirectory + "/hooks"
    guard let configured = repository.config("core.hooksPath") else {
      path = own
      return
    }
    let expanded =
      configured.hasPrefix("~/") ? Files.trimmed(home ?? "") + configured.dropFirst() : configured
    let found = Files.resolved(expanded, against: repository.workTree ?? repository.commonDirectory)
    let isOfRepository =
      repository.sharedSettings(prefix: "core.hookspath").last?.value == configured
    guard isOfRepository else {
      throw Refusal(
        .decision,
        "the hooks of this repository come from '\(found.terminalSafe)', as those of others may",
        hint: "give it a folder of its own: git config core.hooksPath \(own.shellQuoted)")
    }
    path = Files.real(found) ?? found
  }
}
