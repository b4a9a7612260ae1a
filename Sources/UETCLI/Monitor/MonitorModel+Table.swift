import UETModel

extension MonitorModel {
  /// What a row says.
  private struct Row {
    let record: WorkstreamRecord
    let worker: String
    let time: String
    let tokens: String
    let cost: String
  }

  /// The columns that the table has, each as wide as its widest cell.
  private struct Widths {
    var (worker, id, state, time, tokens, cost) = (0, 0, 0, 0, 0, 0)

    init(_ rows: [Row], in shape: ScreenShape) {
      func widest(_ cells: [String]) -> Int { cells.map(\.count).max() ?? 0 }
      worker = min(6, widest(rows.map(\.worker)))
      id = min(max(12, shape.columns / 4), widest(rows.map(\.record.id.rawValue)))
      state = widest(rows.map(\.record.state.rawValue))
      (time, tokens) = (widest(rows.map(\.time)), widest(rows.map(\.tokens)))
      cost = widest(rows.map(\.cost))
      // A heading is shown where its column is.
      (worker, id) = (max(worker, worker > 0 ? 2 : 0), max(id, 10))
      time = time > 0 ? max(time, 4) : 0
      tokens = tokens > 0 ? max(tokens, 6) : 0
      cost = cost > 0 ? max(cost, 4) : 0
    }
  }

  /// The heading, and the rows that have room.
  var table: [ScreenLine] {
    let all = rows
    let shown = all.dropFirst(top).prefix(tableHeight).map(row)
    let widths = Widths(shown, in: shape)
    var heading = ScreenLine(shape)
    heading.add(" ")
    heading.cell("by", widths.worker, .dim)
    heading.cell("workstream", widths.id, .dim)
    heading.cell("state", widths.state, .dim)
    heading.cell("time", widths.time, .dim, right: true)
    heading.cell("tokens", widths.tokens, .dim, right: true)
    heading.cell("cost", widths.cost, .dim, right: true)
    let above = top > 0 ? ", \(top) above" : ""
    let below = all.count - top - shown.count
    let rest = above + (below > 0 ? ", \(below) below" : "")
    heading.add(rest.isEmpty ? "last output, or why it waits" : String(rest.dropFirst(2)), .dim)
    var lines = [heading]
    for row in shown {
      let line = self.line(of: row, widths)
      lines.append(row.record.id == selected ? line.marked : line)
    }
    if all.isEmpty { lines.append(line("  nothing holds '\(filter)'", .dim)) }
    return lines + blank(tableHeight + 1 - lines.count)
  }

  private func row(_ record: WorkstreamRecord) -> Row {
    let attempt = record.lastAttempt
    var time = ""
    if let attempt {
      let end = attempt.endedAt ?? facts.now
      time = Self.clock(end.seconds(since: attempt.assignedAt))
      if record.attempts.count > 1 { time += " #\(record.attempts.count)" }
    }
    let spending = record.attempts.map(\.spending)
    let tokens = spending.reduce(0) { $0 + $1.tokens + $1.cachedTokens }
    let used = spending.reduce(Money.zero) { $0 + $1.used }
    let isKnown = spending.allSatisfy(\.isKnown)
    // What has no price is never shown as nothing.
    let cost = used == .zero ? (isKnown ? "" : "?") : "\(used)\(isKnown ? "" : "+?")"
    return Row(
      record: record, worker: record.state == .running ? attempt?.worker ?? "" : "", time: time,
      tokens: tokens > 0 ? Self.count(tokens) : "", cost: cost)
  }

  private func line(of row: Row, _ widths: Widths) -> ScreenLine {
    let record = row.record
    var line = ScreenLine(shape)
    line.add(record.id == selected ? ">" : " ")
    line.cell(row.worker, widths.worker, .dim)
    line.cell(record.id.rawValue, widths.id)
    line.cell(record.state.rawValue, widths.state, Look(RunStateView.style(of: record.state)))
    line.cell(row.time, widths.time, .dim, right: true)
    line.cell(row.tokens, widths.tokens, .dim, right: true)
    line.cell(row.cost, widths.cost, .dim, right: true)
    line.add(words(record), record.open.isEmpty ? .plain : .yellow)
    return line
  }

  /// What there is to say of it beside its state.
  private func words(_ record: WorkstreamRecord) -> String {
    if let question = record.open.last { return "asks: \(question.question)" }
    let last = facts.lastLines[record.id]
    let gates = record.gates.filter { $0.result == .running }.map(\.name)
    if !gates.isEmpty {
      return "\(Set(gates).sorted().joined(separator: ", ")): \(last ?? "runs")"
    }
    if record.state == .running {
      let percent = record.lastAttempt?.progress.map { "\($0) % " } ?? ""
      return percent + (last ?? record.lastAttempt?.note ?? "")
    }
    if record.state == .succeeded, record.waitsForReview { return "waits for a review" }
    if let text = facts.waits[record.id] ?? record.reason { return text }
    if record.state == .pending {
      let open = record.dependsOn.filter { facts.state[$0]?.state.isFinished != true }
      return open.isEmpty ? "" : "waits for " + open.listed(3)
    }
    return record.integrated.map { "as \($0.short)" } ?? record.tip.map { "at \($0.short)" } ?? ""
  }

  /// `42s`, `3m05s`, `2h10m`, `3d04h`.
  static func clock(_ seconds: Double) -> String {
    let total = Int(max(0, min(seconds, 1e9)))
    func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    switch total {
    case ..<60: return "\(total)s"
    case ..<3600: return "\(total / 60)m\(two(total % 60))s"
    case ..<86_400: return "\(total / 3600)h\(two(total / 60 % 60))m"
    default: return "\(total / 86_400)d\(two(total / 3600 % 24))h"
    }
  }
}
