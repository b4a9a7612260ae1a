import UETModel
import Yams

/// Builds a located tree from one YAML document.
///
/// Scalars mean what YAML 1.2 says; anchors, aliases and merge keys (`<<`) are resolved within
/// bounds; tags other than those of the core schema are refused.
struct YAMLDocument {
  private let lines: YAMLLines
  /// Aliases may repeat values; how many more nodes the tree may have.
  private var budget: Int

  static func parse(_ source: SourceText) throws(DocumentProblem) -> Node {
    let bytes = source.bytes
    try checkControls(bytes)
    try YAMLGuard.check(bytes)
    let lines = YAMLLines(bytes)
    guard let root = try compose(source, lines) else {
      throw DocumentProblem("empty_file", "the file holds no value", at: 0)
    }
    var document = YAMLDocument(lines: lines, budget: max(1_000_000, 2 * bytes.count))
    let node = try document.node(root, depth: 0)
    if node.isNull {
      throw DocumentProblem("empty_file", "the file holds no value", at: node.offset)
    }
    return node
  }

  /// YAML allows no control characters, not even in quotes; the parser would not say where.
  private static func checkControls(_ bytes: [UInt8]) throws(DocumentProblem) {
    for (offset, byte) in bytes.enumerated() {
      let scalar: Int
      switch byte {
      case 0x09, 0x0A, 0x0D: continue
      case 0..<0x20, 0x7F: scalar = Int(byte)
      case 0xC2 where bytes[offset + 1] < 0xA0 && bytes[offset + 1] != 0x85:
        scalar = Int(bytes[offset + 1])
      case 0xEF where bytes[offset + 1] == 0xBF && bytes[offset + 2] >= 0xBE:
        scalar = 0xFF40 + Int(bytes[offset + 2])
      default: continue
      }
      throw DocumentProblem(
        "control_character", "control character '\\u{\(String(scalar, radix: 16))}' in the file",
        at: offset)
    }
  }

  private static func compose(
    _ source: SourceText, _ lines: YAMLLines
  ) throws(DocumentProblem) -> Yams.Node? {
    do {
      let text = String(decoding: source.bytes, as: UTF8.self)
      // The basic resolver has no patterns: scalars are resolved here, keys compared as text.
      return try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
    } catch let error as YamlError {
      throw YAMLProblem(source, lines).problem(error)
    } catch {
      throw DocumentProblem("invalid_yaml", "not valid YAML", at: 0)
    }
  }

  private func offset(of node: Yams.Node) -> Int {
    node.mark.map { lines.offset(line: $0.line, column: $0.column) } ?? 0
  }

  private mutating func node(_ node: Yams.Node, depth: Int) throws(DocumentProblem) -> Node {
    let offset = offset(of: node)
    budget -= 1
    guard budget >= 0 else {
      throw DocumentProblem(
        "yaml_too_complex", "aliases repeat too many values", at: offset,
        hint: "write the values out, or use fewer aliases")
    }
    guard depth < Node.maximumDepth || node.scalar != nil else { throw .tooDeep(at: offset) }
    switch node {
    case .scalar(let scalar): return Node(try value(scalar, at: offset), at: offset)
    case .sequence(let sequence):
      try check(tag: sequence.tag.rawValue, core: "seq", at: offset)
      var items: [Node] = []
      items.reserveCapacity(sequence.count)
      for item in sequence { items.append(try self.node(item, depth: depth + 1)) }
      return Node(.array(items), at: offset)
    case .mapping(let mapping):
      try check(tag: mapping.tag.rawValue, core: "map", at: offset)
      return Node(.object(try members(mapping, depth: depth + 1)), at: offset)
    case .alias: throw DocumentProblem("invalid_yaml", "unresolved alias", at: offset)
    }
  }

  private func check(tag: String, core: String, at offset: Int) throws(DocumentProblem) {
    guard tag.isEmpty || tag == "!" || tag == "tag:yaml.org,2002:" + core else {
      throw Self.unsupportedTag(tag, at: offset)
    }
  }

  private static func unsupportedTag(_ tag: String, at offset: Int) -> DocumentProblem {
    DocumentProblem("yaml_tag", "tag \(tag.quoted()) is not supported here", at: offset)
  }

  private func value(
    _ scalar: Yams.Node.Scalar, at offset: Int
  ) throws(DocumentProblem) -> Node.Value {
    let text = scalar.string
    switch scalar.tag.rawValue {
    case "": return YAMLScalar.resolve(text)
    case "!", "tag:yaml.org,2002:str": return .string(text)
    case "tag:yaml.org,2002:null", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:int",
      "tag:yaml.org,2002:float":
      return try explicit(YAMLScalar.resolve(text), scalar.tag.rawValue, at: offset)
    default: throw Self.unsupportedTag(scalar.tag.rawValue, at: offset)
    }
  }

  private func explicit(
    _ value: Node.Value, _ tag: String, at offset: Int
  ) throws(DocumentProblem) -> Node.Value {
    switch (value, tag.split(separator: ":").last) {
    case (.null, "null"), (.bool, "bool"), (.integer, "int"), (.number, "float"): return value
    case (.integer(let number), "float"): return .number(Double(number))
    default:
      throw DocumentProblem(
        "yaml_tag", "the value does not fit its tag \(tag.quoted())", at: offset)
    }
  }
}

extension YAMLDocument {
  private mutating func members(
    _ mapping: Yams.Node.Mapping, depth: Int
  ) throws(DocumentProblem) -> [Node.Member] {
    var result: [Node.Member] = []
    var merged: [Node] = []
    for (key, value) in mapping {
      let keyOffset = offset(of: key)
      guard let scalar = key.scalar else {
        throw DocumentProblem(
          "invalid_yaml", "a key must be a plain text, not a list or a mapping", at: keyOffset)
      }
      // Yams has put a tag on each key to compare them, so the style tells whether it was quoted.
      if scalar.string == "<<", scalar.style == .plain {
        merged += try mergedNodes(value, depth: depth)
        continue
      }
      let node = try node(value, depth: depth)
      result.append(Node.Member(key: scalar.string, keyOffset: keyOffset, value: node))
    }
    return merged.isEmpty ? result : Self.merge(merged, into: result)
  }

  private mutating func mergedNodes(
    _ value: Yams.Node, depth: Int
  ) throws(DocumentProblem) -> [Node] {
    let node = try node(value, depth: depth)
    let nodes: [Node] = if case .array(let items) = node.value { items } else { [node] }
    for node in nodes {
      guard case .object = node.value else {
        throw DocumentProblem(
          "invalid_yaml", "'<<' merges mappings only, not \(node.kindName)", at: node.offset)
      }
    }
    return nodes
  }

  /// Own members win, then those of earlier mappings (yaml.org/type/merge).
  private static func merge(_ nodes: [Node], into own: [Node.Member]) -> [Node.Member] {
    var result = own
    var keys = Set(own.map(\.key))
    for node in nodes {
      guard case .object(let members) = node.value else { continue }
      for member in members where keys.insert(member.key).inserted { result.append(member) }
    }
    return result
  }
}
