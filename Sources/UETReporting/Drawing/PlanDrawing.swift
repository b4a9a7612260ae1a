import UETModel
import UETPlanning

/// The pictures of a plan: a Gantt chart and the graph of dependencies, as parts of an SVG
/// document.
struct PlanDrawing {
  let plan: Plan
  let report: PlanReport
  private let critical: Set<Int>

  /// More rows are drawn a line a worker; a larger graph is left out.
  static let maximumRows = 300
  static let maximumNodes = 250

  init(_ plan: Plan) {
    self.plan = plan
    report = PlanReport(plan)
    critical = Set(plan.criticalChain.map(\.index)).union(plan.criticalPath)
  }

  static let width = 1000
  private static let labelWidth = 250
  private static let rowHeight = 22

  /// Colours for light and dark; as rules without variables, which some viewers lack.
  static let style = """
    .bg{fill:#ffffff}.t{fill:#1f2328;font:12px system-ui,-apple-system,'Segoe UI',sans-serif}
    .h{font-weight:600;font-size:14px}.m{fill:#59636e}.grid{stroke:#d1d9e0;stroke-width:1}
    .bar{fill:#2f6fdb}.bar.c{fill:#b84a06}.in{fill:#ffffff;font-size:10px}
    .node{fill:#eef4fb;stroke:#4493f8;stroke-width:1}.node.c{fill:#fdf0e6;stroke:#d1570a;stroke-width:2}
    .edge{fill:none;stroke:#818b98;stroke-width:1.2}.edge.c{stroke:#d1570a;stroke-width:2.4}
    .clash{fill:none;stroke:#8250df;stroke-width:1.4;stroke-dasharray:3 3}
    .item:focus{outline:none}.item:focus .bar,.item:focus .node,.item.on .bar,.item.on .node
    {stroke:#1f2328;stroke-width:2}
    @media (prefers-color-scheme:dark){.bg{fill:#0d1117}.t{fill:#e6edf3}.m{fill:#9198a1}
    .grid{stroke:#30363d}.node{fill:#16202e;stroke:#4493f8}
    .node.c{fill:#2d1b0e;stroke:#e0823d}.edge{stroke:#7d8590}.edge.c{stroke:#e0823d}
    .clash{stroke:#b392f0}.item:focus .bar,.item:focus .node,.item.on .bar,.item.on .node
    {stroke:#ffffff}}
    """

  var isByWorker: Bool { plan.workstreams.count > Self.maximumRows }
  var hasGraph: Bool { plan.workstreams.count <= Self.maximumNodes }

  var ganttHeight: Int {
    height(rows: isByWorker ? plan.schedule.busy.count : plan.workstreams.count)
  }

  func height(rows: Int) -> Int { rows * Self.rowHeight + 50 }

  /// All that is to be said of one workstream, for a hover or a reader.
  func summary(_ index: Int) -> String {
    let slot = plan.schedule.slots[index]
    var parts = [
      "\(report.name(index)): \(report.time(slot.start)) to \(report.time(slot.finish)) on worker "
        + "\(slot.worker)"
    ]
    if let link = plan.criticalChain.firstIndex(where: { $0.index == index }), link > 0 {
      let before = report.name(plan.criticalChain[link - 1].index)
      switch plan.criticalChain[link].cause {
      case .dependency: parts.append("waits for \(before)")
      case .conflict: parts.append("in conflict with \(before)")
      case .worker: parts.append("waits for the worker that \(before) keeps busy")
      case .start: break
      }
    }
    let needs = plan.dependencies.before[index].count
    if needs > 0 { parts.append("depends on \(report.counted(needs, "workstream"))") }
    let conflicts = plan.conflicts(with: index).count
    if conflicts > 0 { parts.append("\(conflicts) must not run beside it") }
    if critical.contains(index) { parts.append("critical") }
    return parts.joined(separator: "; ")
  }

  func attributes(_ index: Int, _ kind: String) -> String {
    "class=\"item\" tabindex=\"0\" role=\"img\" data-i=\"\(index)\" data-k=\"\(kind)\" aria-label=\""
      + Markup.escaped(summary(index)) + "\""
  }

