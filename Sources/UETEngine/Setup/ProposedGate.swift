/// A gate that a repository's own files suggest, with the reason; a proposal for a person to read,
/// and never used by a run that nobody configured.
package struct ProposedGate: Hashable, Sendable {
  package let name: String
  package let command: [String]
  /// What shows it, as `the Makefile has a target 'test'`.
  package let reason: String

  package init(_ name: String, _ command: [String], _ reason: String) {
    self.name = name
    self.command = command
    self.reason = reason
  }

  static let unit = "GATE_UNIT"
  static let lint = "GATE_LINT"
  static let security = "GATE_SECURITY"

  /// The entry as it stands in a configuration: `GATE_UNIT: {command: [make, test], timeout: 30m,
  /// retries: 1}`.
  ///
  /// Tests may be flaky; what others say is said for good.
  package var entry: String {
    let words = command.map(Self.yaml).joined(separator: ", ")
    let rest = name == Self.unit ? "timeout: 30m, retries: 1" : "timeout: 10m"
    return "\(name): {command: [\(words)], \(rest)}"
  }

  /// A word of a flow list, quoted where YAML would take it for something else.
  private static func yaml(_ word: String) -> String {
    let isPlain = word.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789./_=".unicodeScalars.contains(scalar))
    }
    let first = word.unicodeScalars.first
    let isWord = isPlain && first?.properties.isAlphabetic == true
    let isReserved = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"].contains(
      word.lowercased())
    if isWord && !isReserved { return word }
    let escaped = word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    return "\"\(escaped)\""
  }
}
