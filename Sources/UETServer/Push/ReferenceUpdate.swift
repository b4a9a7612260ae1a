import UETModel

/// One line of what a push asks for.
package struct ReferenceUpdate: Hashable, Sendable {
  /// The full name, as it was pushed.
  package let name: String
  /// What the host has; nil where the reference is new.
  package let old: ObjectID?
  /// What it is to be; nil where it is to be deleted.
  package let new: ObjectID?

  package init(name: String, old: ObjectID?, new: ObjectID?) {
    (self.name, self.old, self.new) = (name, old, new)
  }

  /// Reads what git gives to `pre-receive`: `OLD NEW NAME` and a line feed each; nil where any line
  /// is something else.
  package static func parse(_ input: [UInt8]) -> [ReferenceUpdate]? {
    guard input.last == UInt8(ascii: "\n") else { return input.isEmpty ? [] : nil }
    var result: [ReferenceUpdate] = []
    for line in input.dropLast().split(
      separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    {
      guard let update = ReferenceUpdate(line: line) else { return nil }
      result.append(update)
    }
    return result
  }

  /// As a line of a push, without a line feed.
  package init?(line: ArraySlice<UInt8>) {
    let parts = line.split(
      separator: UInt8(ascii: " "), maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let old = ObjectID(hexadecimal: parts[0]),
      let new = ObjectID(hexadecimal: parts[1]),
      let name = String(validating: parts[2], as: UTF8.self), !name.isEmpty
    else { return nil }
    self.init(name: name, old: old.isZero ? nil : old, new: new.isZero ? nil : new)
  }
}
