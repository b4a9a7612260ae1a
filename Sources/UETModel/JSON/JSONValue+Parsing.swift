extension JSONValue {
  /// How deep a document may nest: bounds the memory that a hostile one can take.
  package static let maximumDepth = 512

  /// Reads one JSON document. A repeated key is kept once, with its last value.
  package init(parsing bytes: some RandomAccessCollection<UInt8>) throws(JSONError) {
    self = try Self.parse(Array(bytes))
  }

  /// Parses a slice of bytes; not generic: other modules would get the unspecialised, much slower
  /// code.
  package init(parsing bytes: ArraySlice<UInt8>) throws(JSONError) {
    self = try Self.parse(Array(bytes))
  }

  package init(parsing text: some StringProtocol) throws(JSONError) {
    self = try Self.parse(Array(text.utf8))
  }

  private static func parse(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
    var builder = Builder(bytes: bytes)
    let value = try builder.value(try builder.reader.next(), depth: 0)
    guard try builder.reader.next() == .end else {
      throw JSONError(.trailingContent, at: builder.reader.tokenStart)
    }
    return value
  }

  /// Recursive descent over the reader's tokens, no deeper than `maximumDepth`.
  private struct Builder {
    var reader: JSONReader

    init(bytes: [UInt8]) { reader = JSONReader(bytes) }

    mutating func value(
      _ token: JSONReader.Token, depth: Int
    ) throws(JSONError) -> JSONValue {
      switch token {
      case .null: return .null
      case .bool(let value): return .bool(value)
      case .integer(let value): return .integer(value)
      case .number(let value): return .number(value)
      case .string(let value): return .string(value)
      case .arrayStart: return .array(try elements(depth: try deeper(depth)))
      case .objectStart: return .object(try members(depth: try deeper(depth)))
      case .end: throw JSONError(.unexpectedEnd, at: reader.tokenStart)
      default: throw JSONError(.unexpectedToken, at: reader.tokenStart)
      }
    }

    private func deeper(_ depth: Int) throws(JSONError) -> Int {
      guard depth < JSONValue.maximumDepth else {
        throw JSONError(.tooDeep(limit: JSONValue.maximumDepth), at: reader.tokenStart)
      }
      return depth + 1
    }

    private mutating func elements(depth: Int) throws(JSONError) -> [JSONValue] {
      var result: [JSONValue] = []
      var token = try reader.next()
      if token == .arrayEnd { return result }
      while true {
        result.append(try value(token, depth: depth))
        token = try reader.next()
        if token == .arrayEnd { return result }
        try expect(.comma, token)
        token = try reader.next()
      }
    }

    private mutating func members(depth: Int) throws(JSONError) -> JSONObject {
      var result = JSONObject()
      var token = try reader.next()
      if token == .objectEnd { return result }
      while true {
        guard case .string(let key) = token else {
          throw JSONError(
            token == .end ? .unexpectedEnd : .unexpectedToken, at: reader.tokenStart)
        }
        try expect(.colon, try reader.next())
        result[key] = try value(try reader.next(), depth: depth)
        token = try reader.next()
        if token == .objectEnd { return result }
        try expect(.comma, token)
        token = try reader.next()
      }
    }

    private func expect(
      _ wanted: JSONReader.Token, _ token: JSONReader.Token
    ) throws(JSONError) {
      guard token == wanted else {
        throw JSONError(token == .end ? .unexpectedEnd : .unexpectedToken, at: reader.tokenStart)
      }
    }
  }
}
