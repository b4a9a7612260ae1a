import UETEngine
import UETModel
import UETReporting

/// What of a run waits for a person, with what there is to decide on.
struct ReviewsPage: Sendable {
  struct Entry: Sendable {
    let review: Reviews.Entry
    let look: ReviewLook?
    let diff: [String]?
  }

  let overview: Reviews.Overview
  let entries: [Entry]
  let forms: Forms

  /// More are not looked at on one page.
  static let most = 20
  private static let mostFiles = 100

  private var run: RunID { overview.state.run }

  var content: HTML {
    let title = HTML.element("h1", [], HTML("reviews of run \(run)"))
    let waits = overview.waits.map(wait).joined()
    if entries.isEmpty, waits.text.isEmpty {
      return title + .paragraph("nothing of it asks for a person")
    }
    let rest = overview.entries.count - entries.count
    return title + waits + entries.map(block).joined()
      + (rest > 0 ? .paragraph(HTML("and \(rest) more, once these are decided")) : .none)
  }

  private func wait(_ wait: PersonalWait) -> HTML {
    switch wait {
    case .question(let id, let question):
      .paragraph(
        .link(.workstream(run, id), HTML(id.rawValue)) + HTML(" asks: \(question.question)"), "note"
      )
    case .budget(let id, let reason):
      .paragraph(
        .link(.workstream(run, id), HTML(id.rawValue)) + HTML(" has no money left: \(reason) ")
          + .command("git uet resume \(run) --budget \(id)=+AMOUNT"), "note")
    case .halted(_, let reason):
      .paragraph(
        HTML("the run is halted: \(reason) ")
          + .command("git uet resume \(run) --budget +AMOUNT"), "note")
    }
  }

  private func block(_ entry: Entry) -> HTML {
    let record = entry.review.record
    let (words, tone): (String, Tone) =
      switch record.review() {
      case .undecided: ("waits for a review", .warning)
      case .approved: ("approved", .good)
      case .rejected: ("rejected", .bad)
      }
    let content =
      HTML.paragraph(
        .badge(words, tone) + " "
          + .link(.workstream(run, record.id), "all of it"))
      + (entry.look?.workstream?.reviewReason.map { .paragraph(HTML($0)) } ?? .none)
      + facts(entry) + decisions(entry) + diff(entry) + acts(entry)
    return .section(record.id.rawValue, id: "review-\(record.id)", content)
  }

  private func facts(_ entry: Entry) -> HTML {
    let record = entry.review.record
    var facts: [(name: String, value: HTML)] = []
    if let tasks = entry.look?.workstream?.tasks, !tasks.isEmpty {
      facts.append(("tasks", .element("ul", [], tasks.map { HTML.element("li", [], HTML($0)) })))
    }
    if let look = entry.look {
      let files = look.changes.prefix(Self.mostFiles).map { change in
        let counts = change.added.map { "+\($0) -\(change.removed ?? 0)" } ?? "no text"
        return HTML.element("li", [], HTML("\(change.path)  \(counts)"))
      }
      let count = look.changes.count.counting("file")
      facts.append(
        (
          "changes",
          HTML("\(count), +\(look.added) -\(look.removed)") + .element("ul", [], files)
        ))
    }
    let gates = record.gates.filter { $0.stage == .attempt }
    facts.append(
      (
        "gates",
        gates.isEmpty
          ? HTML("none")
          : gates.map {
            HTML("\($0.name) ") + .badge($0.result.rawValue.lowercased(), $0.result.tone) + " "
          }
          .joined()
      ))
    let spent = record.attempts.reduce(Money.zero) { $0 + $1.spending.spent }
    let isKnown = record.attempts.allSatisfy(\.spending.isKnown)
    facts.append(
      (
        "cost",
        HTML("\(isKnown ? "" : "at least ")\(spent), \(record.attempts.count.counting("attempt"))")
      ))
    facts.append(("result", HTML(entry.review.tip.short)))
    return .facts(facts)
  }

  private func decisions(_ entry: Entry) -> HTML {
    let record = entry.review.record
    let given = record.reviews.filter { $0.tip == entry.review.tip }.map { review in
      "\(review.decision.rawValue) by \(review.by ?? "somebody"), \(LocalTime.dateWithZone(review.at))"
        + (review.message.map { ": \($0)" } ?? "")
    }
    let pending = overview.pending.filter { $0.workstream == record.id }.map { draft in
      "\(draft.data["decision"]?.string ?? "") by \(draft.data["by"]?.string ?? "somebody"), "
        + "not taken yet"
    }
    let lines = given + pending
    return lines.isEmpty
      ? .none : .element("ul", [], lines.map { HTML.element("li", [], HTML($0)) })
  }

  private func diff(_ entry: Entry) -> HTML {
    guard let lines = entry.diff else { return .none }
    let id = entry.review.record.id
    return .element(
      "details", ["id" => "changes-\(id)"],
      .element("summary", [], HTML("the difference, \(lines.count.counting("line"))"))
        + WorkstreamPage.diff(lines, id: "diff-\(id)"))
  }

  private func acts(_ entry: Entry) -> HTML {
    let (record, commit) = (entry.review.record, entry.review.tip.hex)
    guard [.succeeded, .queued, .integrated].contains(record.state) else { return .none }
    let fixed: [(name: StaticString, value: String)] = [("commit", commit)]
    let forms = [
      forms.text(
        .approve, "approve", label: "what you think of it, if anything", of: record.id,
        isNeeded: false, fixed: fixed),
      forms.text(
        .reject, "reject", label: "why it must not be merged", of: record.id, isNeeded: false,
        fixed: fixed),
      forms.text(
        .adjust, "send back", label: "what is to be done about it", of: record.id, isNeeded: true,
        fixed: fixed),
    ].filter { !$0.text.isEmpty }
    return forms.isEmpty ? .none : .element("div", ["class" => "acts"], forms)
  }
}
