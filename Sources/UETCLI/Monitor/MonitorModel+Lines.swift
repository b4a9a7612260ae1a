import UETModel
import UETReporting

extension MonitorModel {
  /// The screen: as many lines as it has rows.
  var lines: [ScreenLine] {
    var lines: [ScreenLine]
    if showsHelp {
      lines = [titleLine, line("")] + Self.help.map { line("  " + $0) }
    } else if let detail {
      lines = detailLines(detail)
    } else {
      lines = head + table + queueLines + eventLines
    }
    let room = max(0, shape.rows - 2)
    lines = lines.prefix(room) + blank(room - lines.count)
    return Array((lines + [messageLine, keyLine]).prefix(shape.rows))
  }

  /// Rows of the table without its heading.
  var tableHeight: Int {
    max(1, shape.rows - 2 - head.count - 1 - queueLines.count - eventLines.count)
  }

  func line(_ text: String, _ look: Look = .plain) -> ScreenLine { ScreenLine(shape, text, look) }

  func blank(_ count: Int) -> [ScreenLine] {
    [ScreenLine](repeating: ScreenLine(shape), count: max(0, count))
  }

  private static let help = [
    "Enter      look at a workstream: log, diff, attempts (Tab, or 1 2 3)",
    "Esc, q     back; q on the first screen ends the monitor, not the run",
    "/          show only what holds these words: ids, states, workers",
    "up, down   also k and j, page up and down, home and end",
    "p          let the run start nothing more, or go on again",
    "c          give up the workstream and what depends on it",
    "r          try it again",
    "a          approve its result as it is now",
    "o          open it in a worktree, with your shell",
    "Ctrl-L     draw all anew",
    "",
    "What changes something is asked first.",
  ]
}

extension MonitorModel {
  private var state: RunState { facts.state }

  /// The run, how it stands, and the time.
  var titleLine: ScreenLine {
    let standing = RunStanding(
      state.status, counts: state.counts, isHeld: facts.isHeld, isForeign: facts.isForeign,
      isPlain: state.workstreams.contains { $0.source != nil })
    let clock = facts.clock(facts.now)
    let width = Columns.of(clock)
    var line = ScreenLine(shape)
    let reason = state.reason.map { " (\($0))" } ?? ""
    line.add(
      " run \(state.run)  \(standing.text)\(reason)", .bar, most: max(0, shape.columns - width - 3))
    line.pad(to: shape.columns - width - 1, .bar)
    line.add(clock, .bar)
    line.pad(to: shape.columns, .bar)
    return line
  }

  private var head: [ScreenLine] { [titleLine, countLine, timeLine, moneyLine] + modeLine }

  private var countLine: ScreenLine {
    let counts = state.counts
    let total = state.workstreams.count
    let settled = state.workstreams.count { $0.state.isSettled }
    var line = ScreenLine(shape)
    line.add(" \(settled)/\(total) settled")
    for kind in WorkstreamState.allCases {
      guard let count = counts[kind] else { continue }
      line.add(line.columns < 20 ? ": " : ", ")
      line.add(
        "\(count) \(kind.rawValue.lowercased().replacing("_", with: " "))",
        Look(RunStateView.style(of: kind)))
    }
    return line
  }

  /// How long it took, and how long it may still take: what nobody can know is not said.
  private var timeLine: ScreenLine {
    let last = state.status.isOver ? state.endedAt : facts.isHeld ? facts.now : nil
    let end = last ?? state.updatedAt ?? facts.now
    var text = state.startedAt.map { " took \(Span.text(end.seconds(since: $0)))" } ?? ""
    let isOpen = state.workstreams.contains { !$0.state.isSettled }
    if facts.isHeld, isOpen, !state.status.isOver {
      if let left = facts.timeLeft.estimate(state, now: facts.now) {
        let range =
          left.high - left.low < 1 ? "" : "\(Span.text(left.low)) to \(Span.text(left.high)), "
        text += "; about \(Span.text(left.seconds)) left (\(range)going by \(left.finished) done)"
      } else {
        text += "; no estimate before one has succeeded"
      }
    }
    return line(text)
  }

  private var moneyLine: ScreenLine {
    let pool = state.pool.filter { $0.state != .terminated }
    let busy = pool.count { $0.workstream != nil }
    var parts: [String] = []
    if !pool.isEmpty {
      parts.append("\(pool.count.counting("worker")), \(busy) at work")
    }
    let attempts = state.workstreams.flatMap(\.attempts)
    let tokens = attempts.reduce(0) { $0 + $1.spending.tokens }
    let cached = attempts.reduce(0) { $0 + $1.spending.cachedTokens }
    if tokens + cached > 0 {
      parts.append(
        "\(Self.count(tokens)) tokens" + (cached > 0 ? " and \(Self.count(cached)) cached" : ""))
    }
    if let money = BudgetText.summary(state.spending) { parts.append(money) }
    return line(" " + (parts.isEmpty ? "nobody works on it" : parts.joined(separator: "; ")))
  }

