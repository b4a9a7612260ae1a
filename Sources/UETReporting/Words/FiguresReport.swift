import UETModel

/// The figures of a run in words and tables, for people.
package struct FiguresReport: Sendable {
  private let metrics: RunMetrics
  /// How many workstreams are listed.
  private let most: Int
  /// What is said where more are not listed.
  private let rest: String

  package init(_ metrics: RunMetrics, most: Int = 20, rest: String = "") {
    (self.metrics, self.most, self.rest) = (metrics, most, rest)
  }

  /// One HTML page.
  package func page(_ timeline: RunTimeline) -> String {
    RunPage(
      metrics, timeline, summary: summary, sections: sections.filter { $0.title != Self.usesTitle }
    ).html
  }
}

extension FiguresReport {
  package var summary: [String] {
    var lines: [String] = []
    var took = "took \(Span.text(metrics.seconds))"
    if metrics.idle >= 1 { took += ", and \(Span.text(metrics.idle)) at rest between" }
    if metrics.recoveries > 0 {
      took += ", taken up again \(metrics.recoveries == 1 ? "once" : "\(metrics.recoveries) times")"
    }
    lines.append(took)
    if metrics.workers > 0 {
      let use = metrics.workerUse.map { ", in use \(Self.percent($0)) of the time" } ?? ""
      lines.append(metrics.workers.counting("worker") + use)
    }
    if let speedup = metrics.speedup, let possible = metrics.possibleSpeedup,
      let efficiency = metrics.efficiency
    {
      lines.append(
        "speed-up \(Self.tenths(speedup)) of at most \(Self.tenths(possible)) "
          + "(\(Self.percent(efficiency))): work of \(Span.text(speedup * metrics.runSeconds)) in "
          + Span.text(metrics.runSeconds))
    }
    if let planned = metrics.plannedSeconds, metrics.runSeconds > 0 {
      lines.append(
        "planned: \(Span.text(planned)); workers took \(Span.text(metrics.runSeconds)), "
          + "\(Self.tenths(metrics.runSeconds / max(planned, 0.001))) times that")
    }
    if let ratio = metrics.estimateRatio {
      lines.append(
        "work took \(Self.tenths(ratio.median)) times what was estimated (median of \(ratio.count))"
      )
    }
    return lines
  }

  package var sections: [ReportSection] {
    [uses, chain, workstreams, attempts, gates, queue, usage].compactMap { $0 }
  }

  private static let usesTitle = "Where the time of all workstreams went"

  private var uses: ReportSection? {
    let total = metrics.uses.values.reduce(0, +)
    guard total > 0 else { return nil }
    let rows = TimeUse.allCases.compactMap { use -> [String]? in
      guard let seconds = metrics.uses[use], seconds >= 0.05 || seconds / total >= 0.005 else {
        return nil
      }
      return [use.words, Span.text(seconds), Self.percent(seconds / total)]
    }
    return ReportSection(title: Self.usesTitle, rows: rows)
  }

  private var chain: ReportSection? {
    guard metrics.criticalPath.count > 1 else { return nil }
    let shown = metrics.criticalPath.suffix(12)
    let causes: [RunMetrics.Link.Cause: String] = [
      .dependency: "waited for it", .overlap: "overlaps with it",
      .worker: "had its worker after it",
    ]
    let rows = shown.map { link in
      [link.id.rawValue.terminalSafe, Span.text(link.seconds), causes[link.cause] ?? "the first"]
    }
    var section = ReportSection(title: "The chain that decided how long it took", rows: rows)
    if shown.count < metrics.criticalPath.count {
      section.words = ["the last \(shown.count) of \(metrics.criticalPath.count)"]
    }
    return section
  }

  private var workstreams: ReportSection? {
    guard !metrics.workstreams.isEmpty else { return nil }
    let sorted = metrics.workstreams.sorted { ($0.seconds, $1.id) > ($1.seconds, $0.id) }
    let rows = sorted.prefix(most).map { each in
      [
        each.id.rawValue.terminalSafe, each.state.rawValue, Span.text(each.seconds),
        Span.text(each.uses[.work] ?? 0), Self.mainWait(each),
      ]
    }
    var section = ReportSection(
      title: "Workstreams, the longest first",
      head: ["", "state", "time", "work", "most of the rest"],
      rows: Array(rows))
    if sorted.count > most { section.words = ["\(most) of \(sorted.count)\(rest)"] }
    return section
  }

  private static func mainWait(_ each: RunMetrics.Workstream) -> String {
    let rest = each.uses.filter { $0.key != .work && $0.value >= 0.05 }
      .sorted { ($0.value, $1.key.rawValue) > ($1.value, $0.key.rawValue) }
    return rest.prefix(2).map { "\($0.key.words) \(Span.text($0.value))" }.joined(separator: ", ")
  }

  private var attempts: ReportSection? {
    guard metrics.attempts > 0 else { return nil }
    let failures = metrics.failures
    var words = metrics.attempts.counting("attempt")
    let failed = failures.values.reduce(0, +)
    words += failed == 0 ? ", none failed" : ", \(failed) failed"
    let asked = metrics.workstreams.reduce(0) { $0 + $1.asked }
    if asked > 0 { words += ", \(asked) ended to wait for an answer" }
    let rows = ErrorKind.allCases.compactMap { kind in
      failures[kind].map { [kind.rawValue, "\($0)"] }
    }
    return ReportSection(title: "Attempts", rows: rows, words: [words])
  }

  private var gates: ReportSection? {
    guard !metrics.gates.isEmpty else { return nil }
    let rows = metrics.gates.map { gate in
      [
        gate.name.terminalSafe, "\(gate.runs)", "\(gate.red)", "\(gate.flaky)", "\(gate.faults)",
        "\(gate.reused)", "\(gate.warm)", Span.text(gate.seconds),
        gate.runs > 0 ? Span.text(gate.seconds / Double(gate.runs)) : "",
      ]
    }
    return ReportSection(
      title: "Gates",
      head: ["", "runs", "red", "flaky", "no verdict", "known", "warm", "time", "each"], rows: rows)
  }

  private var queue: ReportSection? {
    guard metrics.candidates > 0 else { return nil }
    var words =
      "\(metrics.candidates.counting("candidate")): \(metrics.integrated) integrated, "
      + "\(metrics.landed) landed, \(metrics.ejections.count) set aside, "
      + "\(metrics.conflicts.counting("conflict"))"
    if metrics.integrated > 0 {
      let each = Double(metrics.queueGateRuns) / Double(metrics.integrated)
      words += "; \(Self.tenths(each)) gate runs for each that is in"
    }
    if let wait = metrics.queueWait {
      words +=
        "; in the queue for \(Span.text(wait.median)) (median), \(Span.text(wait.longest)) at most"
    }
    let rows = metrics.ejections.prefix(most).map {
      [$0.id.rawValue.terminalSafe, $0.reason.terminalSafe]
    }
    return ReportSection(title: "Queue", rows: Array(rows), words: [words])
  }

  private var usage: ReportSection? {
    let usage = metrics.usage
    guard usage.reports > 0 else { return nil }
    var words =
      "\(usage.inputTokens) tokens in, \(usage.cachedTokens) of them cached, \(usage.outputTokens) out"
    if usage.unpriced < usage.reports { words += ", \(usage.costUSD.asMoney)" }
    if usage.unpriced > 0 {
      words += "; \(usage.unpriced) of \(usage.reports) reports have no price"
    }
    return ReportSection(title: "Models", words: [words])
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

  private static func tenths(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
}
