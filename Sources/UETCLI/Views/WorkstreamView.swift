import UETEngine
import UETModel
import UETReporting

/// One workstream of a run as lines for a terminal.
struct WorkstreamView {
  let record: WorkstreamRecord
  let state: RunState
  let names: RunNames
  let now: Timestamp
  let terminal: Terminal
  /// Why it does not run, as the live process says.
  var wait: String?
  /// The end of what the red gate printed.
  var output: [String] = []
  /// The tool of its worker, and the names of the variables that this gets.
  var variables: (tool: String, names: WorkerVariables)?

  /// Folders with what it made that is in no repository, for it holds secrets.
  var apart: [String] = []

  var lines: [String] {
    var lines = [
      "\(record.id)  "
        + terminal.styled(record.state.rawValue, RunStateView.style(of: record.state))
    ]
    if let reason = wait ?? record.reason { lines.append("  " + reason.terminalSafe) }
    if !record.dependsOn.isEmpty { lines.append("  after   " + dependencies) }
    if let source = record.source {
      lines.append(
        "  from    \(RunNames.short(source).terminalSafe)\(record.tip.map { " at \($0.short)" } ?? "")"
      )
    } else if record.tip != nil {
      lines.append("  branch  " + RunNames.short(names.branch(record.id)))
    }
    if let commit = record.integrated { lines.append("  merged  as \(commit.short)") }
    lines += conflictLines + ejectionLines
    for attempt in record.attempts { lines += self.lines(of: attempt) }
    lines += gateLines + reviewLines + variableLines
    return lines + hints
  }

  private var variableLines: [String] {
    guard let (tool, names) = variables else { return [] }
    return ["", "  its worker gets these variables (names only)"]
      + names.lines(tool: tool, width: terminal.width).map { "    " + $0 }
  }

  private var conflictLines: [String] {
    guard let conflict = record.conflict else { return [] }
    var lines = ["  conflict \(conflict.state.rawValue)"]
    if let method = conflict.method { lines[0] += " by \(method.rawValue)" }
    if let replay = record.candidate?.replay {
      lines[0] += ", its commits put on \(replay.onto.short) as \(replay.tip.short)"
    }
    for attempt in conflict.tries {
      lines.append("    \(attempt.method.rawValue): \(attempt.reason.terminalSafe)")
    }
    return lines
  }

  /// What an ejected one was judged on.
  private var ejectionLines: [String] {
    guard record.state == .ejected, let ejection = record.candidate?.ejection else { return [] }
    var lines: [String] = []
    if let onto = ejection.onto { lines.append("  judged  on top of \(onto.short)") }
    let names = ejection.predecessors
    if !names.isEmpty { lines.append("  with    " + names.listed(5)) }
    if let gate = ejection.gate, let tree = ejection.tree {
      let word = ejection.isFault ? "silent" : "red   "
      lines.append("  \(word)  \(gate.terminalSafe) on tree \(tree.short)")
    }
    if !output.isEmpty {
      lines += ["", "  the end of its output"] + output.map { "    " + $0.terminalSafe }
    }
    return lines
  }

  private var dependencies: String {
    record.dependsOn.map { id in
      let other = state[id]?.state ?? .pending
      return "\(id) (\(other.rawValue))"
    }.joined(separator: ", ")
  }

  private func lines(of attempt: AttemptRecord) -> [String] {
    let end = attempt.endedAt ?? now
    let head =
      "  attempt \(attempt.number)  \(attempt.asks == nil ? attempt.outcome.rawValue : "ASKED")"
      + "  \(Span.text(end.seconds(since: attempt.assignedAt)))"
      + (attempt.worker.map { "  by \($0)" } ?? "")
    var lines = ["", head]
    if let error = attempt.error {
      lines.append("    \(error.rawValue): \((attempt.message ?? "").terminalSafe)")
    }
    if let base = attempt.base { lines.append("    base    \(base.short)" + inputs(attempt)) }
    if let tip = attempt.tip { lines.append("    result  \(tip.short)") }
    for question in attempt.questions {
      lines.append("    asked   \(question.question.terminalSafe)")
      if !question.options.isEmpty {
        lines.append("    options \(question.options.joined(separator: " | ").terminalSafe)")
      }
      let answer = question.answer ?? "not answered"
      lines.append(
        "    answer  \(answer.terminalSafe)"
          + (question.by.map { "  (\($0.terminalSafe))" } ?? ""))
    }
    if let salvage = attempt.salvage { lines.append("    kept    \(salvage)") }
    if attempt.outcome == .succeeded, attempt.files == 0 { lines.append("    nothing changed") }
    if let handoff = attempt.handoff {
      let words = handoff.summary ?? "derived from what changed"
      lines.append("    leaves  \(words.terminalSafe)")
    }
    for path in attempt.missing.prefix(20) {
      lines.append("    not made \(path.terminalSafe)")
    }
    lines += attempt.changes.prefix(20).map { change in
      "    while it ran, changed: \(change.text.terminalSafe)"
    }
    if attempt.isSuspect {
      lines.append("    others ran as well: a person has to look at its result")
    }
    return lines
  }

