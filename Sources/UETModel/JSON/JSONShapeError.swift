/// A member that is missing from a document, or holds something else than is expected there.
package struct JSONShapeError: Error, Hashable, Sendable {
  package let member: String

  package init(_ member: String) { self.member = member }
}

extension JSONShapeError: CustomStringConvertible {
  package var description: String { "member '\(member)' is missing or malformed" }
}

extension JSONObject {
  /// A member that must be there, in the form that `read` takes.
  package func required<Value>(
    _ key: String, _ read: (JSONValue) -> Value?
  ) throws(JSONShapeError) -> Value {
    guard let value = self[key].flatMap(read) else { throw JSONShapeError(key) }
    return value
  }

  /// A member that may be absent or null, but is in the form that `read` takes where it is there.
  package func optional<Value>(
    _ key: String, _ read: (JSONValue) -> Value?
  ) throws(JSONShapeError) -> Value? {
    guard let value = self[key], value != .null else { return nil }
    guard let result = read(value) else { throw JSONShapeError(key) }
    return result
  }

  /// A list; an absent one is empty.
  package func list<Value>(
    _ key: String, _ read: (JSONValue) -> Value?
  ) throws(JSONShapeError) -> [Value] {
    guard let value = self[key], value != .null else { return [] }
    guard let items = value.array else { throw JSONShapeError(key) }
    let result = items.compactMap(read)
    guard result.count == items.count else { throw JSONShapeError(key) }
    return result
  }
}

extension JSONValue {
  /// The text in one of the model's own forms.
  package var objectID: ObjectID? { string.flatMap { ObjectID($0) } }
  package var timestamp: Timestamp? { string.flatMap { Timestamp($0) } }
  package var workstreamID: WorkstreamID? { string.flatMap { WorkstreamID($0) } }

  package static func time(_ time: Timestamp?) -> JSONValue? {
    time.map { .string($0.description) }
  }

  package static func integer(_ value: Int?) -> JSONValue? {
    value.map { .integer(Int64($0)) }
  }

  /// The list, or nil where it is empty.
  package static func list<Item>(_ items: [Item], _ write: (Item) -> JSONValue) -> JSONValue? {
    items.isEmpty ? nil : .array(items.map(write))
  }

  package static func commit(_ id: ObjectID) -> JSONValue { .string(id.hex) }

  package static func commit(_ id: ObjectID?) -> JSONValue? { id.map { .string($0.hex) } }

  package static func text(_ text: String?) -> JSONValue? { text.map(JSONValue.string) }
}