  /// What the colours and lines of the pictures mean, at `y`.
  func legend(into markup: inout Markup, y: Int) {
    var x = 10
    func entry(_ shape: String, _ text: String, _ width: Int) {
      markup.line("\(shape)<text class=\"t m\" x=\"\(x + 22)\" y=\"\(y + 10)\">\(text)</text>")
      x += width
    }
    func box(_ kind: String) -> String {
      "<rect class=\"\(kind)\" x=\"\(x)\" y=\"\(y)\" width=\"16\" height=\"12\" rx=\"2\"/>"
    }
    func line(_ kind: String) -> String {
      "<path class=\"\(kind)\" d=\"M\(x) \(y + 6)h16\"/>"
    }
    entry(box("bar c"), "decides how long all takes", 200)
    entry(box("bar"), "has time to spare", 150)
    if hasGraph || !phases.isEmpty { entry(line("edge"), "comes before", 120) }
    if hasGraph {
      entry(line("clash"), "must not run side by side", 190)
    }
  }

  func mark(_ index: Int) -> String { critical.contains(index) ? " c" : "" }
}

extension PlanDrawing {
  /// The Gantt chart with its top at `top`.
  func gantt(into markup: inout Markup, top: Int) {
    let rows = isByWorker ? plan.schedule.busy.count : plan.workstreams.count
    grid(into: &markup, top: top, rows: rows)
    if isByWorker {
      for worker in plan.schedule.busy.indices {
        label("worker \(worker + 1)", row: worker, top: top, into: &markup)
      }
    }
    for (row, index) in plan.order.enumerated() {
      let line = isByWorker ? plan.schedule.slots[index].worker - 1 : row
      item(index, row: line, top: top, isLabelled: !isByWorker, into: &markup)
    }
  }

  /// The part of it with these workstreams alone, a line each.
  func gantt(of members: [Int], into markup: inout Markup) {
    grid(into: &markup, top: 0, rows: members.count)
    for (row, index) in members.enumerated() {
      item(index, row: row, top: 0, isLabelled: true, into: &markup)
    }
  }

  func item(
    _ index: Int, row: Int, top: Int, isLabelled: Bool, into markup: inout Markup
  ) {
    let slot = plan.schedule.slots[index]
    markup.line("<g \(attributes(index, "bar"))><title>\(Markup.escaped(summary(index)))</title>")
    if isLabelled { label(report.name(index), row: row, top: top, into: &markup) }
    bar(slot.start, slot.finish, mark(index), row: row, top: top, into: &markup)
    if isLabelled, x(slot.finish) - x(slot.start) > 16 {
      let y = top + 42 + row * Self.rowHeight
      markup.line(
        "<text class=\"t in\" x=\"\(x(slot.start) + 4)\" y=\"\(y)\">\(slot.worker)</text>")
    }
    markup.line("</g>")
  }

  /// What stands left of a row.
  func label(_ text: String, row: Int, top: Int, into markup: inout Markup) {
    let y = top + 42 + row * Self.rowHeight
    markup.line(
      "<text class=\"t\" x=\"\(Self.labelWidth - 8)\" y=\"\(y)\" text-anchor=\"end\">"
        + "\(Markup.escaped(Markup.middleCut(text, to: 36)))</text>")
  }

  /// The name of what the rows below belong to.
  func heading(_ text: String, row: Int, top: Int, into markup: inout Markup) {
    let y = top + 42 + row * Self.rowHeight
    markup.line(
      "<text class=\"t h\" x=\"10\" y=\"\(y)\">\(Markup.escaped(Markup.middleCut(text, to: 32)))</text>"
    )
  }

  /// A bar from one time to another, in ticks.
  func bar(
    _ start: Int, _ finish: Int, _ mark: String, row: Int, top: Int, into markup: inout Markup
  ) {
    let y = top + 30 + row * Self.rowHeight
    markup.line(
      "<rect class=\"bar\(mark)\" x=\"\(x(start))\" y=\"\(y)\" "
        + "width=\"\(max(2, x(finish) - x(start) - 1))\" height=\"\(Self.rowHeight - 5)\" rx=\"3\"/>"
    )
  }

  private func x(_ ticks: Int) -> Int {
    Int(axis.x(plan.durations.seconds(ticks) ?? Double(ticks)))
  }

  private var axis: TimeAxis { report.axis(from: Self.labelWidth, to: Self.width - 20) }

  /// Lines and times above and below so many rows.
  func grid(into markup: inout Markup, top: Int, rows: Int) {
    axis.draw(into: &markup, top: top + 22, bottom: top + height(rows: rows) - 18)
  }
}
