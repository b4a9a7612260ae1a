import UETModel

/// Lets documents of the tests be written with `nil` for JSON's null.
extension JSONValue: ExpressibleByNilLiteral {
  package init(nilLiteral: ()) { self = .null }
}
