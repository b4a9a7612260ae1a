import Synchronization
import UETModel
import UETReporting

/// Shows a run while it goes on: a line per running workstream and a total on a terminal, one line
/// per fact where the output is piped.
final class ProgressView: Sendable {
  private struct Drawn {
    var state: RunState?
    var lines = 0
    var text = ""
  }

  private let terminal: Terminal
  private let timeLeft: TimeLeft
  /// When the queue was begun; nil where workers are watched.
  private let queueSince: Timestamp?
  private let now: @Sendable () -> Timestamp
  private let drawn = Mutex(Drawn())

  init(_ terminal: Terminal, timeLeft: TimeLeft, now: @escaping @Sendable () -> Timestamp) {
    (self.terminal, self.timeLeft, queueSince, self.now) = (terminal, timeLeft, nil, now)
  }

  /// Shows the queue from now on.
  init(queueOn terminal: Terminal, now: @escaping @Sendable () -> Timestamp) {
    (self.terminal, timeLeft, queueSince, self.now) = (terminal, TimeLeft(planned: [:]), now(), now)
  }

  /// Shows new events; called after they are durable.
  func show(_ events: [Event], _ state: RunState) {
    drawn.withLock { drawn in
      drawn.state = state
      let facts = events.compactMap { BoardLine.text($0, state) }
      redraw(&drawn, above: facts)
    }
  }

  /// Shows a remark above the live lines.
  func note(_ line: String) { drawn.withLock { redraw(&$0, above: [line]) } }

  /// Moves the clocks on.
  private func tick() { drawn.withLock { redraw(&$0, above: []) } }

  /// Moves the clocks on each second; nil where nobody watches: who only waits is not woken for
  /// that.
  func ticking() -> Task<Void, Never>? {
    guard terminal.isInteractive else { return nil }
    return Task {
      while !Task.isCancelled {
        try? await Task.sleep(for: .seconds(1))
        tick()
      }
    }
  }

  /// Takes the live lines away, so that what is printed next stands alone.
  func finish() {
    drawn.withLock { drawn in
      drawn.state = nil
      redraw(&drawn, above: [])
    }
  }

  private func redraw(_ drawn: inout Drawn, above facts: [String]) {
    guard terminal.isInteractive else {
      for fact in facts { terminal.line(fact) }
      return
    }
    let live = drawn.state.map(liveLines) ?? []
    let text = live.map { cut($0) + "\n" }.joined()
    // What is there already is not drawn again.
    if facts.isEmpty, text == drawn.text { return }
    let back = drawn.lines > 0 ? "\r\u{1B}[\(drawn.lines)A\u{1B}[J" : ""
    terminal.write(back + facts.map(whole).joined() + text)
    (drawn.lines, drawn.text) = (live.count, text)
  }

  /// What stays on the screen is shown to its end, set in below the time.
  private func whole(_ fact: String) -> String {
    let words = fact.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    return Wrapping.lines(words, width: terminal.width - 1, indent: BoardLine.indent(at: now()))
      .map { $0 + "\n" }.joined()
  }

  private func cut(_ line: String) -> String {
    let width = terminal.width
    // Styled text has more characters than columns; it is short enough as it is.
    if line.count < width || line.contains("\u{1B}") { return line }
    return line.prefix(width - 2) + (terminal.usesUnicode ? "…" : ".")
  }

  private func liveLines(_ state: RunState) -> [String] {
    let running = state.workstreams.filter { $0.state == .running }
      .sorted { ($0.lastAttempt?.worker ?? "", $0.id) < ($1.lastAttempt?.worker ?? "", $1.id) }
    let time = now()
    var table = Table(indent: 2)
    for record in running.prefix(16) { table.add(row(record, time)) }
    let gates = state.waves.filter { $0.result == .running }
      .map { "  \($0.gate) runs on wave \($0.wave)".terminalSafe }
    let tested = state.workstreams.filter { record in
      record.state == .queued && record.gates.contains { $0.result == .running }
    }
    for record in tested.prefix(8) { table.add(candidate(record)) }
    let more = running.count > 16 ? ["  and \(running.count - 16) more"] : []
    return table.lines(on: terminal, width: terminal.width - 1) + more + gates.prefix(4)
      + [total(state, time)]
  }

  private func row(_ record: WorkstreamRecord, _ time: Timestamp) -> [Table.Cell] {
    let attempt = record.lastAttempt
    let gate = record.gates.last { $0.result == .running }
    let retry = record.attempts.count > 1 ? "attempt \(record.attempts.count) " : ""
    let note = gate.map { "runs \($0.name)" } ?? attempt?.note?.terminalSafe ?? ""
    return [
      .init(attempt?.worker ?? "", .dim), .init(record.id.rawValue),
      .init(attempt.map { Span.text(time.seconds(since: $0.assignedAt)) } ?? ""),
      .init(bar(attempt?.progress)), .init(retry + note, .dim),
    ]
  }

  /// A candidate of the queue on which a gate runs.
  private func candidate(_ record: WorkstreamRecord) -> [Table.Cell] {
    let names = Set(record.gates.filter { $0.result == .running }.map(\.name)).sorted()
    return [
      .init("queue", .dim), .init(record.id.rawValue), .init(""), .init(""),
      .init("runs \(names.joined(separator: ", "))".terminalSafe, .dim),
    ]
  }

  /// Ten cells and the figure; nothing where the worker reports no progress.
  private func bar(_ percent: Int?) -> String {
    guard let percent else { return "" }
    let full = min(10, max(0, percent / 10))
    let (done, open) = terminal.usesUnicode ? ("█", "░") : ("#", ".")
    return String(repeating: done, count: full) + String(repeating: open, count: 10 - full)
      + " \(percent) %"
  }

  private func total(_ state: RunState, _ time: Timestamp) -> String {
    if let queueSince { return total(state, queueSince, time) }
    let counts = state.counts
    let settled = state.workstreams.count { $0.state.isSettled }
    let running = counts[.running] ?? 0
    let bad = state.workstreams.count { [.quarantined, .cancelled].contains($0.state) }
    let elapsed = state.startedAt.map { Span.text(time.seconds(since: $0)) } ?? ""
    let left = timeLeft.seconds(state, now: time).map { ", about \(Span.text($0)) left" } ?? ""
    let failures = bad > 0 ? ", \(bad) given up" : ""
    return
      "\(settled)/\(state.workstreams.count) settled, \(running) running\(failures), \(elapsed)\(left)"
  }

  private func total(_ state: RunState, _ since: Timestamp, _ time: Timestamp) -> String {
    let counts = state.counts
    let done = (counts[.integrated] ?? 0) + (counts[.landed] ?? 0)
    let open = counts[.queued] ?? 0
    let aside = counts[.ejected].map { ", \($0) set aside" } ?? ""
    return "\(done)/\(done + open) integrated\(aside), \(Span.text(time.seconds(since: since)))"
  }
}
