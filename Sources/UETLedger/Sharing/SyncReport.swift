import UETModel

/// What a sync did, or would do.
package struct SyncReport: Hashable, Sendable {
  package struct Change: Hashable, Sendable {
    /// The full name here.
    package let name: String
    /// nil for the branch of a workstream.
    package let kind: SharedKind?
    package let old: ObjectID?
    /// nil where the reference went, because what it led to is in the archive.
    package let new: ObjectID?
  }

  /// A reference that could not be brought together.
  package struct Fault: Hashable, Sendable {
    package let name: String
    package let reason: String
    /// What to look at, or to type.
    package let hint: String?
  }

  package var received: [Change] = []
  package var sent: [Change] = []
  package var faults: [Fault] = []
  /// What the host did not take, and what may help.
  package var refused: [Fault] = []
  /// How often it was tried, since others pushed at the same time.
  package var rounds = 0
  /// Whether the host changes several references at once or none.
  package var isAtomic = true

  package init() {}

  package var isClean: Bool { faults.isEmpty && refused.isEmpty }
}

extension String {
  /// As one argument of a command that a person may copy into a shell.
  var asArgument: String {
    let isPlain = utf8.allSatisfy { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
      default: "/-_.:@+".utf8.contains(byte)
      }
    }
    return isPlain && !isEmpty ? self : "'\(replacing("'", with: "'\\''"))'"
  }
}
