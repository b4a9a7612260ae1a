import UETEngine
import UETModel

/// One event as a line for a person; only those that matter while a run goes on.
struct FactLine {
  let event: Event
  let state: RunState

  /// nil for what would only be noise.
  var text: String? {
    guard let sentence else { return nil }
    let clock = event.at.description.dropFirst(11).prefix(8)
    return "\(clock)  \(sentence)"
  }

  private var name: String { event.workstream?.rawValue ?? "" }

  private var sentence: String? {
    switch event.type {
    case .runStarted: "run \(state.run) started with \(state.workers.counting("worker"))"
    case .taskStarted: "\(name) started\(attempt)\(inputs)"
    case .taskCompleted: "\(name) succeeded\(took)\(files)"
    case .taskFailed: "\(name) failed\(attempt): \(message(.message))\(kept)"
    case .taskRetried: "\(name) will be tried again\(because)"
    case .protectedChangeFound: "while \(suspects) ran, this was changed: \(changes.terminalSafe)"
    case .taskQuarantined: "\(name) given up\(because)"
    case .taskCancelled: "\(name) cancelled\(because)"
    case .gatePassed where event.data["flaky"]?.bool == true:
      "\(tested) is flaky: red first, then green"
    case .gatePassed where event.data[.wave] != nil: "\(tested) passed\(onWave)"
    case .gateFailed where event.data[.fault]?.bool == true && event.data[.wave] != nil:
      "\(tested) gave no verdict: \(message(.message))"
    case .waveReleased:
      "wave \(event.integer(.wave) ?? 0) may be merged\(because) (\(reviewer))"
    case .gateFailed: "\(tested) is red: \(message(.message))"
    case .candidateEjected: "\(name) set aside\(because)"
    case .conflictResolved where event.text(.method) == RepairMethod.quarantine.rawValue: nil
    case .conflictResolved: "the conflict of \(name) is \(resolution)"
    case .repairStarted: "\(name) conflicts: the \(message(.method)) works on it"
    case .repairFailed:
      "\(name): the \(message(.method)) did not resolve it\(because)\(kept)"
    case .mergeSucceeded: "\(integrated) as \(event.commit(.commit)?.short ?? "?")"
    case .landed where event.text(.status) == RunState.found:
      "\(members) \(message(.reason))"
    case .landed where event.text(.status) == RunState.nothing:
      "\(members) changed nothing: \(message(.reason))"
    case .landed:
      "landed \(event.commit(.commit)?.short ?? "?") in \(RunNames.short(message(.target)))"
    case .compensationStarted where event.text(.status) == RunState.found: nil
    case .compensationStarted:
      "rolling back \(event.data[.workstreams]?.array?.count ?? 0) in "
        + RunNames.short(message(.target)) + because
    case .budgetExceeded: "a budget is exceeded\(because)"
    case .compensationStep: "\(name) undone by \(event.commit(.commit)?.short ?? "?")"
    case .compensationFailed: "\(name) is not undone\(because)"
    case .compensationFinished where event.data[.reason] != nil: "\(members)\(because)"
    case .compensationFinished:
      event.commit(.commit).map {
        "rolled back: \(RunNames.short(message(.target))) is at \($0.short)"
      }
        ?? "rollback given up"
    case .reviewRequested: "\(name) waits for a review\(because)"
    case .reviewDecided: "\(name) \(message(.decision)) by \(reviewer)"
    case .inboxRefused: "inbox \(inbox) refused\(because)"
    case .landingRefused: "not landed\(because)"
    case .integrationPaused: "the queue rests\(because)"
    case .integrationResumed: "the queue goes on"
    case .integrationRestarted: "everything is merged anew\(because)"
    case .integrationFaulted: "\(unanswered): \(message(.message))"
    case .integrationFrozen: "landing is frozen\(because)"
    case .integrationUnfrozen: "landing is free again"
    case .candidatePromoted: "\(name) promoted"
    case .candidateDequeued: "\(name) taken out of the queue\(because)"
    case .strategyChosen: "strategy \(message(.strategy))\(because)"
    case .breakerOpened:
      "tool '\(message(.tool))' is left alone until \(time(.until)): it \(message(.reason))"
    case .planChanged: message(.reason)
    case .breakerClosed: "tool '\(message(.tool))' is used again\(because)"
    case .runPaused: "paused\(because)"
    case .runResumed, .recoveryStarted: "resumed"
    default: nil
    }
  }

