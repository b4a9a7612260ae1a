import Synchronization
import UETGit
import UETModel
import UETScheduling

/// What an attempt reported of itself, as a lease holds it.
enum NodeFacts {
  /// What it may report; anything else is nobody's word.
  private static let types: Set<EventType> = [
    "usage_recorded", "gate_started", "gate_passed", "gate_failed", "scope_violation",
  ]

  static func json(_ facts: [EventDraft]) -> JSONValue {
    .array(
      facts.map { draft in
        [
          "type": .string(draft.type.rawValue), "data": .object(draft.data),
          "anchors": .array(draft.anchors.map { .commit($0) }),
        ]
      })
  }

  static func read(
    _ json: JSONValue?, in repository: Repository, of name: AttemptName, worker: String
  ) -> [EventDraft] {
    (json?.array ?? []).compactMap { fact in
      guard let type = fact["type"]?.string.map({ EventType(rawValue: $0) }), types.contains(type)
      else { return nil }
      let anchors = (fact["anchors"]?.array ?? []).compactMap(\.objectID)
      return EventDraft(
        Fact(type, fact["data"]?.object ?? JSONObject()), workstream: name.workstream,
        attempt: name.number, worker: worker, anchors: anchors.filter(repository.contains))
    }
  }
}

/// What an attempt on a node has reported so far: signs of life and the result each tell all of it,
/// and it counts once.
final class HeardFacts: Sendable {
  private let known: Mutex<[EventDraft]>

  /// - Parameter recorded: What is on record of it already.
  init(_ recorded: [EventDraft] = []) { known = Mutex(recorded.map(\.plain)) }

  /// Those of `facts`, which are all that were reported, that are heard for the first time.
  func news(in facts: [EventDraft]) -> [EventDraft] {
    known.withLock { known in
      var rest = known
      let news = facts.filter { fact in
        guard let place = rest.firstIndex(of: fact.plain) else { return true }
        rest.remove(at: place)
        return false
      }
      known += news.map(\.plain)
      return news
    }
  }
}

extension EventDraft {
  /// What it says, whoever says it.
  fileprivate var plain: EventDraft { EventDraft(Fact(type, data)) }
}

extension RunFacts {
  /// What is on record of an attempt.
  func recorded(of name: AttemptName) throws -> [EventDraft] {
    var facts: [EventDraft] = []
    try project.reader.events(of: run) { event in
      guard event.workstream == name.workstream, event.attempt == name.number else { return }
      facts.append(EventDraft(Fact(event.type, event.data)))
    }
    return facts
  }
}
