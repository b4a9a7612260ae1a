import UETModel
import UETPlanning

/// Pictures of a run as it was: who did what when, what was spent, and what was in the queue.
///
/// Time in which nothing worked on the run is left out of all of them.
package struct RunDrawing {
  private let metrics: RunMetrics
  private let timeline: RunTimeline
  private let track: RunTrack
  private let start: Int64
  private let axis: TimeAxis
  /// Where more is said of a workstream; nil on a page that stands by itself.
  private let address: (@Sendable (WorkstreamID) -> String)?

  /// More workstreams than these, the longest, have no line of their own.
  static let most = 200

  private static let (width, labelWidth, rowHeight) = (1000, 230, 24)

  /// nil where nothing was tracked, or nothing took any time.
  package init?(
    _ metrics: RunMetrics, _ timeline: RunTimeline,
    linking address: (@Sendable (WorkstreamID) -> String)? = nil
  ) {
    self.address = address
    guard let track = timeline.track, let first = timeline.first, metrics.seconds > 0 else {
      return nil
    }
    (self.metrics, self.timeline, self.track, start) = (metrics, timeline, track, first)
    axis = TimeAxis(
      seconds: max(metrics.seconds, metrics.plannedSeconds ?? 0), from: Self.labelWidth,
      to: Self.width - 20)
  }

  /// A picture with its title and size.
  package struct Picture: Sendable {
    package let title: String
    package var words: String?
    let height: Int
    /// SVG, with all text of others escaped.
    package let markup: String
  }

  static var size: Int { width }

  var pictures: [Picture] { [gantt(of: longest), spent, queue].compactMap { $0 } }

  /// What was spent over time.
  package var spent: Picture? { steps("Spent", track.cost) { $0.asMoney } }

  /// One colour for each thing that time goes into, for light and dark.
  private static let colours: [TimeUse: (light: String, dark: String)] = [
    .work: ("#2f6fdb", "#5b9bff"), .gate: ("#1a7f5a", "#3fb98a"),
    .dependency: ("#c3cad3", "#4a525c"), .overlap: ("#9a6ddb", "#a98be0"),
    .worker: ("#e0a13c", "#c98a2b"), .limit: ("#d4574e", "#e0716a"),
    .backOff: ("#d77fb1", "#c86f9f"), .answer: ("#b8860b", "#d9a520"),
    .paused: ("#8a939e", "#6f7985"), .review: ("#8c6d1f", "#b8963f"),
    .queue: ("#9ccfb4", "#3d6b52"), .queueGate: ("#12694a", "#2c9c6d"),
    .landing: ("#5bb5c9", "#3a8ea1"), .person: ("#59636e", "#9198a1"),
  ]

  /// How a shape is filled: by its class, and by itself for what heeds no rules in a picture, as
  /// WeasyPrint.
  package static func fill(_ use: TimeUse) -> String {
    "class=\"u-\(use.rawValue)\" fill=\"\(colours[use]?.light ?? "none")\""
  }

  static let style: String = {
    func rules(_ colour: KeyPath<(light: String, dark: String), String>) -> String {
      TimeUse.allCases.compactMap { use in
        colours[use].map { ".u-\(use.rawValue){fill:\($0[keyPath: colour])}" }
      }.joined()
    }
    return rules(\.light) + "@media (prefers-color-scheme:dark){" + rules(\.dark)
      + ".plan{stroke:#9198a1}.line{stroke:#5b9bff}.area{fill:#5b9bff}}"
  }()

  /// Seconds of the run at a moment.
  private func seconds(_ time: Int64) -> Double {
    Double(timeline.active(start..<max(start, time))) / 1_000_000
  }

  private func svg(_ title: String, height: Int, _ draw: (inout Markup) -> Void) -> String {
    var markup = Markup()
    markup.line(
      "<svg width=\"\(Self.width)\" height=\"\(height)\" viewBox=\"0 0 \(Self.width) \(height)\" "
        + "role=\"img\" aria-label=\"\(Markup.escaped(title))\">")
    draw(&markup)
    markup.line("</svg>")
    return markup.text
  }
}

