import Synchronization
import UETPlanning
import UETSystem
import UETTools
import UETWorkers

/// The values of variables that are passed to programs, as they are in this process, and the
/// secrets in the files that `run.copy` brings to them.
///
/// What seeks them is made when it is first needed: most commands record nothing.
final class KnownSecrets: Sendable {
  private let names: Set<String>
  private let environment: [String: String]
  private let files: [String]
  private let made = Mutex<Redaction?>(nil)

  /// More of a file is not settings.
  private static let longestFile = 1 << 20

  init(_ configuration: Configuration, in environment: [String: String], _ workTree: String?) {
    names = Self.names(of: configuration.tools.values)
    self.environment = environment
    files = workTree.map { root in configuration.run.copy.map { "\(root)/\($0)" } } ?? []
  }

  /// What is taken out of all that is recorded.
  var redaction: Redaction {
    made.withLock { made in
      if let made { return made }
      let settings = files.compactMap { Files.content(of: $0, limit: Self.longestFile) }
      let redaction = Redaction(
        names, in: environment, besides: settings.flatMap(SettingLines.secrets))
      made = redaction
      return redaction
    }
  }

  /// The names of variables whose values are secrets.
  private static func names(of tools: some Sequence<Configuration.Tool>) -> Set<String> {
    var names = Set<String>()
    for adapter in AgentPrograms.all {
      names.formUnion(
        adapter.loginVariables.filter { name in
          ["KEY", "TOKEN", "SECRET", "PASSWORD"].contains { name.contains($0) }
        })
    }
    for tool in tools { names.formUnion(tool.passedVariables) }
    return names
  }
}

extension Project {
  /// What is taken out of logs and messages before they are recorded.
  var redaction: Redaction { secrets.redaction }
}
