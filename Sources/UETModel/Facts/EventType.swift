/// What happened. The set is open: a type from a newer version is kept and shown.
package struct EventType: RawRepresentable, ExpressibleByStringLiteral, Hashable, Sendable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  package init(stringLiteral name: String) { rawValue = name }

  package var isKnown: Bool { Fact.known.contains(self) }
}

extension EventType: CustomStringConvertible {
  package var description: String { rawValue }
}
