import UETEngine
import UETModel
import UETReporting

/// One event in words.
struct EventLine: Hashable, Sendable {
  let sequence: Int
  let at: Timestamp
  let workstream: WorkstreamID?
  let words: String

  /// nil for what says nothing to people.
  init?(_ event: Event, _ state: RunState) {
    guard let words = FactLine(event: event, state: state).sentence else { return nil }
    (sequence, at, workstream) = (event.seq, event.at, event.workstream)
    self.words = words
  }

  var clock: String { LocalTime.clockWithZone(at) }

  /// As those who listen are told it; the words are text, and not markup.
  var news: News {
    var data = JSONObject([("clock", .string(clock)), ("words", .string(words))])
    data.append("workstream", workstream.map { .string($0.rawValue) })
    return News(kind: .event, position: sequence, data: .object(data))
  }
}
