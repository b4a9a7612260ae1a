import UETModel

/// The fields an object may have, and how each is read into a target.
struct FieldTable<Target>: Sendable {
  typealias Read = @Sendable (inout Reading, Node, inout Target) -> Void

  let reads: [String: Read]
  let required: [String]
  /// Every field's name, sorted.
  let names: [String]

  init(required: [String] = [], _ reads: [String: Read]) {
    self.reads = reads
    self.required = required
    names = reads.keys.sorted()
  }
}

extension Reading {
  /// Reads an object by its table; unknown and missing fields are errors, null counts as absent.
  mutating func read<Target>(
    _ node: Node, _ table: FieldTable<Target>, into target: inout Target
  ) {
    guard let members = object(node) else { return }
    for member in members {
      guard let read = table.reads[member.key] else {
        noteUnknown(member, table.names)
        continue
      }
      if member.value.isNull { continue }
      path(member.key) { $0.perform(read, member.value, &target) }
    }
    for name in table.required where node[name]?.isNull ?? true {
      note("missing_field", at: node.offset, "required field '\(name)' is missing")
    }
  }

  private mutating func perform<Target>(
    _ read: FieldTable<Target>.Read, _ node: Node, _ target: inout Target
  ) {
    read(&self, node, &target)
  }

  private mutating func path(_ key: String, _ body: (inout Reading) -> Void) {
    within(key: key, body)
  }

  private mutating func noteUnknown(_ member: Node.Member, _ names: [String]) {
    let suggestion = suggestion(for: member.key, among: names)
    within(key: member.key) { reading in
      reading.note(
        "unknown_field", at: Int(member.keyOffset),
        "unknown field \(member.key.quoted(limit: 60))\(suggestion)")
    }
  }

  mutating func object(_ node: Node) -> [Node.Member]? {
    if case .object(let members) = node.value { return members }
    noteType(node, wanted: "an object")
    return nil
  }

  mutating func list(_ node: Node) -> [Node]? {
    if case .array(let items) = node.value { return items }
    // A setting of git's configuration that stands once is a list of one.
    if isText, case .string = node.value { return [node] }
    let isString = if case .string = node.value { true } else { false }
    noteType(node, wanted: "a list", hint: isString ? "write it in brackets" : nil)
    return nil
  }

  /// Each entry of a list that can be read; the others are noted.
  mutating func list<Element>(
    _ node: Node, _ read: (inout Reading, Node) -> Element?
  ) -> [Element] {
    guard let items = list(node) else { return [] }
    var result: [Element] = []
    result.reserveCapacity(items.count)
    for (index, item) in items.enumerated() {
      if let value = within(index: index, { read(&$0, item) }) { result.append(value) }
    }
    return result
  }

  /// Each member of an object with names of the user's choice.
  mutating func dictionary<Value>(
    _ node: Node, _ read: (inout Reading, Node.Member) -> Value?
  ) -> [String: Value] {
    guard let members = object(node) else { return [:] }
    var result: [String: Value] = [:]
    for member in members {
      if let value = within(key: member.key, { read(&$0, member) }) { result[member.key] = value }
    }
    return result
  }

  /// One of the values of an enumeration.
  mutating func choice<Choice>(
    _ node: Node, _ type: Choice.Type = Choice.self
  ) -> Choice? where Choice: CaseIterable & RawRepresentable, Choice.RawValue == String {
    guard let text = string(node) else { return nil }
    if let value = Choice(rawValue: text) { return value }
    let names = Choice.allCases.map(\.rawValue)
    let list = names.map { "'\($0)'" }.joined(separator: ", ")
    let suggestion = suggestion(for: text, among: names)
    noteValue(node, "must be one of \(list), not \(text.quoted(limit: 40))\(suggestion)")
    return nil
  }
}
