import UETModel
import UETPlanning

extension PlanReport {
  /// Lines that a terminal shows at once.
  private static let screen = 24

  /// The plan on one screen: all of `text` where that fits, else the same figures in brief, with
  /// the command that shows the rest.
  ///
  /// Warnings stand above it, however many there are: they are what is to be mended.
  package func summary(_ style: TextStyle = TextStyle()) -> String {
    let whole = text(style)
    let lines = whole.split(separator: "\n", omittingEmptySubsequences: false).count - 1
    let warned = warnings(style)
    if lines - warned.count <= Self.screen { return whole }
    let brief = [
      brief(style), GanttChart(plan, style, byWorker: true).lines(workers: 4), path(style),
      mostRelevantConflicts(style),
      help(style), context(style),
    ].filter { !$0.isEmpty }
    let hint = style.paint("hint: ", .yellow) + "all of it: git uet plan --long"
    let screen = brief.map { $0.joined(separator: "\n") }.joined(separator: "\n") + "\n" + hint
    return (warned.isEmpty ? "" : warned.joined(separator: "\n") + "\n\n") + screen + "\n"
  }

  private func brief(_ style: TextStyle) -> [String] {
    let schedule = plan.schedule
    let most = plan.waves.map(\.count).max() ?? 0
    var words = "\(counted(plan.waves.count, "wave")) of up to \(most)"
    if schedule.makespan > 0 {
      let idle = schedule.busy.reduce(0) { $0 + schedule.makespan - $1 }
      words +=
        "; workers are idle \(percent(idle, of: schedule.makespan * plan.workers)) of the time"
    }
    return headline(style, withIdle: false) + style.wrap(words, indent: 2)
  }

  /// The longest way, and where it is not what decides, what does: each cut to a few lines.
  private func path(_ style: TextStyle) -> [String] {
    let length = plan.criticalPath.reduce(0) { $0 + plan.durations.ticks[$1] }
    let isAll = length >= plan.schedule.makespan
    let chain = isAll ? plan.criticalPath : plan.criticalChain.map(\.index)
    let title =
      isAll
      ? ("Critical path", " \(time(length)), \(counted(chain.count, "workstream"))")
      : (
        "What makes it \(time(plan.schedule.makespan))",
        ", of which dependencies \(time(length)): \(counted(chain.count, "workstream"))"
      )
    let words = chain.enumerated().map { place, index in
      (place == 0 ? "" : "\(style.arrow) ") + name(index)
    }
    var shown = words
    // The ends say most.
    while style.wrap(shown, indent: 2).count > 4, shown.count > 3 {
      let cut = words.count - shown.count + 2
      let head = (words.count - cut + 1) / 2
      shown =
        words.prefix(head) + ["\(style.arrow) \(style.ellipsis) \(cut) more"]
        + words.suffix(words.count - cut - head)
    }
    return style.titled(title.0, title.1) + style.wrap(shown, indent: 2).prefix(4)
  }

  private func help(_ style: TextStyle) -> [String] {
    guard let first = plan.bottlenecks.first else { return [] }
    let second = plan.bottlenecks.dropFirst().first
    // What it saves stands at its end.
    return [style.paint("What would help", .bold)]
      + style.wrap(first.reason, indent: 4, first: "  ").prefix(2)
      + (second.map { ["  " + style.cut($0.reason, to: style.width - 2)] } ?? [])
  }
}
