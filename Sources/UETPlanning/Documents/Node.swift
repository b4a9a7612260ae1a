import UETModel

/// A value of a JSON or YAML document that knows where it stands.
package struct Node: Sendable {
  package enum Value: Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([Node])
    /// In the order of the file; keys are unique.
    case object([Member])
  }

  package struct Member: Sendable {
    package let key: String
    package let keyOffset: Int32
    package let value: Node

    package init(key: String, keyOffset: Int, value: Node) {
      self.key = key
      self.keyOffset = Int32(truncatingIfNeeded: keyOffset)
      self.value = value
    }
  }

  package let value: Value
  private let start: Int32

  /// The byte at which the value starts.
  package var offset: Int { Int(start) }

  package init(_ value: Value, at offset: Int) {
    self.value = value
    start = Int32(truncatingIfNeeded: offset)
  }

  /// How deep a document may nest; nothing a person writes comes near.
  package static let maximumDepth = 128
}

extension Node {
  package var isNull: Bool {
    if case .null = value { true } else { false }
  }

  /// The member of that name; nil when this is no object or has none.
  package subscript(key: String) -> Node? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// What it is, for a message: `a string`, `an object`.
  package var kindName: String {
    switch value {
    case .null: "null"
    case .bool: "true or false"
    case .integer, .number: "a number"
    case .string: "a string"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// The value without places.
  package var json: JSONValue {
    switch value {
    case .null: .null
    case .bool(let value): .bool(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .string(let value): .string(value)
    case .array(let items): .array(items.map(\.json))
    case .object(let members):
      .object(JSONObject(members: members.map { JSONObject.Member($0.key, $0.value.json) }))
    }
  }

  /// The JSON pointer of the member whose key starts at `offset`; nil when there is none.
  package func pointer(toKeyAt offset: Int) -> String? {
    switch value {
    case .array(let items):
      for (index, item) in items.enumerated() {
        if let rest = item.pointer(toKeyAt: offset) { return "/\(index)" + rest }
      }
    case .object(let members):
      for member in members {
        let own = "/" + JSONPointer.escaped(member.key)
        if Int(member.keyOffset) == offset { return own }
        if let rest = member.value.pointer(toKeyAt: offset) { return own + rest }
      }
    default: break
    }
    return nil
  }
}

/// JSON pointers (RFC 6901).
package enum JSONPointer {
  /// A key as it stands in a pointer: `~` as `~0`, `/` as `~1`.
  package static func escaped(_ key: String) -> String {
    guard key.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else {
      return key
    }
    var bytes: [UInt8] = []
    for byte in key.utf8 {
      switch byte {
      case UInt8(ascii: "~"): bytes += "~0".utf8
      case UInt8(ascii: "/"): bytes += "~1".utf8
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
