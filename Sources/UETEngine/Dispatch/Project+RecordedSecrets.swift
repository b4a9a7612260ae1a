import UETGit
import UETModel
import UETPlanning
import UETWorkers

extension Project {
  /// Refuses bundles and settings with secrets in them: a run's record would hold them, which is
  /// shared, and each prompt would lack them.
  func requireNoSecrets(in bundles: [BundleFile]) throws {
    let allowed = configuration.secrets.allow.compactMap { try? ScopePattern($0) }
    for bundle in bundles {
      let findings = redaction.findings(in: bundle.bytes)
      let isExample = allowed.contains { $0.matches(bundle.path) }
      guard let first = findings.first(where: { $0.isValue || !isExample }) else { continue }
      throw refusal("'\(bundle.path.terminalSafe)' (line \(first.line))", first)
    }
    let settings = redaction.findings(in: Array(configuration.encoded()))
    if let first = settings.first { throw refusal("'\(Self.configurationPath)'", first) }
  }

  private func refusal(_ place: String, _ finding: SecretFinding) -> Refusal {
    Refusal(
      .usage, "\(place) holds \(finding.kind), which the record of the run would hold, too",
      hint: "pass it as a variable: tools.TOOL.pass_env in .uet/config.yaml")
  }
}