  /// How a conflict ended.
  private var resolution: String {
    switch event.text(.method).flatMap(RepairMethod.init) {
    case .resolutions: "resolved as before"
    case .replay:
      "gone: replayed as \(event.commit(.replay)?.short ?? "?") on "
        + (event.commit(.onto)?.short ?? "?")
    case .resolver: "resolved by \(message(.by)) as \(event.commit(.commit)?.short ?? "?")"
    case .quarantine: "given up"
    case .person, nil: "\(message(.status)) by \(message(.by))"
    }
  }

  private var suspects: String {
    let names = event.suspects.map(\.workstream)
    return names.isEmpty ? "gates" : names.listed(5)
  }

  private var changes: String {
    event.sharedChanges.text(3)
  }

  private func message(_ key: EventKey) -> String {
    (event.text(key) ?? "no reason recorded").terminalSafe
  }

  /// The reason behind a colon, where one was given.
  private var because: String { event.text(.reason).map { ": \($0.terminalSafe)" } ?? "" }

  /// The workstreams that the event is about.
  private var members: String {
    (event.data[.workstreams]?.array ?? []).compactMap(\.string).map(\.terminalSafe).listed(3)
  }

  private var reviewer: String {
    let clone = event.origin.map { " in \($0.writer)" } ?? ""
    return ((event.text(.by) ?? "somebody") + clone).terminalSafe
  }

  private var inbox: String {
    let writer = event.origin.map { "\($0.writer) event \($0.seq)" } ?? event.text(.writer)
    return (writer ?? "").terminalSafe
  }

  private func time(_ key: EventKey) -> String { String(message(key).dropFirst(11).prefix(8)) }

  /// On a combination a gate speaks of all that is in it.
  private var tested: String {
    if let wave = event.integer(.wave) { return "\(message(.gate)) on wave \(wave)" }
    let members = event.workstreams(.workstreams)
    if event.text(.stage) == GateRecord.Stage.target.rawValue {
      return "\(message(.gate)) on what \(name) is merged onto"
    }
    if members.count == 1 { return "\(message(.gate)) on \(name) by itself" }
    if members.count > 1 {
      return "\(message(.gate)) on \(members.count) by themselves, up to \(name)"
    }
    return event.text(.stage) == GateRecord.Stage.integration.rawValue
      ? "\(message(.gate)) on everything up to \(name)" : "\(name) \(message(.gate))"
  }

  /// The step of the queue that gave no answer.
  private var unanswered: String {
    if event.text(.gate) != nil { return "\(tested) gave no verdict" }
    if event.text(.method) != nil { return "the conflict of \(name) could not be worked on" }
    return name.isEmpty ? "the queue could not go on" : "\(name) could not be merged"
  }

  private var onWave: String {
    let names = event.inputs.map(\.workstream)
    return names.isEmpty ? "" : " (\(names.listed(3)))"
  }

  /// Several that were tested as one are named together.
  private var integrated: String {
    let names = event.batch.map(\.workstream.rawValue)
    guard names.count > 1 else { return "\(name) integrated" }
    let how = event.data[.assumed]?.bool == true ? " by one test, their scopes being disjoint," : ""
    return names.joined(separator: ", ") + " integrated together\(how)"
  }

  private var attempt: String {
    guard let number = event.attempt, number > 1 else { return "" }
    return " (attempt \(number))"
  }

  private var inputs: String {
    let names = event.inputs.map(\.workstream)
    return names.isEmpty ? "" : " on top of " + names.listed(3)
  }

  private var took: String {
    guard let id = event.workstream, let last = state[id]?.lastAttempt else { return "" }
    return " in \(Span.text(event.at.seconds(since: last.assignedAt)))"
  }

  private var files: String {
    guard let count = event.data["files"]?.integer else { return "" }
    let missing = (event.data[.missing]?.array ?? []).compactMap(\.string)
    return (count == 0 ? ", nothing changed" : ", \(count) file\(count == 1 ? "" : "s")")
      + (missing.isEmpty ? "" : ", not made: \(missing.listed(3))").terminalSafe
  }

  private var kept: String { event.text(.salvage).map { " (work kept in \($0))" } ?? "" }
}
