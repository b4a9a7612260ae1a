import UETModel

/// What an examination of one chain found.
package struct LedgerReport: Hashable, Sendable {
  package struct Problem: Hashable, Sendable {
    package let commit: ObjectID
    package let reason: String
  }

  package let run: RunID
  package let writer: String
  package internal(set) var commits = 0
  package internal(set) var events = 0
  package internal(set) var checkpoints = 0
  package internal(set) var epochs = 0
  /// Every commit that an event names, with the first event that does.
  var named: [ObjectID: Int] = [:]
  /// Where events of inboxes were admitted from, or refused.
  var admitted: [EventOrigin] = []
  /// What gates said.
  var verdicts: [Event] = []
  /// The oldest bad commit first.
  package internal(set) var problems: [Problem] = []
  /// The last commit up to which everything is proven; nil when not even the root is.
  package internal(set) var soundUpTo: ObjectID?
  /// The sequence number up to which the events are proven.
  package internal(set) var soundEvents = 0
  /// The newest checkpoint that can be read, where the history before it cannot: work can go on
  /// from it.
  package internal(set) var lastCheckpoint: Int?

  package var isSound: Bool { problems.isEmpty }
}
