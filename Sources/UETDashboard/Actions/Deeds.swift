import UETEngine
import UETModel
import UETScheduling
import UETWorkers

/// Does what a form asks for: by the socket of the process that works on the run, or as the command
/// of the same name where nobody does.
struct Deeds: Sendable {
  let project: Project
  let run: RunID

  /// What came of it. Throws what stands against it.
  func perform(_ deed: Deed, _ form: FormFields) async throws -> Notice {
    try project.requirePerson(to: "steer a run")
    switch deed {
    case .pause: return try await ask(.pause(reason: form["text"]))
    case .resume: return try await ask(.resume)
    case .cancelAll: return try await ask(.cancel([], reason: "asked for on the dashboard"))
    case .queuePause: return try await askQueue(.pause(reason: form["text"]))
    case .queueResume: return try await askQueue(.resume)
    default: return try await perform(deed, on: try workstream(form), form)
    }
  }

  private func perform(
    _ deed: Deed, on id: WorkstreamID, _ form: FormFields
  ) async throws -> Notice {
    switch deed {
    case .cancel: return try await ask(.cancel([id], reason: "asked for on the dashboard"))
    case .retry:
      return try await ask(
        .retry(RetryRequest([id], withDependents: false, isFresh: false, because: form["text"])))
    case .answer:
      let text = try text(form, "say what the answer is")
      return try await ask(.answer(id, number: form["number"].flatMap { Int($0) }, text: text))
    case .approve: return try await decide(.approved, id, form)
    case .reject: return try await decide(.rejected, id, form)
    case .adjust:
      let note = try text(form, "say what is to be done about it")
      try Reviews(project).requireResults(of: [id], at: form["commit"], in: run)
      return try await ask(.retry(.adjusting([id], note: note, by: project.reviewer)))
    case .promote: return try await askQueue(.promote(id))
    case .dequeue: return try await askQueue(.dequeue(id, reason: form["text"]))
    case .requeue: return try await askQueue(.requeue(id, force: false))
    case .pause, .resume, .cancelAll, .queuePause, .queueResume:
      throw Refusal(.usage, "that is done to a run, and to no workstream")
    }
  }

  private func workstream(_ form: FormFields) throws -> WorkstreamID {
    guard let id = form["workstream"].flatMap({ WorkstreamID($0) }) else {
      throw Refusal(.usage, "the form names no workstream")
    }
    return id
  }

  private func text(_ form: FormFields, _ wanted: String) throws -> String {
    guard let text = form["text"]?.trimmed, !text.isEmpty else { throw Refusal(.usage, wanted) }
    guard text.utf8.count <= ReviewDecision.longestMessage else {
      throw Refusal(
        .usage, "the text is longer than \(ReviewDecision.longestMessage) bytes")
    }
    return text
  }

  private func ask(_ request: RunSteering) async throws -> Notice {
    Notice(try await Steering(project).ask(request, in: run))
  }

  private func askQueue(_ request: QueueSteering) async throws -> Notice {
    Notice(try await Steering(project).queue(request, in: run))
  }

  /// A decision is for the commit that was shown.
  private func decide(
    _ verdict: ReviewRecord.Decision, _ id: WorkstreamID, _ form: FormFields
  ) async throws -> Notice {
    var decision = ReviewDecision(verdict, of: [id])
    decision.message = form["text"]?.trimmed.nonEmpty
    guard let commit = form["commit"] else {
      throw Refusal(.usage, "the form does not say which result was looked at")
    }
    decision.commit = commit
    let outcome = try await Reviews(project).decide(decision, in: run)
    let lines = ReviewAnswer(decision: decision, outcome: outcome, run: run).lines
    let hints = lines.filter { $0.hasPrefix("hint: ") }.map { String($0.dropFirst(6)) }
    return Notice(.good, lines.filter { !$0.hasPrefix("hint: ") }, hints: hints)
  }
}

extension Notice {
  init(_ answer: SteeringAnswer) {
    self.init(
      answer.outcome == .refused ? .bad : .good, [answer.message],
      hints: answer.hint.map { [$0] } ?? [])
  }
}
