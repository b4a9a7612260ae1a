import UETPlanning
import UETTools
import UETWorkers

extension Project {
  /// What is taken out of logs and messages before they are recorded.
  var redaction: Redaction {
    Redaction(Self.secretNames(of: configuration.tools.values), in: environment)
  }

  /// The names of variables whose values are secrets.
  private static func secretNames(of tools: some Sequence<Configuration.Tool>) -> Set<String> {
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
