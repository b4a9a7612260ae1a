import UETModel

extension Reading {
  private static let mostCores = 100_000.0

  /// Amounts by name: `{cpu: 2, memory: 4GB, NAME: 1}`; in git's configuration the text
  /// `cpu=2, memory=4GB`.
  mutating func resources(_ node: Node) -> Resources {
    if isText, case .string(let text) = node.value { return resources(text, node) }
    var result = Resources()
    for member in object(node) ?? [] {
      enter(key: member.key)
      if let amount = amount(member.value, of: member.key) { result[member.key] = amount }
      leave()
    }
    if result.names.count > Resources.mostNames {
      noteValue(node, "must not have more than \(Resources.mostNames) names")
    }
    return result
  }

  private mutating func resources(_ text: String, _ node: Node) -> Resources {
    var result = Resources()
    for part in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      let pair = part.split(separator: "=", maxSplits: 1).map(String.init)
      guard pair.count == 2 else {
        noteValue(node, "must be amounts such as \"cpu=2, memory=4GB\"")
        return result
      }
      result[pair[0]] = amount(Node(.string(pair[1]), at: node.offset), of: pair[0])
    }
    return result
  }

  private mutating func amount(_ node: Node, of name: String) -> Int? {
    switch name {
    case Resources.cpu:
      return number(node, in: 0...Self.mostCores).map { Int(($0 * 1000).rounded(.up)) }
    case Resources.memory, Resources.disk: return bytes(node)
    default:
      guard Self.isResourceName(name) else {
        noteValue(
          node, "is no name of a resource",
          hint: "names begin with a small letter and have letters, digits, '-' and '_'")
        return nil
      }
      return integer(node, in: 0...1_000_000)
    }
  }

  private static func isResourceName(_ name: String) -> Bool {
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    guard let first = name.utf8.first, letters.contains(first), name.utf8.count <= 60 else {
      return false
    }
    return name.utf8.allSatisfy { WorkstreamID.isAllowed($0) || $0 == UInt8(ascii: "_") }
  }

  /// A number of bytes: whole, or text such as `10GB`, `500 MiB`; powers of 1000 or of 1024.
  mutating func bytes(_ node: Node) -> Int? {
    switch node.value {
    case .null: return nil
    case .string(let text):
      if let bytes = ByteCount.parse(text) { return bytes }
      noteValue(
        node, "must be a size such as \"10GB\" or \"500MiB\", not \(text.quoted(limit: 60))")
      return nil
    default: return integer(node, in: 0...(1 << 53))
    }
  }
}
