import UETEngine
import UETLedger
import UETModel
import UETReporting

/// All runs, newest first.
struct RunsPage: Sendable {
  struct Entry: Sendable {
    let summary: RunSummary
    let standing: RunStanding
  }

  let entries: [Entry]
  let total: Int
  let isOver: Bool

  /// More are not listed on a page.
  static let most = 200

  init(_ project: Project, _ cache: Cache) throws {
    let runs = try cache.runs()
    total = runs.count
    entries = runs.prefix(Self.most).map { summary in
      let isOver = summary.status.isOver
      let isHeld = isOver ? false : (try? project.liveHolder(of: summary.run)) ?? nil != nil
      let isForeign = isOver || isHeld ? false : (try? project.isOwn(summary.run)) == false
      return Entry(
        summary: summary,
        standing: RunStanding(
          summary.status, counts: summary.counts, isHeld: isHeld, isForeign: isForeign))
    }
    isOver = entries.allSatisfy(\.summary.status.isOver)
  }

  var content: HTML {
    guard !entries.isEmpty else {
      return .element("h1", [], "runs")
        + .paragraph("no runs yet; start one: " + .command("git uet run"))
    }
    let columns: [HTML.Column] = [
      .init("run"), .init("state"), .init("started"), .init("workstreams"),
      .init("into"),
    ]
    let rows = entries.map { entry in
      (
        key: entry.summary.run.rawValue,
        cells: [
          HTML.link(.run(entry.summary.run), HTML(entry.summary.run.rawValue)),
          HTML.badge(entry.standing.text, entry.standing.tone),
          HTML(entry.summary.startedAt.map(LocalTime.dateWithZone) ?? ""), counts(entry.summary),
          HTML(entry.summary.target.map(RunNames.short) ?? ""),
        ]
      )
    }
    let more = total > entries.count ? "the newest \(entries.count) of \(total)" : ""
    return .element("h1", [], "runs") + .table("runs, newest first", id: "runs", columns, rows)
      + (more.isEmpty ? .none : .paragraph(HTML(more)))
  }

  private func counts(_ summary: RunSummary) -> HTML {
    if let problem = summary.problem { return .badge("damaged: \(problem)", .bad) }
    return StateCounts(summary.counts).words
  }
}

/// How many workstreams are in each state.
struct StateCounts: Hashable, Sendable {
  let counts: [WorkstreamState: Int]

  init(_ counts: [WorkstreamState: Int]) { self.counts = counts }

  init(_ records: some Sequence<WorkstreamRecord>) {
    counts = records.reduce(into: [:]) { $0[$1.state, default: 0] += 1 }
  }

  var total: Int { counts.values.reduce(0, +) }

  var words: HTML {
    HTML(
      WorkstreamState.allCases.compactMap { state in
        counts[state].map { "\($0) \(state.words)" }
      }.joined(separator: ", "))
  }

  /// One bar with a part for each kind of state, the good ones first.
  func bar(_ label: String) -> HTML {
    let total = max(1, total)
    var x = 0
    var parts = ""
    for tone in [Tone.good, .busy, .quiet, .warning, .bad] {
      let count = counts.reduce(0) { $0 + (Tone($1.key) == tone ? $1.value : 0) }
      let width = count * 1000 / total
      guard count > 0 else { continue }
      parts +=
        "<rect class=\"tone-\(tone.rawValue)\" x=\"\(x)\" y=\"0\" width=\"\(max(4, width))\" "
        + "height=\"12\"/>"
      x += width
    }
    return .drawn(
      "<svg class=\"share\" viewBox=\"0 0 1000 12\" preserveAspectRatio=\"none\" role=\"img\" "
        + "aria-label=\"\(Markup.escaped(label))\">\(parts)</svg>")
  }
}

extension WorkstreamState {
  /// As people say it: `rolled back`.
  var words: String { rawValue.lowercased().replacing("_", with: " ") }
}
