import UETModel
import UETReporting

extension RunPage {
  /// What is listed, after what was asked for.
  var chosen: [WorkstreamRecord] {
    let members = group.map { Set($0.members) }
    let words = (query.words ?? "").lowercased().split(separator: " ")
    return state.workstreams.filter { record in
      (members?.contains(record.id) ?? true) && (query.state.map { $0 == record.state } ?? true)
        && words.allSatisfy { word in
          record.id.rawValue.contains(word)
            || (record.reason?.lowercased().contains(word) ?? false)
        }
    }
  }

  /// The phase that is looked at.
  var group: RunOutline.Group? {
    query.phase.flatMap { key in snapshot.outline?.groups.first { $0.key == key } }
  }

  var phases: HTML {
    guard let groups = snapshot.outline?.groups, groups.count > 1 else { return .none }
    let columns: [HTML.Column] = [.init("phase"), .init("how far"), .init("workstreams")]
    let rows = groups.enumerated().map { place, group in
      let counts = StateCounts(group.members.compactMap { state[$0] })
      var query = query
      (query.phase, query.page) = (group.key, 1)
      return (
        key: "\(place)",
        cells: [
          HTML.link(
            .run(state.run, query), HTML(group.title), current: self.query.phase == group.key),
          counts.bar("\(group.title): " + words(counts)), HTML(words(counts)),
        ]
      )
    }
    return .section(
      "Phases", id: "phases", .table("phases", id: "phase", columns, rows))
  }

  private func words(_ counts: StateCounts) -> String {
    let done = counts.counts.reduce(0) { $0 + ($1.key.isFinished ? $1.value : 0) }
    let rest = counts.counts.filter { !$0.key.isFinished && $0.key != .pending }
      .sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.value) \($0.key.words)" }
    return "\(done) of \(counts.total)" + rest.map { ", " + $0 }.joined()
  }

  var work: HTML {
    let all = chosen
    let pages = max(1, (all.count + Self.rows - 1) / Self.rows)
    let page = min(query.page, pages)
    let shown = all.dropFirst((page - 1) * Self.rows).prefix(Self.rows)
    let columns: [HTML.Column] = [
      .init("workstream"), .init("state"), .init("time", isNumber: true),
      .init("cost", isNumber: true), .init("what there is to say"),
    ]
    let rows = shown.map { (key: $0.id.rawValue, cells: cells($0)) }
    let title = group.map { "Workstreams: \($0.title)" } ?? "Workstreams"
    let table =
      all.isEmpty
      ? HTML.paragraph("none is like that")
      : HTML.table("workstreams", id: "work", columns, rows)
    return .section(title, id: "workstreams", filter + table + turning(page, of: pages))
  }

  private func cells(_ record: WorkstreamRecord) -> [HTML] {
    let attempt = record.lastAttempt
    var time = ""
    if let started = attempt?.assignedAt {
      time = Span.text((attempt?.endedAt ?? snapshot.now).seconds(since: started))
    }
    if record.attempts.count > 1 { time += " #\(record.attempts.count)" }
    var remark = WorkstreamRemark(record, in: state, waiting: snapshot.waits[record.id]).text
    if remark.isEmpty, record.state == .running { remark = snapshot.lastLines[record.id] ?? "" }
    return [
      .link(.workstream(state.run, record.id), HTML(record.id.rawValue)),
      .badge(record.state.words, Tone(record.state)), HTML(time), HTML(record.cost), HTML(remark),
    ]
  }

  /// A form that works without a script.
  private var filter: HTML {
    let states = WorkstreamState.allCases.filter { state.counts[$0] != nil }
    let options =
      HTML.element("option", ["value" => ""], "any state")
      + states.map { kind in
        HTML.element(
          "option", ["value" => kind.rawValue, .flag("selected", query.state == kind)],
          HTML("\(kind.words) (\(state.counts[kind] ?? 0))"))
      }.joined()
    let parts: [HTML] = [
      query.phase.map {
        HTML.void("input", ["type" => "hidden", "name" => "phase", "value" => $0])
      } ?? .none,
      .element("label", [], ["words ", words]),
      .element(
        "label", [],
        ["state ", .element("select", ["name" => "state", "id" => "state"], options)]),
      .element("button", ["type" => "submit"], "show"),
      query == Place.RunQuery() ? .none : .link(.run(state.run), "show all"),
    ]
    return .element(
      "form",
      ["class" => "filter", "method" => "get", "action" => Place.run(state.run).path], parts)
  }

  private var words: HTML {
    .void(
      "input",
      ["type" => "search", "name" => "words", "id" => "words", "value" => (query.words ?? "")])
  }

  private func turning(_ page: Int, of pages: Int) -> HTML {
    guard pages > 1 else { return .none }
    func link(_ number: Int, _ words: String) -> HTML {
      guard (1...pages).contains(number), number != page else { return .none }
      var query = query
      query.page = number
      return .link(.run(state.run, query), HTML(words)) + " "
    }
    return .element(
      "nav", ["class" => "turning", "aria-label" => "pages of the list"],
      HTML("page \(page) of \(pages) ") + link(1, "first") + link(page - 1, "before")
        + link(page + 1, "next") + link(pages, "last"))
  }
}

extension WorkstreamRecord {
  /// What its attempts cost; a question mark stands for what has no price.
  var cost: String {
    let spending = attempts.map(\.spending)
    let used = spending.reduce(Money.zero) { $0 + $1.used }
    let isKnown = spending.allSatisfy(\.isKnown)
    return used == .zero ? (isKnown ? "" : "?") : "\(used)\(isKnown ? "" : "+?")"
  }
}

extension String {
  var trimmed: String {
    let rest = drop { $0.isWhitespace }
    return rest.lastIndex { !$0.isWhitespace }.map { String(rest[...$0]) } ?? ""
  }
}