extension RunDrawing {
  private var longest: [RunMetrics.Workstream] {
    Array(
      metrics.workstreams.sorted { ($0.seconds, $1.id) > ($1.seconds, $0.id) }.prefix(Self.most))
  }

  /// The part of it with these workstreams alone.
  package func gantt(of ids: Set<WorkstreamID>) -> Picture? {
    gantt(of: metrics.workstreams.filter { ids.contains($0.id) })
  }

  private func gantt(of chosen: [RunMetrics.Workstream]) -> Picture? {
    let rows = chosen.sorted { left, right in
      let (one, other) = (left.actual?.start ?? .infinity, right.actual?.start ?? .infinity)
      return one == other ? left.id < right.id : one < other
    }
    guard !rows.isEmpty else { return nil }
    let height = rows.count * Self.rowHeight + 50
    let title = "Who did what when"
    let markup = svg(title, height: height) { markup in
      axis.draw(into: &markup, top: 24, bottom: height - 18)
      for (row, work) in rows.enumerated() {
        draw(work, y: 30 + row * Self.rowHeight, into: &markup)
      }
    }
    var words = "High: at work, or a gate runs; low: it waits."
    if metrics.plannedSeconds != nil { words += " Dashed: as it was planned." }
    if rows.count == Self.most, rows.count < metrics.workstreams.count {
      words += " The longest \(rows.count) of \(metrics.workstreams.count)."
    }
    return Picture(title: title, words: words, height: height, markup: markup)
  }

  private func draw(_ work: RunMetrics.Workstream, y: Int, into markup: inout Markup) {
    label(work.id.rawValue, at: address?(work.id), y: y, into: &markup)
    for part in track.parts[work.id] ?? [] where part.use != .person {
      let (from, to) = (seconds(part.span.lowerBound), seconds(part.span.upperBound))
      let isHigh = [.work, .gate, .queueGate].contains(part.use)
      let (top, height) = isHigh ? (y + 3, 15) : (y + 8, 5)
      let label = "\(work.id): \(part.use.words), \(DurationText.words(to - from))"
      let width = max(isHigh ? 1.5 : 0.5, axis.x(to) - axis.x(from))
      markup.line(
        "<rect \(Self.fill(part.use)) x=\"\(TimeAxis.rounded(axis.x(from)))\" y=\"\(top)\" "
          + "width=\"\(TimeAxis.rounded(width))\" height=\"\(height)\"><title>"
          + "\(Markup.escaped(label))</title></rect>")
    }
    if let planned = work.planned { frame(planned, y: y, into: &markup) }
  }
}

extension RunDrawing {
  /// Workstreams that are drawn as one.
  package struct Group: Sendable {
    let title: String
    let address: String?
    let members: Set<WorkstreamID>

    package init(title: String, address: String? = nil, members: Set<WorkstreamID>) {
      (self.title, self.address, self.members) = (title, address, members)
    }
  }

  /// A bar a group, from the first start in it to the last end.
  package func overview(_ groups: [Group]) -> Picture? {
    let height = groups.count * Self.rowHeight + 50
    let title = "When each phase was worked on"
    let markup = svg(title, height: height) { markup in
      axis.draw(into: &markup, top: 24, bottom: height - 18)
      for (row, group) in groups.enumerated() {
        draw(group, y: 30 + row * Self.rowHeight, into: &markup)
      }
    }
    return Picture(
      title: title, words: metrics.plannedSeconds == nil ? nil : "Dashed: as it was planned.",
      height: height, markup: markup)
  }

