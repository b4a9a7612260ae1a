/// A secret that stands in a text where none may.
package struct SecretFinding: Hashable, Sendable {
  /// What it is, as `the value of API_TOKEN`.
  package let kind: String
  package let line: Int
  /// Whether it is the value of a variable, and so no mere example.
  package let isValue: Bool
  /// The secret: to be compared, never to be shown.
  package let content: [UInt8]
}
