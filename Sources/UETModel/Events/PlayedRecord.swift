/// The record of a run that is only played: its facts get their places, and nobody keeps them.
package struct PlayedRecord {
  /// How many events there were so far.
  package private(set) var count = 0

  package init() {}

  /// The next events, all of one moment.
  package mutating func events(_ drafts: [EventDraft], at time: Timestamp) -> [Event] {
    let first = count + 1
    count += drafts.count
    return drafts.enumerated().map { offset, draft in
      Event(draft, seq: first + offset, writer: "main", at: time) { _ in .zero }
    }
  }
}

extension ObjectID {
  /// The name of an object that is only played; another for each kind and number.
  package static func played(_ kind: UInt8, _ number: Int) -> ObjectID {
    var bytes = [UInt8](repeating: kind, count: 20)
    for index in 0..<8 { bytes[index + 1] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
    return ObjectID(bytes: bytes) ?? .zero
  }
}
