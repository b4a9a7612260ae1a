extension Event {
  /// Where it was admitted from; nil for an event of the chain's own writer. Any event may have it.
  package var origin: EventOrigin? { data[Self.from].flatMap { EventOrigin(json: $0) } }

  package static let from = "from"

  /// Whether it says that what it was admitted from does not count.
  package var isRefusal: Bool { if case .inboxRefused = fact { true } else { false } }

  /// The event as it stands in the inbox that it was admitted from; nil where it was not, or was
  /// refused.
  package var original: Event? {
    guard let origin, !isRefusal else { return nil }
    var data = data
    data[Self.from] = nil
    return Event(
      seq: origin.seq, writer: origin.writer, id: origin.id, at: origin.at, type: type,
      workstream: workstream, attempt: attempt, worker: worker, data: data)
  }
}
