import Foundation
import Testing
import UETModel

@testable import UETPlanning

/// The JSON Schemas for editors accept just what the loader accepts in a single file's structure.
@Suite(.enabled(if: SchemaJudge.isHere, "python3 with jsonschema is not here"))
struct SchemaTests {
  /// Checks that look beyond the structure: at other workstreams, phases and gates.
  private static let beyond: Set<String> = [
    "missing_dependency", "self_dependency", "dependency_cycle", "duplicate_id",
    "too_many_dependencies", "unknown_workstream", "unknown_gate",
  ]

  private static let count = ProcessInfo.processInfo.environment["UET_LONG"] == "1" ? 40_000 : 1_500

  private func compare(
    _ documents: [JSONValue], schema: String, seed: UInt64, _ diagnose: (JSONValue) -> [Diagnostic]
  ) throws {
    let verdicts = try SchemaJudge.verdicts(documents, schema: schema)
    var valid = 0
    for (number, (document, verdict)) in zip(documents, verdicts).enumerated() {
      let errors = diagnose(document).errors.filter { !Self.beyond.contains($0.code) }
      valid += errors.isEmpty ? 1 : 0
      #expect(
        errors.isEmpty == verdict,
        "seed \(seed), document \(number): \(document.encoded()) \(errors.map(\.description))")
    }
    #expect(valid > documents.count / 10 && valid < documents.count * 9 / 10)
  }

  @Test(arguments: [1, 2] as [UInt64]) func bundles(seed: UInt64) throws {
    var generator = DocumentGenerator(seed: seed)
    let documents = (0..<Self.count).map { _ in generator.bundle() }
    try compare(documents, schema: "bundle.schema.json", seed: seed) { document in
      let file = BundleFile(path: "a.json", bytes: Array(document.encoded().utf8))
      return BundleLoader.load([file]).diagnostics
    }
  }

  @Test(arguments: [3, 4] as [UInt64]) func configurations(seed: UInt64) throws {
    var generator = DocumentGenerator(seed: seed)
    let documents = (0..<Self.count).map { _ in generator.configuration() }
    try compare(documents, schema: "config.schema.json", seed: seed) { document in
      Configuration.load(Array(document.encoded().utf8), file: "config.json").diagnostics
    }
  }
}

/// The names of the schemas' fields are those of the loader; this needs no second opinion.
@Suite struct SchemaNamesTests {
  private func schema(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: Array(Data(contentsOf: URL(filePath: SchemaJudge.path(of: name)))))
  }

  @Test func bundleFields() throws {
    let workstream = try schema("bundle.schema.json")["$defs"]?["workstream"]
    #expect(workstream?["properties"]?.object?.keys.sorted() == WorkstreamFields.table.names)
    #expect(
      workstream?["required"] == .array(WorkstreamFields.table.required.map(JSONValue.string)))
  }

  @Test func configurationFields() throws {
    let properties = try #require(schema("config.schema.json")["properties"]?.object)
    #expect(properties.keys.sorted() == Configuration.fields.names)
    let sections: [(String, [String])] = [
      ("run", Configuration.runFields.names), ("budget", Configuration.budgetFields.names),
      ("retry", Configuration.retryFields.names),
      ("integration", Configuration.integrationFields.names),
      ("sandbox", Configuration.sandboxFields.names),
    ]
    for (section, names) in sections {
      #expect(properties[section]?["properties"]?.object?.keys.sorted() == names)
    }
  }

  @Test func defaultsAreThoseOfTheProgram() throws {
    let properties = try #require(schema("config.schema.json")["properties"]?.object)
    let defaults = Configuration().json
    for section in properties.members {
      for field in section.value["properties"]?.object?.members ?? [] {
        guard let value = field.value["default"] else { continue }
        let own = defaults[section.key]?[field.key]
        #expect(own == value || own?.double == value.double, "\(section.key).\(field.key)")
      }
    }
  }
}

/// What JSON says, the same text read as YAML says, at the same places.
@Suite struct JSONIsYAMLTests {
  @Test(arguments: [5, 6] as [UInt64]) func sameTreeAndDiagnostics(seed: UInt64) {
    var generator = DocumentGenerator(seed: seed)
    for _ in 0..<(ProcessInfo.processInfo.environment["UET_LONG"] == "1" ? 2_000 : 60) {
      let document = generator.bundle()
      // A YAML file that is null counts as empty.
      if document == .null { continue }
      let text = document.encoded(.pretty)
      // YAML takes some characters in quotes for line breaks, and refuses others.
      if text.unicodeScalars.contains(where: {
        (0x7F..<0xA0).contains($0.value) || $0 == "\u{2028}"
      }) {
        continue
      }
      let json = BundleLoader.load([BundleFile(path: "a.json", bytes: Array(text.utf8))])
      let yaml = BundleLoader.load([BundleFile(path: "a.yaml", bytes: Array(text.utf8))])
      let fromYAML = yaml.diagnostics.map { $0.description.replacing("a.yaml", with: "a.json") }
      #expect(json.diagnostics.map(\.description) == fromYAML, "seed \(seed): \(text)")
      #expect(json.dependencies == yaml.dependencies)
      #expect(json.workstreams.map(\.legacy) == yaml.workstreams.map(\.legacy))
    }
  }
}
