import UETEngine
import UETGit
import UETModel
import UETPlanning

/// The settings that a host goes by: those of the commit that its HEAD names, and its own git
/// configuration on top. Nothing that is being pushed counts.
struct HostSettings {
  let configuration: Configuration
  /// The full name of the branch at HEAD; nil where it has no commit yet, or HEAD is no branch.
  let head: String?
  let commit: ObjectID?

  init(_ repository: Repository) throws(PushRefusal) {
    do {
      switch try repository.head() {
      case .branch(let name, let id): (head, commit) = (repository.branch(behind: name), id)
      case .detached(let id): (head, commit) = (nil, id)
      case .unborn: (head, commit) = (nil, nil)
      }
      var configuration = Configuration()
      var problems: [Diagnostic] = []
      if let commit {
        (configuration, problems) = try Self.loaded(at: commit, repository)
      }
      let own = repository.configList(prefix: "uet.server.")
      let overridden = configuration.applying(gitConfig: own)
      self.configuration = overridden.configuration
      problems += overridden.diagnostics
      if let problem = problems.first(where: { $0.severity == .error }) {
        throw Self.broken(problem)
      }
    } catch let refusal as PushRefusal {
      throw refusal
    } catch {
      throw PushRefusal(unreadable: error)
    }
  }

  /// The configuration that a commit holds; of a broken one what could be read.
  static func configuration(at commit: ObjectID, _ repository: Repository) throws -> Configuration {
    try loaded(at: commit, repository).0
  }

  /// What is wrong with the configuration that a commit holds; nil where nothing is.
  static func problem(at commit: ObjectID, _ repository: Repository) throws -> String? {
    try loaded(at: commit, repository).1.first { $0.severity == .error }
      .map { "\($0.place): \($0.message)".terminalSafe }
  }

  private static func loaded(
    at commit: ObjectID, _ repository: Repository
  ) throws -> (Configuration, [Diagnostic]) {
    guard let entry = try repository.entry(at: Project.configurationPath, in: commit) else {
      return (Configuration(), [])
    }
    let loaded = Configuration.load(
      try repository.blob(entry.id), file: Project.configurationPath)
    return (loaded.configuration, loaded.diagnostics)
  }

  private static func broken(_ problem: Diagnostic) -> PushRefusal {
    PushRefusal(
      nil,
      "the host's own settings are broken, so that nothing can be judged: "
        + "\(problem.place): \(problem.message)".terminalSafe,
      hint: "on the host, bring in a commit that mends them: git fetch CLONE BRANCH:BRANCH")
  }
}
