import UETModel
import UETScheduling
import UETWorkers

extension RetryRequest {
  private static let byPerson = "a person asked for it again"
  /// In characters.
  package static let longestNote = 4000

  /// Sends results back, with what is to be done about them.
  package static func adjusting(
    _ workstreams: [WorkstreamID], note: String, by person: String
  ) -> RetryRequest {
    let line = note.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
    var request = RetryRequest(workstreams, reason: "sent back by \(person): \(line.prefix(200))")
    request.note = note
    return request
  }

  /// What a person asks for; without a reason the record says that a person asked.
  package init(
    _ workstreams: [WorkstreamID], withDependents: Bool, isFresh: Bool, because reason: String?
  ) {
    self.init(
      workstreams, withDependents: withDependents, isFresh: isFresh,
      reason: reason.map { "\(Self.byPerson): \($0)" } ?? Self.byPerson)
  }

  var details: JSONObject {
    JSONObject([
      "workstreams": .list(workstreams) { .string($0.rawValue) },
      "dependents": withDependents ? true : nil, "fresh": isFresh ? true : nil,
      "reason": .string(reason), "note": .text(note),
    ])
  }

  init(
    _ details: JSONObject, _ workstreams: [WorkstreamID], _ reason: String?
  ) throws(ProcessError) {
    if workstreams.isEmpty { throw .malformed("'workstreams' names none") }
    self.init(
      workstreams, withDependents: details["dependents"]?.bool ?? false,
      isFresh: details["fresh"]?.bool ?? false, reason: reason ?? Self.byPerson)
    note = details["note"]?.string.map { String($0.prefix(Self.longestNote)) }
  }

  /// Says what happens next.
  func answer(_ events: [Event], _ state: RunState) -> SteeringAnswer {
    let ids = events.compactMap { event -> WorkstreamID? in
      if case .taskRetried = event.fact { event.workstream } else { nil }
    }
    let asked = ids.filter(workstreams.contains)
    let rest = ids.count - asked.count
    let more = rest == 0 ? "" : " and \(rest.counting("workstream")) that waited for it"
    var answer = SteeringAnswer(
      .done, asked.quoted(5) + more + (ids.count == 1 ? " is" : " are") + " to be tried again")
    let waiting = state.workstreams.filter { record in
      record.state == .cancelled && record.culprit.map(asked.contains) == true
    }
    if !waiting.isEmpty {
      answer.message +=
        "; \(waiting.map(\.id).quoted(5)) \(waiting.count == 1 ? "follows" : "follow") once it has succeeded"
    }
    answer.hint = next(state)
    answer.details["workstreams"] = .list(ids) { .string($0.rawValue) }
    let outdated = outdated(state)
    if !outdated.isEmpty {
      answer.message +=
        "; \(outdated.quoted(5)) \(outdated.count == 1 ? "holds" : "hold") the result of before "
        + "and will not be merged beside the new one"
      answer.hint =
        "have them done again as well: git uet retry \(state.run) "
        + outdated.prefix(5).map(\.rawValue).joined(separator: " ")
    }
    return answer
  }

  /// Who starts it, and when; nil where that is plain.
  private func next(_ state: RunState) -> String? {
    if state.status.isOver || state.liveWorkers == 0 {
      return "start it: git uet resume \(state.run)"
    }
    return state.status == .paused ? "it starts when the run goes on: git uet resume" : nil
  }

  /// Finished ones that were made on a result that is to be replaced.
  private func outdated(_ state: RunState) -> [WorkstreamID] {
    let replaced = Set(workstreams)
    return state.workstreams.filter { record in
      guard record.state == .succeeded || record.state == .ejected else { return false }
      let made = record.attempts.last { $0.outcome == .succeeded }
      return made?.inputs.contains { replaced.contains($0.workstream) } ?? false
    }.map(\.id)
  }
}

extension DispatchError {
  /// The next command to type, where there is one.
  package func hint(_ run: RunID) -> String? {
    switch self {
    case .needs(let id, let other): "name both: git uet retry \(run) \(other) \(id)"
    case .notPossible(let id, .queued), .notPossible(let id, .integrated):
      "take it out of the queue first: git uet queue dequeue \(run) \(id)"
    case .notPossible(let id, .landed): "undo it first: git uet rollback \(run) \(id)"
    case .notPossible(let id, _): "see how it stands: git uet show \(run) \(id)"
    case .unknown, .noBudget: "see what there is: git uet status \(run)"
    default: nil
    }
  }
}
