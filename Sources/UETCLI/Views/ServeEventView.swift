import UETModel
import UETReporting
import UETServer

/// What happens while a queue is served, a line each with its time.
struct ServeEventView {
  private let event: ServeEvent
  private let namesPlace: Bool

  init(_ event: ServeEvent, namesPlace: Bool) {
    (self.event, self.namesPlace) = (event, namesPlace)
  }

  var lines: [String] {
    let place = namesPlace ? "\(event.place.terminalSafe) " : ""
    let start = "\(event.at.plain)  \(place)\(event.branch.terminalSafe): "
    switch event.kind {
    case .failed(let refusal, let seconds):
      return refusal.messages.map { start + "error: \($0)" }
        + refusal.hints.map { "  hint: \($0)" }
        + ["  tried again in \(Span.text(seconds)), or when something is pushed"]
    default: return [start + words]
    }
  }

  private var words: String {
    switch event.kind {
    case .began(let run, let topics): "run \(run) tests \(Self.names(topics))"
    case .resumed(let run): "run \(run) goes on"
    case .landed(_, let topics): "landed \(Self.names(topics))"
    case .aside(_, let topic, let reason):
      "set aside \(topic.terminalSafe): \(reason.terminalSafe)"
    case .returned(_, let topics): "in line again: \(Self.names(topics))"
    case .rests(let reason): reason.terminalSafe
    case .failed(let refusal, _): refusal.messages.first ?? ""
    }
  }

  private static func names(_ topics: [String]) -> String {
    topics.map(\.terminalSafe).listed(8)
  }

  var json: JSONValue {
    var object = JSONObject([
      ("version", 1), ("at", .string(event.at.description)), ("repository", .string(event.place)),
      ("branch", .string(event.branch)),
    ])
    func add(_ kind: String, _ run: RunID?, _ topics: [String] = []) {
      object.append("event", .string(kind))
      object.append("run", (run?.rawValue).map(JSONValue.string))
      object.append("topics", topics.isEmpty ? nil : .array(topics.map(JSONValue.string)))
    }
    switch event.kind {
    case .began(let run, let topics): add("began", run, topics)
    case .resumed(let run): add("resumed", run)
    case .landed(let run, let topics): add("landed", run, topics)
    case .aside(let run, let topic, let reason):
      add("aside", run, [topic])
      object.append("reason", .string(reason))
    case .returned(let run, let topics): add("returned", run, topics)
    case .rests(let reason):
      add("rests", nil)
      object.append("reason", .string(reason))
    case .failed(let refusal, let seconds):
      add("failed", nil)
      object.append("reason", .string(refusal.messages.first ?? ""))
      object.append("again_seconds", .number(seconds))
    }
    return .object(object)
  }
}
