extension JSONValue {
  /// How a document is laid out.
  package enum Layout: Sendable {
    /// One line, members in their order.
    case compact
    /// One line, members sorted by the bytes of their keys: equal values give equal bytes.
    case canonical
    /// Indented by two spaces, members in their order.
    case pretty
  }

  /// The document as text; non-ASCII text stays as it is, control characters are escaped.
  package func encoded(_ layout: Layout = .compact) -> String {
    var bytes: [UInt8] = []
    encode(into: &bytes, layout, indent: 0)
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Appends the document to `bytes`.
  package func encode(into bytes: inout [UInt8], _ layout: Layout) {
    encode(into: &bytes, layout, indent: 0)
  }

  private func encode(into bytes: inout [UInt8], _ layout: Layout, indent: Int) {
    switch self {
    case .null: bytes += "null".utf8
    case .bool(let value): bytes += (value ? "true" : "false").utf8
    case .integer(let value): bytes += String(value).utf8
    case .number(let value): bytes += Self.text(of: value).utf8
    case .string(let value): Self.quote(value, into: &bytes)
    case .array(let elements):
      Self.list(elements, "[", "]", into: &bytes, layout, indent) { element, bytes in
        element.encode(into: &bytes, layout, indent: indent + 1)
      }
    case .object(let object):
      let members =
        layout == .canonical
        ? object.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        : object.members
      Self.list(members, "{", "}", into: &bytes, layout, indent) { member, bytes in
        Self.quote(member.key, into: &bytes)
        bytes.append(UInt8(ascii: ":"))
        if layout == .pretty { bytes.append(UInt8(ascii: " ")) }
        member.value.encode(into: &bytes, layout, indent: indent + 1)
      }
    }
  }

  private static func list<Element>(
    _ items: [Element], _ open: Unicode.Scalar, _ close: Unicode.Scalar, into bytes: inout [UInt8],
    _ layout: Layout, _ indent: Int, _ body: (Element, inout [UInt8]) -> Void
  ) {
    bytes.append(UInt8(ascii: open))
    for (index, item) in items.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      if layout == .pretty { newLine(indent + 1, into: &bytes) }
      body(item, &bytes)
    }
    if layout == .pretty, !items.isEmpty { newLine(indent, into: &bytes) }
    bytes.append(UInt8(ascii: close))
  }

  private static func newLine(_ indent: Int, into bytes: inout [UInt8]) {
    bytes.append(0x0A)
    for _ in 0..<(2 * indent) { bytes.append(0x20) }
  }

  /// The shortest text that reads back as the same number; `4.0` stays `4.0`.
  private static func text(of value: Double) -> String {
    value.isFinite ? value.description : "null"
  }

  /// Appends a string in quotes, with what must be escaped escaped.
  static func quote(_ text: String, into bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
      case 0x0A: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "n")]
      case 0x0D: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "r")]
      case 0x09: bytes += [UInt8(ascii: "\\"), UInt8(ascii: "t")]
      case 0..<0x20, 0x7F:
        bytes += "\\u00".utf8
        let hex = String(byte, radix: 16)
        bytes += (hex.utf8.count == 1 ? "0" + hex : hex).utf8
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }
}

extension JSONObject {
  /// The members, sorted by the bytes of their keys, at every depth.
  package var canonical: JSONObject {
    if isCanonical { return self }
    let sorted = members.map { JSONObject.Member($0.key, $0.value.canonical) }
      .sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    return JSONObject(members: sorted)
  }

  /// Whether the members are sorted already, at every depth: then nothing need be copied.
  var isCanonical: Bool {
    for (index, member) in members.enumerated() {
      if !member.value.isCanonical { return false }
      if index > 0, !members[index - 1].key.utf8.lexicographicallyPrecedes(member.key.utf8) {
        return false
      }
    }
    return true
  }
}

extension JSONValue {
  /// The value with the members of every object sorted by the bytes of their keys.
  package var canonical: JSONValue {
    switch self {
    case .object(let object): .object(object.canonical)
    case .array(let items): isCanonical ? self : .array(items.map(\.canonical))
    default: self
    }
  }

  fileprivate var isCanonical: Bool {
    switch self {
    case .object(let object): object.isCanonical
    case .array(let items): items.allSatisfy(\.isCanonical)
    default: true
    }
  }
}