  private func draw(_ group: Group, y: Int, into markup: inout Markup) {
    label(group.title, at: group.address, y: y, into: &markup)
    let members = metrics.workstreams.filter { group.members.contains($0.id) }
    if let span = Self.span(members.compactMap(\.actual)) {
      let (from, to) = (axis.x(span.start), axis.x(span.end))
      let words =
        "\(group.title): \(DurationText.words(span.start)) to \(DurationText.words(span.end))"
      markup.line(
        "<rect \(Self.fill(.work)) x=\"\(TimeAxis.rounded(from))\" y=\"\(y + 3)\" "
          + "width=\"\(TimeAxis.rounded(max(1.5, to - from)))\" height=\"15\"><title>"
          + "\(Markup.escaped(words))</title></rect>")
    }
    if let span = Self.span(members.compactMap(\.planned)) { frame(span, y: y, into: &markup) }
  }

  private static func span(_ slots: [RunMetrics.Slot]) -> RunMetrics.Slot? {
    guard let start = slots.map(\.start).min(), let end = slots.map(\.end).max() else { return nil }
    return RunMetrics.Slot(start: start, end: end)
  }

  /// What stands left of a row.
  private func label(_ text: String, at address: String?, y: Int, into markup: inout Markup) {
    let name = Markup.escaped(Markup.middleCut(text, to: 27))
    let words =
      "<text class=\"t\" x=\"\(Self.labelWidth - 8)\" y=\"\(y + 14)\" text-anchor=\"end\">"
      + "<title>\(Markup.escaped(text))</title>\(name)</text>"
    markup.line(address.map { "<a href=\"\(Markup.escaped($0))\">\(words)</a>" } ?? words)
  }

  /// As it was planned.
  private func frame(_ planned: RunMetrics.Slot, y: Int, into markup: inout Markup) {
    let (from, to) = (axis.x(planned.start), axis.x(planned.end))
    markup.line(
      "<rect class=\"plan\" fill=\"none\" stroke=\"#59636e\" stroke-dasharray=\"3 2\" "
        + "x=\"\(TimeAxis.rounded(from))\" y=\"\(y + 1)\" "
        + "width=\"\(TimeAxis.rounded(max(2, to - from)))\" height=\"19\" rx=\"2\"/>")
  }
}

extension RunDrawing {
  /// How many candidates there were over time.
  package var queue: Picture? {
    steps("Candidates in the queue", track.queue) { "\(Int($0))" }
  }

  /// A value over time that changes by steps; nil where it never was anything.
  private func steps(
    _ title: String, _ points: [RunTrack.Point], _ text: (Double) -> String
  ) -> Picture? {
    guard let top = points.map(\.value).max(), top > 0 else { return nil }
    let (height, floor) = (160, 140)
    func y(_ value: Double) -> Double { Double(floor) - value / top * Double(floor - 34) }
    var line = "\(axis.left),\(floor)"
    var last = 0.0
    for point in points {
      let x = TimeAxis.rounded(axis.x(seconds(point.time)))
      line += " \(x),\(TimeAxis.rounded(y(last))) \(x),\(TimeAxis.rounded(y(point.value)))"
      last = point.value
    }
    let end = TimeAxis.rounded(axis.x(metrics.seconds))
    line += " \(end),\(TimeAxis.rounded(y(last)))"
    let markup = svg(title, height: height) { markup in
      axis.draw(into: &markup, top: 24, bottom: floor)
      markup.line(
        "<text class=\"t m\" x=\"\(axis.left - 8)\" y=\"38\" text-anchor=\"end\">"
          + "\(Markup.escaped(text(top)))</text>")
      markup.line(
        "<polygon class=\"area\" fill=\"#2f6fdb\" opacity=\"0.18\" "
          + "points=\"\(line) \(end),\(floor)\"/>")
      markup.line(
        "<polyline class=\"line\" fill=\"none\" stroke=\"#2f6fdb\" stroke-width=\"2\" "
          + "points=\"\(line)\"/>")
    }
    return Picture(title: title, height: height, markup: markup)
  }
}
