import UETModel

/// What became of a decision, for the one who made it.
package struct ReviewAnswer {
  private let decision: ReviewDecision
  private let outcome: Reviews.Outcome
  private let run: RunID

  package init(decision: ReviewDecision, outcome: Reviews.Outcome, run: RunID) {
    (self.decision, self.outcome, self.run) = (decision, outcome, run)
  }

  private var subject: String {
    let names = decision.workstreams.map { "'\($0)'" }.joined(separator: ", ")
    return "\(names) \(decision.decision.rawValue)"
  }

  package var lines: [String] {
    switch outcome {
    case .recorded:
      let next =
        decision.decision == .approved
        ? "hint: merge it: git uet integrate \(run)"
        : "hint: it is held until that changes: git uet review \(run)"
      return [subject, next]
    case .handed(let answer, _) where answer.outcome != .refused:
      return ["\(subject), and the process that works on run '\(run)' knows it"]
    case .handed, .waiting(writer: _, _):
      return [
        "\(subject); it counts when the clone that holds run '\(run)' has taken it",
        "hint: share it: git uet sync",
      ]
    }
  }

  package var json: JSONValue {
    let (state, events): (String, [Event]) =
      switch outcome {
      case .recorded(let events): ("recorded", events)
      case .handed(let answer, let events):
        (answer.outcome == .refused ? "waiting" : "admitted", events)
      case .waiting(_, let events): ("waiting", events)
      }
    var object = JSONObject([
      ("version", 1), ("run", .string(run.rawValue)),
      ("decision", .string(decision.decision.rawValue)),
      ("workstreams", .array(decision.workstreams.map { .string($0.rawValue) })),
      ("outcome", .string(state)),
    ])
    object.append("writer", .text(events.first?.writer))
    object.append(
      "events", .array(events.map { ["seq": .integer(Int64($0.seq)), "id": .commit($0.id)] }))
    return .object(object)
  }
}
