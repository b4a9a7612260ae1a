import Foundation
import Testing
import UETModel
import UETPlanning

/// The brief says what the schema says.
@Suite struct BundleBriefTests {
  /// What a draft has no use for.
  private static let leftOut: Set<String> = [
    "$schema", "resources", "priority", "compensation_actions", "forward_actions", "risk", "env",
    "model", "timeout", "command", "worktree", "openspec_change", "ccpm_issue", "gate",
    "capability",
    "capability_payload", "circuit_breaker", "metadata", "proposed", "imported",
  ]

  @Test func itIsMadeOfTheSchema() throws {
    let file = URL(filePath: SchemaJudge.path(of: "bundle.schema.json"))
    let schema = try JSONValue(parsing: Array(Data(contentsOf: file)))
    let workstream = try #require(schema["$defs"]?["workstream"])
    let properties = try #require(workstream["properties"]?.object)
    let required = Set((workstream["required"]?.array ?? []).compactMap(\.string))
    var named: Set<String> = []
    for line in BundleBrief.lines where line.hasPrefix("- `") {
      let name = String(line.dropFirst(3).prefix { $0 != "`" })
      named.insert(name)
      #expect(line.contains("` (required): ") == required.contains(name), "\(line)")
      guard let choices = properties[name]?["enum"]?.array else { continue }
      let words = line.split(separator: ": ", maxSplits: 1).last ?? ""
      #expect(words == choices.compactMap(\.string).joined(separator: ", "), "\(line)")
    }
    #expect(named.union(Self.leftOut) == Set(properties.keys))
    #expect(named.isDisjoint(with: Self.leftOut) && required.isSubset(of: named))
  }

  @Test func itsExampleIsABundle() {
    let example = BundleBrief.lines.filter { $0.hasPrefix("    ") }.map { $0.dropFirst(4) }
      .joined(separator: "\n")
    let other = "id: ws-options-table\ntasks: [x]\nfiles_scope: [a]\ntool: claude\n"
    let loaded = BundleLoader.load([
      BundleFile(path: "a.yaml", bytes: Array(example.utf8)),
      BundleFile(path: "b.yaml", bytes: Array(other.utf8)),
    ])
    #expect(loaded.diagnostics.isEmpty && loaded.workstreams.count == 2, "\(loaded.diagnostics)")
  }
}
