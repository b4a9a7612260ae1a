import UETModel

/// Something that took time, in a trace.
package struct TraceSpan: Hashable, Sendable {
  package enum Status: Int, Hashable, Sendable {
    case unset = 0
    case ok = 1
    case error = 2
  }

  package struct Attribute: Hashable, Sendable {
    package let key: String
    package let value: JSONValue
  }

  package let id: String
  package let parent: String?
  package let name: String
  package let start: Timestamp
  package var end: Timestamp
  package var status = Status.unset
  package var message: String?
  package var attributes: [Attribute] = []
  /// Spans of the same trace that it builds on.
  package var links: [String] = []

  init(_ id: String, in parent: String?, _ name: String, from start: Timestamp, to end: Timestamp) {
    (self.id, self.parent, self.name, self.start) = (id, parent, name, start)
    // Clocks go back.
    self.end = max(start, end)
  }

  mutating func tell(_ key: String, _ value: JSONValue?) {
    if let value { attributes.append(Attribute(key: key, value: value)) }
  }
}
