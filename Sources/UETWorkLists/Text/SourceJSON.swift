import UETModel

/// A JSON value that knows its bytes: numbers keep the text that they were written as, because as
/// numbers 3.1 and 3.10 would be one.
package struct SourceJSON: Sendable {
  package enum Value: Sendable {
    case null
    case bool(Bool)
    /// As written.
    case number(String)
    case string(String)
    case array([SourceJSON])
    /// In the order of the file; a repeated key is there as often as it was written.
    case object([Member])
  }

  package struct Member: Sendable {
    package let key: String
    /// Where the key's first quote stands.
    package let start: Int
    package let value: SourceJSON
  }

  package let value: Value
  /// The bytes of the value.
  package let range: Range<Int>

  /// How deep a list of work may nest.
  static let maximumDepth = 128

  package init(parsing bytes: [UInt8]) throws(JSONError) {
    var builder = Builder(bytes: bytes, reader: JSONReader(bytes))
    self = try builder.value(try builder.reader.next(), depth: 0)
    guard case .end = try builder.reader.next() else {
      throw JSONError(.trailingContent, at: builder.reader.tokenStart)
    }
  }

  fileprivate init(_ value: Value, _ range: Range<Int>) {
    (self.value, self.range) = (value, range)
  }
}

extension SourceJSON {
  /// The member of that name, the last one where it is repeated.
  package subscript(key: String) -> SourceJSON? {
    guard case .object(let members) = value else { return nil }
    return members.last { $0.key == key }?.value
  }

  package var members: [Member]? {
    if case .object(let members) = value { members } else { nil }
  }

  package var array: [SourceJSON]? {
    if case .array(let items) = value { items } else { nil }
  }

  package var string: String? {
    if case .string(let text) = value { text } else { nil }
  }

  package var bool: Bool? {
    if case .bool(let value) = value { value } else { nil }
  }

  package var isNull: Bool {
    if case .null = value { true } else { false }
  }

  /// A text or a number, as it is written: what ids are read by.
  package var scalar: String? {
    switch value {
    case .string(let text), .number(let text): text
    default: nil
    }
  }

  /// The value without places, numbers as texts where they are no whole ones.
  package var json: JSONValue {
    switch value {
    case .null: .null
    case .bool(let value): .bool(value)
    case .number(let text): Int64(text).map(JSONValue.integer) ?? .string(text)
    case .string(let text): .string(text)
    case .array(let items): .array(items.map(\.json))
    case .object(let members):
      .object(JSONObject(members: members.map { JSONObject.Member($0.key, $0.value.json) }))
    }
  }
}

/// Recursive descent over the reader's tokens.
private struct Builder {
  let bytes: [UInt8]
  var reader: JSONReader

  mutating func value(_ token: JSONReader.Token, depth: Int) throws(JSONError) -> SourceJSON {
    let start = reader.tokenStart
    let value: SourceJSON.Value
    switch token {
    case .null: value = .null
    case .bool(let flag): value = .bool(flag)
    case .integer, .number:
      value = .number(String(decoding: bytes[start..<reader.position], as: UTF8.self))
    case .string(let text): value = .string(text)
    case .arrayStart: value = .array(try elements(depth: try deeper(depth)))
    case .objectStart: value = .object(try members(depth: try deeper(depth)))
    case .end: throw JSONError(.unexpectedEnd, at: start)
    default: throw JSONError(.unexpectedToken, at: start)
    }
    return SourceJSON(value, start..<reader.position)
  }

  private func deeper(_ depth: Int) throws(JSONError) -> Int {
    guard depth < SourceJSON.maximumDepth else {
      throw JSONError(.tooDeep(limit: SourceJSON.maximumDepth), at: reader.tokenStart)
    }
    return depth + 1
  }

  private mutating func elements(depth: Int) throws(JSONError) -> [SourceJSON] {
    var result: [SourceJSON] = []
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

  private mutating func members(depth: Int) throws(JSONError) -> [SourceJSON.Member] {
    var result: [SourceJSON.Member] = []
    var token = try reader.next()
    if token == .objectEnd { return result }
    while true {
      guard case .string(let key) = token else {
        throw JSONError(token == .end ? .unexpectedEnd : .unexpectedToken, at: reader.tokenStart)
      }
      let start = reader.tokenStart
      try expect(.colon, try reader.next())
      let value = try value(try reader.next(), depth: depth)
      result.append(SourceJSON.Member(key: key, start: start, value: value))
      token = try reader.next()
      if token == .objectEnd { return result }
      try expect(.comma, token)
      token = try reader.next()
    }
  }

  private func expect(_ wanted: JSONReader.Token, _ token: JSONReader.Token) throws(JSONError) {
    guard token == wanted else {
      throw JSONError(token == .end ? .unexpectedEnd : .unexpectedToken, at: reader.tokenStart)
    }
  }
}
