/// A workstream's name: `ws-` followed by one or more of `a-z`, `0-9` and `-`, 200 bytes at most.
///
/// The form is safe as a path component, a reference component and a terminal string.
package struct WorkstreamID: Hashable, Sendable {
  package let rawValue: String

  /// The longest name in bytes: it must fit a file name with a suffix on every file system.
  package static let maximumLength = 200

  package init?(_ text: String) {
    let bytes = text.utf8
    guard bytes.count > 3, bytes.count <= Self.maximumLength, text.hasPrefix("ws-"),
      bytes.dropFirst(3).allSatisfy(Self.isAllowed)
    else { return nil }
    rawValue = text
  }

  private init(known text: String) { rawValue = text }

  /// Stands in where a declaration has no usable id, while its other fields are checked.
  package static let unnamed = WorkstreamID(known: "ws-unnamed")

  /// Whether a byte may stand after `ws-`.
  package static func isAllowed(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "-"):
      true
    default: false
    }
  }
}

extension WorkstreamID: Comparable {
  package static func < (left: WorkstreamID, right: WorkstreamID) -> Bool {
    left.rawValue < right.rawValue
  }
}

extension WorkstreamID: CustomStringConvertible {
  package var description: String { rawValue }
}
