import UETGit
import UETModel
import UETPlanning

/// All that decides what a gate says of a tree, besides the tree: with the gate's command it makes
/// the key that a verdict counts for.
///
/// The variables that are the run's own (`UET_…`) differ from attempt to attempt and are left out.
struct GateEnvironment: Sendable {
  private let members: JSONObject
  private let user: [String: String]

  /// Where a gate runs, as far as that matters.
  enum Place: Hashable, Sendable {
    /// A clean checkout of the whole tree.
    case checkout
    /// What an attempt worked in, which holds these paths alone where it is sparse.
    case worktree(path: String, sparse: [String]?)
    /// A folder without the tree.
    case scratch
  }

  init(_ project: Project, in place: Place = .checkout) {
    user = project.environment
    let settings = project.configuration.run
    var members: JSONObject = [
      "version": 2, "system": .string(Self.system), "machine": .string(Self.machine),
      "setup": .array(settings.setup.map(\.json)),
    ]
    if let means = Sandbox.means(for: project) {
      members.append("sandbox", .string(means.name))
      let settings = project.configuration.json["sandbox"]?.object
      for key in ["network", "read", "write"] {
        members.append("sandbox_\(key)", settings?[key])
      }
    }
    let files = LocalFiles(project)
    switch place {
    case .checkout: members.append("copied", files.digests(in: nil))
    case .worktree(let path, let sparse):
      members.append("copied", files.digests(in: path))
      members.append("sparse", sparse.map { .array($0.sorted().map(JSONValue.string)) })
    case .scratch: members.append("scratch", true)
    }
    self.members = members
  }

  /// Which history a gate sees that is keyed by commit.
  enum History: Hashable, Sendable {
    /// That of one commit.
    case commit(ObjectID)
    /// That of what the queue makes: merges, of which one answers for another of the same tree.
    case merges
    /// That of what a rollback makes.
    case rollback
  }

  /// The key of a gate's verdicts; `declared` is what a bundle adds to the environment.
  func key(
    of gate: Gate, on history: History, declaring declared: [String: String] = [:]
  ) -> String {
    var object = members
    object.append("command", gate.command.json)
    if !gate.hasNetwork { object.append("network", false) }
    if let inputs = gate.inputs {
      let texts = Set(inputs.map(\.normalized)).sorted()
      object.append("inputs", .array(texts.map(JSONValue.string)))
    }
    if gate.learns { object.append("inputs", "auto") }
    if gate.isKeyedByCommit {
      switch history {
      case .commit(let id): object.append("commit", .commit(id))
      case .merges: object.append("history", "merges")
      case .rollback: object.append("history", "rollback")
      }
    }
    var variables = WorkerEnvironment.make(user: user, declared: declared, run: [:])
    variables["PATH"] = variables["PATH"].map(Self.withoutGit)
    object.append(
      "variables",
      .object(
        JSONObject(
          members: variables.sorted { $0.key < $1.key }
            .map { JSONObject.Member($0.key, .string($0.value)) })))
    return Repository.hashBlob(Array(JSONValue.object(object.canonical).encoded(.canonical).utf8))
      .hex
  }

  /// `git uet` puts the folder of git's own programs before the user's `PATH`, `git-uet` does not.
  private static func withoutGit(_ path: String) -> String {
    let folders = path.split(separator: ":", omittingEmptySubsequences: false)
    return folders.drop { $0.hasSuffix("/git-core") }.joined(separator: ":")
  }

  private static var system: String {
    #if os(Linux)
      "linux"
    #elseif os(macOS)
      "macos"
    #else
      "other"
    #endif
  }

  private static var machine: String {
    #if arch(x86_64)
      "x86_64"
    #elseif arch(arm64)
      "arm64"
    #else
      "other"
    #endif
  }
}
