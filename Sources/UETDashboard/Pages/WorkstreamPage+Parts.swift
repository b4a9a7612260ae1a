import UETModel
import UETReporting

extension WorkstreamPage {
  var part: HTML {
    switch detail {
    case .attempts: attempts + reviews
    case .gates: gates
    case .diff(let lines):
      lines.map { Self.diff($0, id: "diff") } ?? .paragraph("there is no result to look at yet")
    case .log(let logs): log(logs)
    }
  }

  private var attempts: HTML {
    if record.attempts.isEmpty { return .paragraph("nothing of it ran yet") }
    return record.attempts.reversed().map { attempt in
      let end = attempt.endedAt ?? snapshot.now
      var facts: [(name: String, value: HTML)] = [
        ("time", HTML(Span.text(end.seconds(since: attempt.assignedAt))))
      ]
      if let worker = attempt.worker { facts.append(("by", HTML(worker))) }
      if let tool = attempt.tool { facts.append(("tool", HTML(tool))) }
      if let error = attempt.error {
        facts.append(("failed", HTML("\(error.rawValue): \(attempt.message ?? "")")))
      }
      if let base = attempt.base {
        let inputs = attempt.inputs.map(\.workstream)
        facts.append(
          ("base", HTML(base.short + (inputs.isEmpty ? "" : ", with \(inputs.listed(10))"))))
      }
      if let tip = attempt.tip { facts.append(("result", HTML(tip.short))) }
      if let salvage = attempt.salvage { facts.append(("kept", HTML(salvage))) }
      if let progress = attempt.progress { facts.append(("progress", HTML("\(progress) %"))) }
      if let note = attempt.note { facts.append(("says", HTML(note))) }
      for question in attempt.questions {
        facts.append(("asked", HTML(question.question)))
        facts.append(("answer", HTML(question.answer ?? "not answered")))
      }
      if attempt.spending.used != .zero { facts.append(("cost", HTML("\(attempt.spending.used)"))) }
      facts.append(
        (
          "output",
          .link(.workstream(run, record.id, .log, attempt: attempt.number), "log")
        ))
      let outcome = attempt.asks == nil ? attempt.outcome.rawValue : "ASKED"
      return HTML.section(
        "attempt \(attempt.number): \(outcome.lowercased())", id: "attempt-\(attempt.number)",
        .facts(facts))
    }.joined()
  }

  private var reviews: HTML {
    guard !record.reviews.isEmpty else { return .none }
    return .section(
      "reviews", id: "reviews",
      .element(
        "ul", [],
        record.reviews.map { review in
          HTML.element(
            "li", [],
            HTML(
              "\(review.decision.rawValue) \(review.tip.short) by \(review.by ?? "somebody")"
                + (review.message.map { ": \($0)" } ?? "")))
        }))
  }

  private var gates: HTML {
    if record.gates.isEmpty { return .paragraph("no gate ran on it") }
    let columns: [HTML.Column] = [
      .init("gate"), .init("on"), .init("verdict"), .init("time", isNumber: true),
      .init("what it said"),
    ]
    let rows = record.gates.enumerated().map { place, gate in
      var words = gate.message ?? ""
      if gate.isFlaky { words = "flaky: red first, then green. " + words }
      if let event = gate.reused { words = "as before (event \(event)). " + words }
      if let tree = gate.warm { words = "warm from \(tree.short). " + words }
      if !gate.required { words = "not required. " + words }
      return (
        key: "\(place)",
        cells: [
          HTML(gate.name), HTML(gate.stage.rawValue),
          HTML.badge(gate.result.rawValue.lowercased(), gate.result.tone),
          HTML(gate.seconds.map { Span.text($0) } ?? ""), HTML(words),
        ]
      )
    }
    return .table("gates", id: "gates", columns, rows)
      + .paragraph(
        "the tree that was judged, made and tested again: "
          + .command("git uet reproduce \(run) \(record.id)"))
  }

  private var run: RunID { snapshot.state.run }

  /// More lines of a diff are left to git.
  private static let mostLines = 3_000

  /// A difference line by line, what was added and taken away marked by its sign and a colour.
  static func diff(_ lines: [String], id: String) -> HTML {
    let shown = lines.prefix(mostLines).map { line -> HTML in
      let kind: String? =
        switch line.first {
        case "+": "add"
        case "-": "del"
        case "@": "at"
        default: nil
        }
      return kind.map { HTML.element("span", ["class" => $0], HTML(line)) } ?? HTML(line)
    }
    let lineEnd = HTML.lines(["", ""])
    var text = HTML.none
    for (number, line) in shown.enumerated() { text += (number == 0 ? .none : lineEnd) + line }
    let rest = lines.count - shown.count
    return .element(
      "pre",
      ["id" => id, "class" => "diff", "tabindex" => "0", "aria-label" => "difference"], text)
      + (rest > 0 ? .paragraph(HTML("and \(rest) lines more")) : .none)
  }

  private func log(_ logs: [(name: String, lines: [String], isCut: Bool)]) -> HTML {
    if logs.isEmpty { return .paragraph("neither it nor its gates printed anything") }
    let chosen =
      record.attempts.count < 2
      ? HTML.none
      : .element(
        "nav", ["class" => "turning", "aria-label" => "attempts"],
        record.attempts.map { each in
          HTML.link(
            .workstream(run, record.id, .log, attempt: each.number), HTML("attempt \(each.number)"),
            current: each.number == attempt) + " "
        })
    return chosen
      + logs.enumerated().map { place, log in
        HTML.element("h2", ["id" => "h-log-\(place)"], HTML(log.name))
          + (log.isCut ? .paragraph("the end of it") : .none)
          + .element(
            "pre",
            [
              "id" => "log-\(place)", "class" => "log", "tabindex" => "0",
              "aria-labelledby" => "h-log-\(place)", .flag("data-follow"),
            ], .lines(log.lines))
      }.joined()
      + .paragraph(
        "all of it: " + .command("git uet logs \(run) \(record.id)"))
  }
}

extension GateRecord.Result {
  var tone: Tone {
    switch self {
    case .running: .busy
    case .passed: .good
    case .failed: .bad
    }
  }
}
