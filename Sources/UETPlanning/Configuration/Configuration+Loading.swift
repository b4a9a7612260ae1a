import UETModel

extension Configuration {
  /// Reads the file; with an error among the diagnostics the configuration is not to be used.
  ///
  /// The format is the one of the file's extension. A file that holds nothing but comments stands
  /// for the defaults.
  package static func load(
    _ bytes: [UInt8], file: String
  ) -> (configuration: Configuration, diagnostics: [Diagnostic]) {
    var configuration = Configuration()
    let source = SourceText(path: file, bytes: bytes)
    let document = Document(source)
    guard let root = document.root else {
      let isEmpty = document.diagnostics.contains { $0.code == "empty_file" }
      return (configuration, isEmpty ? [] : document.diagnostics)
    }
    var reading = Reading(source)
    reading.read(root, fields, into: &configuration)
    reading.checkTogether(root, configuration)
    return (configuration, (document.diagnostics + reading.diagnostics).inFileOrder)
  }
}

extension Reading {
  /// What no single field shows: gates and thresholds that do not fit one another.
  mutating func checkTogether(_ root: Node, _ configuration: Configuration) {
    guard errorCount == 0 else { return }
    let names = configuration.gates.keys.sorted()
    for key in ["gates", "after_landing"] {
      guard case .array(let items)? = root["integration"]?[key]?.value else { continue }
      enter(key: "integration")
      enter(key: key)
      checkGates(items, among: names)
      leave()
      leave()
    }
    checkRepair(root, configuration)
  }

  private mutating func checkRepair(_ root: Node, _ configuration: Configuration) {
    guard let integration = root["integration"] else { return }
    enter(key: "integration")
    defer { leave() }
    if case .tool(let name)? = configuration.integration.resolver,
      configuration.tools[name] == nil, let node = integration["resolver"]
    {
      let suggestion = suggestion(for: name, among: configuration.tools.keys.sorted())
      enter(key: "resolver")
      note(
        "unknown_tool", at: node.offset,
        "tool \(name.quoted(limit: 60)) is not declared under 'tools'\(suggestion)")
      leave()
    }
    guard case .array(let items)? = integration["repair"]?.value else { return }
    enter(key: "repair")
    defer { leave() }
    var seen: [RepairMethod] = []
    for (index, item) in items.enumerated() {
      guard case .string(let text) = item.value, let method = RepairMethod(rawValue: text) else {
        continue
      }
      let problem = repairProblem(method, after: seen, configuration)
      if let problem {
        within(index: index) { $0.note("invalid_value", at: item.offset, problem) }
      }
      seen.append(method)
    }
  }

  private func repairProblem(
    _ method: RepairMethod, after seen: [RepairMethod], _ configuration: Configuration
  ) -> String? {
    if seen.contains(method) { return "'\(method.rawValue)' is named twice" }
    if let last = seen.first(where: \.isLast) {
      return "nothing can come after '\(last.rawValue)'"
    }
    if method == .resolver, configuration.integration.resolver == nil {
      return "'resolver' needs 'integration.resolver', which names a tool or a command"
    }
    return nil
  }

  private mutating func checkGates(_ items: [Node], among names: [String]) {
    for (index, item) in items.enumerated() {
      guard case .string(let name) = item.value, !names.contains(name) else { continue }
      let suggestion = suggestion(for: name, among: names)
      within(index: index) { reading in
        reading.note(
          "unknown_gate", at: item.offset,
          "gate \(name.quoted(limit: 60)) is not declared under 'gates'\(suggestion)")
      }
    }
  }
}
