import UETModel
import UETPlanning

/// The schedule as a chart of characters.
struct GanttChart {
  private let plan: Plan
  private let style: TextStyle
  private let report: PlanReport
  private let labelWidth: Int
  private let columns: Int
  private let critical: Set<Int>

  /// More workstreams than this are shown a line a worker.
  private static let maximumRows = 48

  private let byWorker: Bool

  /// `byWorker`: a line a worker, however few workstreams there are.
  init(_ plan: Plan, _ style: TextStyle, byWorker: Bool = false) {
    self.plan = plan
    self.byWorker = byWorker || plan.workstreams.count > Self.maximumRows
    self.style = style
    report = PlanReport(plan)
    let longest =
      self.byWorker ? 10 : plan.workstreams.map { $0.id.rawValue.utf8.count }.max() ?? 0
    labelWidth = min(longest, style.width * 2 / 5)
    columns = style.width - labelWidth - 4
    critical = Set(plan.criticalChain.map(\.index))
  }

  /// `workers`: the most lines where there is one a worker.
  func lines(workers most: Int = 16) -> [String] {
    guard plan.schedule.makespan > 0 else { return [] }
    let rows = byWorker ? workerRows(most) : plan.order.map { workstreamRow($0) }
    return title() + [axis()] + rows
  }

  private func title() -> [String] {
    let legend =
      byWorker
      ? " (a line a worker; \(style.unicode ? "█ ▓ ▒ ░" : "# + - .") how busy it is)"
      : " (\(bar(true)) makes the plan as long as it is, \(bar(false)) could be later)"
    return style.titled("Schedule", legend, indent: 4)
  }

  private func bar(_ isCritical: Bool) -> String {
    isCritical ? (style.unicode ? "█" : "#") : (style.unicode ? "▒" : "=")
  }

  /// Ticks to columns; a start and the finish of the one before fall on the same column.
  private func column(_ ticks: Int) -> Int { ticks * columns / plan.schedule.makespan }

  /// Round times above the bars, and how long all takes at the end.
  private func axis() -> String {
    var text = [Character](repeating: " ", count: columns + 1)
    func put(_ words: String, at place: Int) {
      for (offset, character) in words.enumerated() { text[place + offset] = character }
    }
    let whole = report.time(plan.schedule.makespan)
    let end = max(0, columns + 1 - whole.count)
    put(String(whole.prefix(columns + 1)), at: end)
    let axis = report.axis(from: 0, to: columns)
    for mark in axis.marks(apart: 12) {
      let (place, words) = (Int(axis.x(mark)), axis.label(mark))
      if place + words.count < end { put(words, at: place) }
    }
    let margin = String(repeating: " ", count: labelWidth + 3)
    return style.paint(margin + String(text), .dim)
  }

  private func workstreamRow(_ index: Int) -> String {
    let slot = plan.schedule.slots[index]
    let start = min(column(slot.start), columns - 1)
    let end = max(start + 1, column(slot.finish))
    let isCritical = critical.contains(index)
    let bars = String(repeating: bar(isCritical), count: end - start)
    return "  " + style.pad(report.name(index), to: labelWidth) + " "
      + String(repeating: style.unicode ? "·" : " ", count: start)
      + (isCritical ? style.paint(bars, .bold) : bars)
  }

  private func workerRows(_ most: Int) -> [String] {
    let count = plan.schedule.busy.count
    // One more is said to be there on a line of its own, which could as well be its.
    let shown = count <= most ? count : most - 1
    var busy = Array(repeating: [Int](repeating: 0, count: columns), count: shown)
    // Times by the number of columns: then the edges of a column are whole numbers, whatever a
    // column takes.
    let width = plan.schedule.makespan
    for slot in plan.schedule.slots where slot.worker <= shown {
      let (begin, finish) = (slot.start * columns, slot.finish * columns)
      for place in min(column(slot.start), columns - 1)...min(column(slot.finish), columns - 1) {
        let (start, end) = (place * width, (place + 1) * width)
        busy[slot.worker - 1][place] += max(0, min(end, finish) - max(start, begin))
      }
    }
    let shades = style.unicode ? ["·", "░", "▒", "▓", "█"] : [" ", ".", "-", "+", "#"]
    let rows = busy.enumerated().map { worker, row in
      "  " + style.pad("worker \(worker + 1)", to: labelWidth) + " "
        + row.map { shades[min(4, ($0 * 4 + width - 1) / width)] }.joined()
    }
    let hidden = count - shown
    return rows + (hidden > 0 ? [report.more(hidden, style)] : [])
  }
}