  private func inputs(_ attempt: AttemptRecord) -> String {
    guard !attempt.inputs.isEmpty else { return "" }
    return ", with " + attempt.inputs.map(\.workstream.rawValue).joined(separator: ", ")
  }

  private var gateLines: [String] {
    guard !record.gates.isEmpty else { return [] }
    return ["", "  gates"]
      + record.gates.map { gate in
        let style: Terminal.Style? = gate.result == .failed ? .red : nil
        let time = gate.seconds.map { "  \(Span.text($0))" } ?? ""
        let message = gate.message.map { "  \($0.terminalSafe)" } ?? ""
        return "    \(gate.name)  \(gate.stage.rawValue)  "
          + terminal.styled(gate.result.rawValue, style) + time
          + (gate.reused.map { "  as before (event \($0)\(inputs(gate)))" } ?? "")
          + (gate.warm.map { "  warm from \($0.short)" } ?? "")
          + (gate.isFlaky ? terminal.styled("  flaky: red first, then green", .yellow) : "")
          + message
      }
  }

  private func inputs(_ gate: GateRecord) -> String {
    gate.testedTree.map { ", same inputs as tree \($0.short)" } ?? ""
  }

  private var reviewLines: [String] {
    var lines = record.reviews.map { review in
      let clone = review.writer == ReviewRecord.holder ? "" : " in \(review.writer)"
      let message = review.message.map { ": \($0)" } ?? ""
      let text = "\(review.decision.rawValue)  \(review.tip.short) by \(review.by ?? "somebody")"
      return "    " + (text + clone + message).terminalSafe
    }
    if record.waitsForReview { lines.append("    waits for one") }
    return lines.isEmpty ? [] : ["", "  reviews"] + lines
  }

  private var hints: [String] {
    var hints: [String] = []
    if record.attempts.contains(where: \.hasFailed)
      || record.gates.contains(where: { $0.result == .failed })
    {
      hints.append("hint: read its output: git uet logs \(names.run) \(record.id)")
    }
    if record.state == .ejected, record.conflict?.state.isOpen == true {
      hints.append("hint: resolve its conflict: git uet resolve \(names.run) \(record.id)")
    } else if record.state == .ejected {
      hints.append(
        "hint: make the tree that was judged again: git uet reproduce \(names.run) \(record.id)")
    }
    if record.lastAttempt?.handoff != nil, record.tip != nil {
      hints.append("hint: read what it leaves to others: git uet handoff \(names.run) \(record.id)")
    }
    if let salvage = record.attempts.last(where: { $0.salvage != nil })?.salvage {
      hints.append("hint: see what was kept: git show --stat \(salvage)")
    }
    if let apart = apart.last {
      hints.append("hint: what it made, as it was: \(apart.shellQuoted) (only in this clone)")
      hints.append(
        "hint: where what looks like a secret is an example: 'secrets.allow' in .uet/config.yaml")
    }
    if record.source != nil, let tip = record.tip, let base = state.base {
      hints.append("hint: see what it changes: git diff \(base.short)...\(tip.short)")
    }
    if let tip = record.lastAttempt?.tip, let base = record.lastAttempt?.base {
      hints.append("hint: see what it changed: git diff \(base.short) \(tip.short)")
    }
    if record.waitsForReview {
      hints.append("hint: decide: git uet review \(names.run) \(record.id) --approve")
    }
    return hints.isEmpty ? [] : [""] + hints
  }
}
