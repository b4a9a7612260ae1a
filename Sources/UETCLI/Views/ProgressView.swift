import Synchronization
import UETModel

/// Shows a run while it goes on: a line per running workstream and a total on a terminal, one line
/// per fact where the output is piped.
final class ProgressView: Sendable {
  private struct Drawn {
    var state: RunState?
    var lines = 0
  }

  private let terminal: Terminal
  private let timeLeft: TimeLeft
  private let now: @Sendable () -> Timestamp
  private let drawn = Mutex(Drawn())

  init(_ terminal: Terminal, timeLeft: TimeLeft, now: @escaping @Sendable () -> Timestamp) {
    self.terminal = terminal
    self.timeLeft = timeLeft
    self.now = now
  }

  /// Shows new events; called after they are durable.
  func show(_ events: [Event], _ state: RunState) {
    drawn.withLock { drawn in
      drawn.state = state
      let facts = events.compactMap { FactLine(event: $0, state: state).text }
      redraw(&drawn, above: facts)
    }
  }

  /// Shows a remark above the live lines.
  func note(_ line: String) { drawn.withLock { redraw(&$0, above: [line]) } }

  /// Moves the clocks on; does nothing where nobody watches.
  func tick() {
    guard terminal.isInteractive else { return }
    drawn.withLock { redraw(&$0, above: []) }
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
    var text = drawn.lines > 0 ? "\r\u{1B}[\(drawn.lines)A\u{1B}[J" : ""
    for fact in facts { text += whole(fact) }
    let live = drawn.state.map(liveLines) ?? []
    text += live.map { cut($0) + "\n" }.joined()
    drawn.lines = live.count
    if !text.isEmpty { terminal.write(text) }
  }

  /// What stays on the screen is shown to its end, set in below the time.
  private func whole(_ fact: String) -> String {
    let words = fact.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    return Wrapping.lines(words, width: terminal.width - 1, indent: 10)
      .map { $0 + "\n" }.joined()
  }

  private func cut(_ line: String) -> String {
    let width = terminal.width
    // Styled text has more characters than columns; it is short enough as it is.
    return line.count < width || line.contains("\u{1B}") ? line : String(line.prefix(width - 1))
  }

  private func liveLines(_ state: RunState) -> [String] {
    let running = state.workstreams.filter { $0.state == .running }
      .sorted { ($0.lastAttempt?.worker ?? "", $0.id) < ($1.lastAttempt?.worker ?? "", $1.id) }
    let time = now()
    var table = Table(indent: 2)
    for record in running.prefix(16) { table.add(row(record, time)) }
    let gates = state.waves.filter { $0.result == .running }
      .map { "  \($0.gate) runs on wave \($0.wave)".terminalSafe }
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

  /// Ten cells and the figure; nothing where the worker reports no progress.
  private func bar(_ percent: Int?) -> String {
    guard let percent else { return "" }
    let full = min(10, max(0, percent / 10))
    let (done, open) = terminal.usesUnicode ? ("█", "░") : ("#", ".")
    return String(repeating: done, count: full) + String(repeating: open, count: 10 - full)
      + " \(percent) %"
  }

  private func total(_ state: RunState, _ time: Timestamp) -> String {
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
}
