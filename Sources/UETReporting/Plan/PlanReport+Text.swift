import UETModel
import UETPlanning

extension PlanReport {
  /// The plan for a person at a terminal, ending in a line feed.
  package func text(_ style: TextStyle = TextStyle()) -> String {
    let nothing = ["nothing to plan: there are no workstreams"]
    let sections =
      plan.workstreams.isEmpty
      ? [warnings(style), nothing]
      : [
        warnings(style), headline(style), waves(style), GanttChart(plan, style).lines(),
        criticalPath(style), conflicts(style), bottlenecks(style), context(style),
      ]
    return sections.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n") + "\n"
  }

  /// A time for people.
  package func time(_ ticks: Int) -> String { plan.durations.words(ticks) }

  func name(_ index: Int) -> String { plan.id(index).rawValue }

  func headline(_ style: TextStyle, withIdle: Bool = true) -> [String] {
    let schedule = plan.schedule
    let gain =
      schedule.makespan < schedule.sequential
      ? ", instead of \(time(schedule.sequential)) one after the other "
        + "(\(Self.oneDecimal(schedule.speedup)) times faster)"
      : plan.workstreams.count > 1 ? ", one after the other" : ""
    let first = style.titled(
      time(schedule.makespan),
      " for \(counted(plan.workstreams.count, "workstream")) on "
        + counted(plan.workers, "worker") + gain)
    let second =
      schedule.isOptimal
      ? ["  " + style.paint("no schedule is shorter", .green)]
      : style.wrap(
        "no schedule is shorter than \(time(schedule.lowerBound)): this one is at most "
          + "\(percent(schedule.makespan - schedule.lowerBound, of: schedule.lowerBound)) above",
        indent: 2)
    guard withIdle else { return first + second }
    let idle = plan.schedule.busy.map { schedule.makespan - $0 }
    let idleText =
      idle.count <= 8
      ? "idle: "
        + idle.enumerated().map { "worker \($0 + 1) \(percent($1, of: schedule.makespan))" }
        .joined(separator: ", ")
      : "idle: \(percent(idle.reduce(0, +), of: schedule.makespan * idle.count)) of "
        + "\(idle.count) workers' time"
    return first + second + (schedule.makespan == 0 ? [] : style.wrap(idleText, indent: 2))
  }

  private func waves(_ style: TextStyle) -> [String] {
    let shown = plan.waves.prefix(20)
    let digits = String(shown.count).count
    var lines = style.titled(
      "Waves", " (what may run side by side; a run has no barriers)", indent: 4)
    for (number, wave) in shown.enumerated() {
      let label = "\(number + 1)"
      let first = String(repeating: " ", count: 2 + digits - label.count) + label + "  "
      var words = wave.prefix(12).map { name($0) }
      if wave.count > 12 { words.append("\(style.ellipsis) and \(wave.count - 12) more") }
      lines += style.wrap(words, indent: digits + 4, first: first)
    }
    if plan.waves.count > shown.count { lines.append(more(plan.waves.count - shown.count, style)) }
    return lines
  }

  private func criticalPath(_ style: TextStyle) -> [String] {
    let length = plan.criticalPath.reduce(0) { $0 + plan.durations.ticks[$1] }
    var lines = style.titled(
      "Critical path", " \(time(length)): the longest way through the dependencies", indent: 4)
    lines += chain(plan.criticalPath.map { ("\(style.arrow) ", $0) }, style)
    if length < plan.schedule.makespan {
      lines += style.titled(
        "What makes it \(time(plan.schedule.makespan))",
        " (\(style.arrow) dependency, x conflict, + busy worker)", indent: 4)
      let signs: [ChainLink.Cause: String] = [
        .dependency: "\(style.arrow) ", .conflict: "x ", .worker: "+ ", .start: "",
      ]
      lines += chain(plan.criticalChain.map { (signs[$0.cause] ?? "", $0.index) }, style)
    }
    return lines
  }

  private func chain(_ links: [(sign: String, index: Int)], _ style: TextStyle) -> [String] {
    var words = links.prefix(30).enumerated().map { place, link in
      (place == 0 ? "" : link.sign) + name(link.index)
    }
    if links.count > 30 { words.append("\(style.ellipsis) and \(links.count - 30) more") }
    return style.wrap(words, indent: 2)
  }

  private func bottlenecks(_ style: TextStyle) -> [String] {
    guard !plan.bottlenecks.isEmpty else { return [] }
    return [style.paint("What would help", .bold)]
      + plan.bottlenecks.flatMap { style.wrap($0.reason, indent: 4, first: "  ") }
  }

  func warnings(_ style: TextStyle) -> [String] {
    let messages = warningLines
    guard !messages.isEmpty else { return [] }
    let shown = messages.prefix(10).enumerated().flatMap { number, message in
      let hint = number < loadWarnings.count ? loadWarnings[number].hint : nil
      return style.wrap(message.terminalSafe, indent: 4, first: "  ")
        + (hint.map { style.wrap("hint: " + $0.terminalSafe, indent: 6, first: "    ") } ?? [])
    }
    let rest = messages.count > 10 ? [more(messages.count - 10, style)] : []
    return [style.paint("Warnings", .yellow)] + shown + rest
  }

  /// Each warning behind its place; those of loading first.
  package var warningLines: [String] {
    loadWarnings.map(\.description)
      + plan.warnings.map { warning in
        guard let place = place(of: warning) else { return warning.message }
        return "\(place): warning: \(warning.message)"
      }
  }

  /// Where the first workstream that a warning is about is declared.
  private func place(of warning: PlanWarning) -> SourcePlace? {
    guard let index = warning.workstreams.first.flatMap({ plan.index(of: $0) }) else { return nil }
    let place = plan.workstreams[index].source
    return place.file.isEmpty ? nil : place
  }

  func more(_ count: Int, _ style: TextStyle) -> String {
    style.paint("  \(style.ellipsis) and \(count) more, see --json", .dim)
  }

  func counted(_ count: Int, _ noun: String) -> String {
    count == 1 ? "1 \(noun)" : "\(count) \(noun)s"
  }

  func percent(_ part: Int, of whole: Int) -> String {
    whole == 0 ? "0 %" : "\((part * 100 + whole / 2) / whole) %"
  }

  static func oneDecimal(_ value: Double) -> String {
    let tenths = Int(value * 10 + 0.5)
    return "\(tenths / 10).\(tenths % 10)"
  }
}
