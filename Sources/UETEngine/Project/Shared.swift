/// A large value that its holders share: a copy of a holder copies a pointer.
final class Shared<Value: Sendable>: Sendable {
  let value: Value

  init(_ value: Value) { self.value = value }
}
