import UETEngine
import UETModel
import UETReporting

/// A run's state as lines for a terminal.
struct RunStateView {
  let state: RunState
  let now: Timestamp
  let terminal: Terminal
  /// Whether a live process works on it.
  let isHeld: Bool
  /// Whether another clone started it, so that what is here may be behind.
  var isForeign = false
  /// Why workstreams do not run, as the live process says.
  var waits: [WorkstreamID: String] = [:]

  var lines: [String] {
    [headline, facts] + origin + money + mode + queue + breakers + [""] + table + waves + [""] + [
      summary
    ]
      + hints
  }

  private var headline: String {
    "run \(state.run)  " + terminal.styled(standing.text, Terminal.Style(standing.tone))
      + (state.reason.map { "  (\($0.terminalSafe))" } ?? "")
  }

  private var standing: RunStanding {
    RunStanding(
      state.status, counts: state.counts, isHeld: isHeld, isForeign: isForeign, isPlain: isPlain)
  }

  /// Made of branches or patches, so that its beginning and end say nothing of its work.
  private var isPlain: Bool { state.workstreams.contains { $0.source != nil } }

  private var facts: String {
    var parts: [String] = []
    if let started = state.startedAt {
      parts.append("started \(LocalTime.dateWithZone(started))")
      let last = isHeld ? now : state.updatedAt ?? now
      let end = isPlain ? last : state.endedAt ?? last
      parts.append("took \(Span.text(end.seconds(since: started)))")
    }
    if let base = state.base { parts.append("base \(base.short)") }
    if let target = state.target { parts.append("on \(RunNames.short(target).terminalSafe)") }
    return terminal.styled("  " + parts.joined(separator: ", "), .dim)
  }

  private var origin: [String] {
    guard let imported = state.imported else { return [] }
    let text = "imported from \(imported.program), where it is '\(imported.name)'"
    return [terminal.styled("  " + text.terminalSafe, .dim)]
  }

  private var money: [String] {
    BudgetText.summary(state.spending).map { [terminal.styled("  " + $0, .dim)] } ?? []
  }

  /// How the machine is spared.
  private var mode: [String] {
    guard let mode = state.mode, !state.status.isOver else { return [] }
    let text =
      "the machine is in tier \(mode.tier.rawValue) since \(LocalTime.dateWithZone(mode.since)): "
      + mode.tier.effect
    let reason = mode.reason.map { "; \($0)" } ?? ""
    return ["  " + terminal.styled((text + reason).terminalSafe, .yellow)]
  }

  /// What keeps the merge queue from going on.
  private var queue: [String] {
    guard let pause = state.integration.pause, pause.intent != .stop else { return [] }
    let reason = pause.reason.map { ": \($0.terminalSafe)" } ?? ""
    return [terminal.styled("  the queue rests", .yellow) + reason]
  }

  /// Providers and tools that are left alone: why what needs them waits.
  private var breakers: [String] {
    if state.status.isOver { return [] }
    let paused = state.providers.filter { $0.until.map { $0 > now } ?? false }.map { provider in
      let until = provider.until.map { " until \(LocalTime.dateWithZone($0))" } ?? ""
      let reason = provider.reason.map { ": \($0)" } ?? ""
      return "  "
        + terminal.styled(
          "'\(provider.name.terminalSafe)' is not asked\(until)\(reason.terminalSafe)", .yellow)
    }
    return paused
      + state.breakers.filter { $0.state != .closed }.map { breaker in
        let until =
          breaker.until.map { "; it is tried again at \(LocalTime.dateWithZone($0))" } ?? ""
        let next = breaker.state == .halfOpen ? "; an attempt is trying it" : until
        return "  "
          + terminal.styled(
            "tool '\(breaker.tool.terminalSafe)' \((breaker.reason ?? "failed").terminalSafe)\(next)",
            .yellow)
      }
  }

  private var table: [String] {
    var table = Table(indent: 2)
    for record in state.workstreams { table.add(row(record)) }
    return table.lines(on: terminal, width: terminal.isInteractive ? terminal.width : nil)
  }

  private func row(_ record: WorkstreamRecord) -> [Table.Cell] {
    let attempt = record.lastAttempt
    var time = ""
    if let started = attempt?.assignedAt {
      time = Span.text((attempt?.endedAt ?? now).seconds(since: started))
    }
    if record.attempts.count > 1 { time += " #\(record.attempts.count)" }
    let remark = WorkstreamRemark(record, in: state, waiting: waits[record.id]).text
    return [
      .init(record.id.rawValue),
      .init(record.state.rawValue, Self.style(of: record.state)),
      .init(time, .dim),
      .init(remark, .dim),
    ]
  }

  /// What the gates said of waves, as far as it holds something back or is still to come.
  private var waves: [String] {
    let lines = state.waves.filter(state.isCurrent).flatMap { record -> [String] in
      let name = "\(record.gate) on wave \(record.wave)"
      let message = record.message.map { ": \($0)" } ?? ""
      var lines = record.apart.map {
        "\($0.workstream) does not merge with the rest of wave \(record.wave)"
      }
      switch record.result {
      case .running: lines.append("\(name) runs")
      case .passed: if record.isFlaky { lines.append("\(name) is flaky: red first, then green") }
      case .failed where record.isFault: lines.append("\(name) gave no verdict\(message)")
      case .failed:
        let isReleased = state.isReleased(record.members)
        let end = isReleased ? "; released" : record.required ? "; nothing of it is merged" : ""
        lines.append("\(name) is red\(message)\(end)")
      }
      return lines
    }
    return lines.isEmpty
      ? [] : [""] + lines.map { "  " + terminal.styled($0.terminalSafe, .yellow) }
  }