  /// What spares the machine, a tool or a provider: why what could run does not.
  private var modeLine: [ScreenLine] {
    guard !state.status.isOver else { return [] }
    var parts: [String] = []
    if let mode = state.mode {
      parts.append("the machine is in tier \(mode.tier.rawValue): \(mode.tier.effect)")
    }
    for provider in state.providers {
      if let until = provider.until, until > facts.now {
        parts.append("'\(provider.name)' is not asked until \(facts.clock(until))")
      }
    }
    for breaker in state.breakers where breaker.state != .closed {
      parts.append("tool '\(breaker.tool)' \(breaker.reason ?? "failed")")
    }
    return parts.isEmpty ? [] : [line(" " + parts.joined(separator: "; "), .yellow)]
  }

  /// `812`, `12k`, `1.2M`.
  static func count(_ value: Int) -> String {
    switch value {
    case ..<1000: "\(value)"
    case ..<10_000: "\(value / 1000).\(value % 1000 / 100)k"
    case ..<1_000_000: "\(value / 1000)k"
    default: "\(value / 1_000_000).\(value % 1_000_000 / 100_000)M"
    }
  }
}

extension MonitorModel {
  /// The candidates: those that are tested, then in their order those that wait.
  private var queueLines: [ScreenLine] {
    let tested = facts.tested
    let waiting = state.workstreams.filter { record in
      record.state == .queued && !tested.contains { $0.id == record.id }
    }.sorted { left, right in
      let (one, other) = (left.candidate?.admittedAt ?? .max, right.candidate?.admittedAt ?? .max)
      return (one, left.queuedAt ?? .max) < (other, right.queuedAt ?? .max)
    }
    let merged = state.integration.chain.count
    if tested.isEmpty, waiting.isEmpty, merged == 0 { return [] }
    var title = " queue: \(tested.count) tested, \(waiting.count) waiting"
    if merged > 0 { title += ", \(merged) integrated and not landed" }
    if let pause = state.integration.pause, pause.intent != .stop {
      title += "; it rests\(pause.reason.map { ": \($0)" } ?? "")"
    }
    let room = max(1, min(shape.rows / 8, 8))
    let more = tested.count + waiting.count - room
    var rows = tested.prefix(room).map(queueLine)
    if more > 0, rows.count == room { rows.removeLast() }
    let free = room - rows.count - (more > 0 ? 1 : 0)
    rows += waiting.prefix(max(0, free)).map(queueLine)
    let left = tested.count + waiting.count - rows.count
    if left > 0 { rows.append(line("  and \(left) more: git uet queue \(state.run)", .dim)) }
    return [line(title, .cyan)] + rows
  }

  private func queueLine(_ record: WorkstreamRecord) -> ScreenLine {
    let gates = Set(record.gates.filter { $0.result == .running }.map(\.name)).sorted()
    var line = ScreenLine(shape)
    line.add("  \(record.id)  ")
    let wait = record.reason ?? facts.waits[record.id] ?? "waits for its turn"
    line.add(gates.isEmpty ? wait : "\(gates.joined(separator: ", ")) runs", .dim)
    return line
  }

  /// What happened last, where there is room for it.
  private var eventLines: [ScreenLine] {
    guard shape.rows >= 36, !facts.events.isEmpty else { return [] }
    return [line(" last events", .cyan)]
      + facts.events.suffix(shape.rows / 6).map { line("  " + $0, .dim) }
  }

  private var messageLine: ScreenLine {
    if let question { return line(" \(question.question) [y/N]", .yellow) }
    if isTyping { return line(" /\(filter)_", .yellow) }
    if let message { return line(" " + message, .yellow) }
    return filter.isEmpty ? line("") : line(" only what holds '\(filter)' (Esc: all)", .yellow)
  }

  private var keyLine: ScreenLine {
    let pause = state.status == .paused ? "p go on" : "p pause"
    let deeds = "\(pause)  c cancel  r retry  a approve  o open"
    return line(
      detail == nil
        ? " Enter look  / filter  \(deeds)  ?  q quit"
        : " Esc back  Tab page  \(deeds)  ? keys", .dim)
  }
}
