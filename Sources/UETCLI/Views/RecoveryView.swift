import UETEngine
import UETModel
import UETReporting

/// What can be recovered, and what was, as lines and as JSON.
struct RecoveryView {
  let now: Timestamp
  let terminal: Terminal

  func lines(_ candidates: [Recovery.Candidate]) -> [String] {
    if candidates.isEmpty { return ["nothing to recover or resume"] }
    return candidates.flatMap { lines($0) }
  }

  private func lines(_ candidate: Recovery.Candidate) -> [String] {
    let state = candidate.state
    let style: Terminal.Style? = candidate.need == .crashed ? .red : nil
    var head =
      "\(candidate.run)  \(terminal.styled(candidate.need.rawValue, style))  "
      + "\(candidate.unfinished) of \(state.workstreams.count) to do"
    if let at = state.updatedAt { head += ", last heard of \(Span.ago(at, now: now))" }
    var lines = [head]
    if candidate.need == .crashed, let holder = candidate.holder {
      lines.append("  was driven by \("\(holder)".terminalSafe), which is gone")
    }
    for attempt in candidate.underWay { lines.append(line(attempt, candidate.need)) }
    if !candidate.strays.isEmpty, candidate.need == .crashed {
      lines.append("  \(processes(candidate.strays)): will be ended")
    }
    return lines + [hint(candidate)]
  }

  private func line(_ attempt: Recovery.Attempt, _ need: Recovery.Need) -> String {
    var text = "  \(attempt.workstream)  attempt \(attempt.number)"
    text += ", \(Span.text(now.seconds(since: attempt.since)))"
    guard need == .crashed else { return text }
    if !attempt.orphans.isEmpty { text += ", \(processes(attempt.orphans))" }
    let fate =
      switch attempt.fate.state {
      case .quarantined: "given up: \((attempt.fate.reason ?? "no reason").terminalSafe)"
      case .cancelled: "cancelled"
      default: "tried again"
      }
    let kept = attempt.hasWorktree ? "its work is kept, then " : "nothing is left of it; "
    return text + ": \(kept)\(fate)"
  }

  private func processes(_ pids: [Int32]) -> String {
    let list = pids.prefix(5).map { "\($0)" }.joined(separator: ", ")
    return "\(pids.count) process\(pids.count == 1 ? "" : "es") left (\(list)"
      + (pids.count > 5 ? ", ...)" : ")")
  }

  private func hint(_ candidate: Recovery.Candidate) -> String {
    switch candidate.need {
    case .crashed: "  git uet resume \(candidate.run)   (or: git uet recover \(candidate.run))"
    case .resumable: "  git uet resume \(candidate.run)"
    case .running, .unknown: "  git uet status \(candidate.run)"
    case .foreign: "  started in another clone, which alone may go on with it"
    }
  }

  func lines(_ candidate: Recovery.Candidate, _ result: Recovery.Result) -> [String] {
    var lines = ["run \(candidate.run) is in order: \(result.state.status.rawValue)"]
    for attempt in result.ended {
      let kept = attempt.salvage.map { "its work is kept as \($0)" } ?? "it left nothing"
      let state = result.state[attempt.workstream]?.state.rawValue ?? ""
      lines.append(
        "  \(attempt.workstream)  attempt \(attempt.number) crashed; \(kept); now \(state)")
    }
    let count = candidate.underWay.flatMap(\.orphans).count + candidate.strays.count
    if count > 0 {
      lines.append(
        result.survivors == 0
          ? "  ended \(count) process\(count == 1 ? "" : "es")"
          : "  \(result.survivors) of its processes could not be ended")
    }
    if result.state.status == .interrupted {
      lines.append("  git uet resume \(candidate.run)")
    }
    return lines
  }
}

extension RecoveryView {
  func json(_ candidates: [Recovery.Candidate]) -> JSONValue {
    ["version": 1, "runs": .array(candidates.map { .object(json($0)) })]
  }

  func json(_ results: [(Recovery.Candidate, Recovery.Result)]) -> JSONValue {
    let runs = results.map { candidate, result -> JSONValue in
      [
        "run": .string(candidate.run.rawValue), "status": .string(result.state.status.rawValue),
        "survivors": .integer(Int64(result.survivors)),
        "attempts": .array(result.ended.map { .object(json($0, result.state)) }),
      ]
    }
    return ["version": 1, "recovered": .array(runs)]
  }

  private func json(_ candidate: Recovery.Candidate) -> JSONObject {
    var object = JSONObject([
      ("run", .string(candidate.run.rawValue)), ("need", .string(candidate.need.rawValue)),
      ("status", .string(candidate.state.status.rawValue)),
      ("unfinished", .integer(Int64(candidate.unfinished))),
      ("workstreams", .integer(Int64(candidate.state.workstreams.count))),
    ])
    object.append("updated_at", candidate.state.updatedAt.map { .string($0.description) })
    object.append("holder", candidate.holder?.json)
    object.append("attempts", .array(candidate.underWay.map { .object(json($0)) }))
    object.append("stray_processes", Self.numbers(candidate.strays))
    return object
  }

  private func json(_ attempt: Recovery.Attempt) -> JSONObject {
    var object = JSONObject([
      ("workstream", .string(attempt.workstream.rawValue)),
      ("attempt", .integer(Int64(attempt.number))), ("since", .string(attempt.since.description)),
      ("processes", Self.numbers(attempt.orphans)),
    ])
    object.append("worktree", attempt.hasWorktree ? .string(attempt.worktree) : nil)
    object.append("becomes", .string(attempt.fate.state.rawValue))
    object.append("reason", .text(attempt.fate.reason))
    return object
  }

  private func json(_ attempt: Recovery.AttemptRecovered, _ state: RunState) -> JSONObject {
    var object = JSONObject([
      ("workstream", .string(attempt.workstream.rawValue)),
      ("attempt", .integer(Int64(attempt.number))),
    ])
    object.append("salvage", .text(attempt.salvage))
    object.append("state", state[attempt.workstream].map { .string($0.state.rawValue) })
    return object
  }

  private static func numbers(_ pids: [Int32]) -> JSONValue {
    .array(pids.map { .integer(Int64($0)) })
  }
}