  private var summary: String {
    let counts = state.counts
    let parts = WorkstreamState.allCases.compactMap { kind in
      counts[kind].map { "\($0) \(kind.rawValue.lowercased().replacing("_", with: " "))" }
    }
    let total = state.workstreams.count
    return total.counting("workstream") + ": " + parts.joined(separator: ", ")
  }

  /// What was found of work that has landed, and is not answered yet.
  private var findings: [String] {
    let open = state.findings.filter { finding in
      state.workstreams.contains { $0.state == .landed && ($0.landedAt ?? 0) < finding.event }
    }
    guard let first = open.first else { return [] }
    var subject = "\(state.run)"
    if case .workstream(let id) = first.scope, state[id]?.state == .landed { subject += " \(id)" }
    return open.map { terminal.styled("found: ", .yellow) + $0.reason.terminalSafe }
      + (isHeld || isForeign ? [] : ["hint: take it out again: git uet rollback \(subject)"])
  }

  /// A rollback that waits for a person is said before anything else to do.
  private var rollback: [String] {
    guard let rollback = state.rollback, !isHeld else { return [] }
    let done = "\(rollback.steps.count) of \(rollback.workstreams.count) undone"
    let why = rollback.failure.map { ": \($0.reason.terminalSafe)" } ?? ""
    return [
      "a rollback has not ended (\(done))\(why)",
      "hint: end it: git uet rollback --continue, --retry or --abort",
    ]
  }

  /// What a newer version recorded here; the events themselves are kept as they are.
  private var unknown: [String] {
    let types = state.unknownEvents.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
    guard !types.isEmpty else { return [] }
    return [
      "note: recorded by a newer version, and unknown to this one: "
        + types.joined(separator: ", ").terminalSafe
    ]
  }

  private var hints: [String] {
    var lines = unknown + findings + rollback
    if isHeld, let asking = state.workstreams.first(where: \.asks) {
      lines.append("hint: answer it: git uet answer \(asking.id) TEXT")
    }
    let failed = state.workstreams.first {
      [.failed, .quarantined, .ejected].contains($0.state)
    }
    if let torn, !isForeign {
      lines.append("hint: resolve its conflict: git uet resolve \(state.run) \(torn.id)")
    } else if let failed {
      lines.append("hint: see why: git uet show \(state.run) \(failed.id)")
    }
    if !isForeign, let given = state.workstreams.first(where: { $0.state == .quarantined }) {
      lines.append("hint: try it again: git uet retry \(state.run) \(given.id)")
    }
    if let red = state.redWaves.first, !isForeign {
      let members = red.members.map(\.workstream)
      lines += WaveHolds.hints(onRed: red.wave, of: members, state.run).map { "hint: " + $0 }
    }
    if state.workstreams.contains(where: { $0.state == .succeeded && $0.waitsForReview }) {
      lines.append("hint: see what waits for a review: git uet review \(state.run)")
    }
    if state.imported != nil {
      lines.append("hint: see what took how long: git uet report \(state.run)")
    } else if isForeign {
      lines.append("hint: see what is new of it: git uet sync")
    } else if !isHeld, let hint = BudgetText.hint(state) {
      lines.append("hint: " + hint.terminalSafe)
    } else if !isHeld, !state.status.isOver || [.interrupted, .halted].contains(state.status) {
      lines.append("hint: continue it: git uet resume \(state.run)")
    } else {
      lines += integrationHints
    }
    return lines
  }

  /// One that is set aside with a conflict that a person may resolve.
  private var torn: WorkstreamRecord? {
    state.workstreams.first {
      [.ejected, .failed, .quarantined].contains($0.state) && $0.conflict?.state.isOpen == true
    }
  }

  /// The next step with what is finished; nothing for what waits for something else first.
  private var integrationHints: [String] {
    guard state.status.isOver, !isHeld else { return [] }
    if state.integration.pause?.intent == .person {
      return ["hint: let the queue go on: git uet queue resume \(state.run)"]
    }
    let isMergeable = state.workstreams.contains { record in
      switch record.state {
      case .succeeded:
        !record.waitsForReview && record.rejection == nil && !record.isWithdrawn
      // One that is held says what it waits for.
      case .queued: record.reason == nil
      default: false
      }
    }
    if isMergeable { return ["hint: merge what is finished: git uet integrate \(state.run)"] }
    if state.workstreams.contains(where: { $0.state == .integrated }) {
      let target = (state.target.map(RunNames.short) ?? "BRANCH").terminalSafe
      return ["hint: land it: git uet integrate \(state.run) --land \(target)"]
    }
    return []
  }

  static func style(of state: WorkstreamState) -> Terminal.Style? { Terminal.Style(Tone(state)) }
}

extension Terminal.Style {
  init(_ tone: Tone) {
    self =
      switch tone {
      case .quiet: .dim
      case .busy: .cyan
      case .good: .green
      case .warning: .yellow
      case .bad: .red
      }
  }
}

extension WorkstreamRecord {
  /// Whether a person can answer something.
  fileprivate var asks: Bool { !open.isEmpty }
}
