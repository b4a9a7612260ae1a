import UETModel

/// What one ledger commit will add: staged in memory until it is written.
struct Batch: Sendable {
  /// The lines of `events.jsonl`.
  var lines: [UInt8] = []
  var events: ClosedRange<Int>?
  var subject = BatchSubject()
  /// Commits the events name, in the order in which they were named, each once.
  var anchors: [ObjectID] = []
  var attachments: [Attachment] = []
  /// The time of the last event.
  var at: Timestamp?
  /// The state after the last event, where a checkpoint is due.
  var checkpoint: RunState?
  var releases = false

  /// A file for `logs/`.
  struct Attachment: Sendable {
    var name: String
    var bytes: [UInt8]
  }

  var isEmpty: Bool { events == nil && attachments.isEmpty && !releases }

  mutating func add(_ event: Event) {
    lines += event.line
    lines.append(UInt8(ascii: "\n"))
    events = (events?.lowerBound ?? event.seq)...event.seq
    subject.add(event)
    at = event.at
  }

  mutating func add(anchors more: [ObjectID]) {
    for anchor in more where !anchors.contains(anchor) { anchors.append(anchor) }
  }

  /// Adds a file; a name that is taken gets a number, so that nothing replaces anything.
  mutating func attach(_ name: String, _ bytes: [UInt8]) {
    var free = name
    var number = 2
    while attachments.contains(where: { $0.name == free }) {
      free = "\(name).\(number)"
      number += 1
    }
    attachments.append(Attachment(name: free, bytes: bytes))
  }

  /// Puts what was staged later behind this: a batch whose writing failed goes into the next one.
  mutating func append(_ later: Batch) {
    lines += later.lines
    if let range = later.events {
      events = (events?.lowerBound ?? range.lowerBound)...range.upperBound
    }
    subject.add(later.subject)
    add(anchors: later.anchors)
    for file in later.attachments { attach(file.name, file.bytes) }
    at = later.at ?? at
    checkpoint = nil
    releases = releases || later.releases
  }
}
