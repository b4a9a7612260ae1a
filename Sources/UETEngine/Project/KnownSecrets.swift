import Synchronization
import UETPlanning
import UETTools
import UETWorkers

/// The values of variables that are passed to programs, as they are in this process.
///
/// What seeks them is made when it is first needed: most commands record nothing.
final class KnownSecrets: Sendable {
  private let names: Set<String>
  private let environment: [String: String]
  private let made = Mutex<Redaction?>(nil)

  init(_ configuration: Configuration, in environment: [String: String]) {
    names = Self.names(of: configuration.tools.values)
    self.environment = environment
  }

  /// What is taken out of all that is recorded.
  var redaction: Redaction {
    made.withLock { made in
      if let made { return made }
      let redaction = Redaction(names, in: environment)
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
