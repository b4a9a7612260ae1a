import UETAdvising
import UETReporting

/// What should be changed, for people.
struct AdviceView {
  private let report: AdviceReport
  private let terminal: Terminal
  private let style: TextStyle

  init(_ report: AdviceReport, _ terminal: Terminal, _ style: TextStyle) {
    (self.report, self.terminal, self.style) = (report, terminal, style)
  }

  /// `long`: also what each follows from, and why nothing else is advised.
  func lines(long: Bool) -> [String] {
    let from =
      "from \(report.runs.count.counting("run")) with \(report.results.counting("result"))"
    var lines: [String] = []
    if report.advice.isEmpty {
      lines += style.titled("no change worth making was found", ", \(from)")
    } else {
      lines += style.titled(
        report.advice.count == 1 ? "1 change" : "\(report.advice.count) changes",
        ", each by itself, \(from); in brackets where 8 of 10 lie")
    }
    for (place, advice) in report.advice.enumerated() {
      lines.append("")
      lines += self.lines(advice, number: place + 1, long: long)
    }
    // Where there is no advice, the reasons are the answer.
    if long || report.advice.isEmpty { lines += reasons }
    if let forecast { lines += [""] + style.wrap(forecast, indent: 0) }
    if !long, !report.advice.isEmpty {
      lines += ["", style.paint("why, and what else was looked at: git uet advise --long", .dim)]
    }
    return lines
  }

  private func lines(_ advice: Advice, number: Int, long: Bool) -> [String] {
    let head = "\(Self.title(advice)): \(Self.gain(advice))"
    var lines = style.wrap(head.terminalSafe, indent: 3, first: "\(number). ")
    let most = long ? advice.steps.count : 6
    for step in advice.steps.prefix(most) {
      lines += style.wrap(step.terminalSafe, indent: 7, first: "     ")
    }
    if advice.steps.count > most { lines.append("     and \(advice.steps.count - most) more") }
    for reason in long ? advice.evidence : [advice.caution].compactMap(\.self) {
      lines += style.wrap(reason.terminalSafe, indent: 5, first: "   - ")
    }
    return lines
  }

  private static func title(_ advice: Advice) -> String {
    switch advice.kind {
    case .workers: "\(advice.proposed) workers in place of \(advice.now)"
    case .scope: "split '\(advice.subject)', \(advice.now)"
    case .slots, .window, .strategy:
      "\(advice.subject) \(advice.proposed) in place of \(advice.now)"
    case .inputs: "\(advice.subject): inputs"
    case .warm: "\(advice.subject): \(advice.proposed)"
    case .budget: "a budget of \(advice.proposed) in place of \(advice.now)"
    }
  }

  private static func gain(_ advice: Advice) -> String {
    let gain = advice.gain
    switch advice.unit {
    case .seconds, .gateSeconds:
      let what = advice.unit == .seconds ? "" : " of gates' time"
      return "\(Span.text(gain.mean)) less of \(Span.text(advice.whole))\(what) "
        + "(\(signed(gain.low)) to \(signed(gain.high)))"
    case .chance:
      return "\(percent(gain.mean)) fewer runs stop (\(percent(gain.low)) to "
        + "\(percent(gain.high)))"
    }
  }

  /// Less than nothing is what is lost.
  private static func signed(_ seconds: Double) -> String {
    (seconds < 0 ? "-" : "") + Span.text(abs(seconds))
  }

  private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }

  private var reasons: [String] {
    guard !report.silences.isEmpty else { return [] }
    let lines = report.silences.flatMap { silence in
      style.wrap("\(silence.kind.rawValue): \(silence.reason.terminalSafe)", indent: 4, first: "  ")
    }
    return report.advice.isEmpty ? lines : ["", "nothing is advised of"] + lines
  }

  private var forecast: String? {
    report.forecast.map { forecast in
      "the next run costs \(forecast.cost.mean.asMoney) (\(forecast.cost.low.asMoney) to "
        + "\(forecast.cost.high.asMoney)); \(forecast.budget.asMoney) cover 9 of 10 runs"
    }
  }
}
