import UETEngine
import UETModel
import UETReporting

extension RunPage {
  /// The workstreams that have a line of their own in pictures; none where phases stand for them.
  private var drawn: [WorkstreamID] {
    let all =
      group?.members ?? (state.workstreams.count <= Self.rows ? state.workstreams.map(\.id) : [])
    return all.count <= Self.mostDrawn ? all : Array(all.prefix(Self.mostDrawn))
  }

  private static let mostDrawn = 60

  var pictures: HTML { gantt + graph }

  private var gantt: HTML {
    guard let told else {
      return .section("Time", id: "time", .paragraph("the record is being read"))
    }
    let run = state.run
    guard
      let drawing = RunDrawing(
        told.metrics, told.timeline, linking: { Place.workstream(run, $0).path })
    else { return .none }
    let ids = drawn
    let main = ids.isEmpty ? drawing.overview(groups) : drawing.gantt(of: Set(ids))
    let pictures = [main, drawing.spent, drawing.queue].compactMap { $0 }
    let key = { (number: Int) in "picture-\(number)" }
    return .section(
      "Time", id: "time",
      pictures.enumerated().map { number, picture in
        HTML.element("h3", [], HTML(picture.title))
          + (picture.words.map { .paragraph(HTML($0)) } ?? .none)
          + .wide(picture.title, id: key(number), .drawn(picture.markup))
      }.joined() + legend(told.metrics))
  }

  private var groups: [RunDrawing.Group] {
    (snapshot.outline?.groups ?? []).prefix(Self.mostDrawn).map { group in
      RunDrawing.Group(
        title: group.title,
        address: Place.run(state.run, Place.RunQuery(phase: group.key)).path,
        members: Set(group.members))
    }
  }

  /// What the colours mean.
  private func legend(_ metrics: RunMetrics) -> HTML {
    let uses = TimeUse.allCases.filter { (metrics.uses[$0] ?? 0) > 0 && $0 != .person }
    return .element(
      "ul", ["class" => "legend"],
      uses.map { use in
        HTML.element(
          "li", [],
          .drawn(
            "<svg aria-hidden=\"true\" viewBox=\"0 0 12 12\"><rect \(RunDrawing.fill(use)) "
              + "width=\"12\" height=\"12\"/></svg>")
            + HTML("\(use.words): \(Span.text(metrics.uses[use] ?? 0))"))
      })
  }

  /// What comes before what: workstreams, or phases where there are many.
  private var graph: HTML {
    let ids = drawn
    let graph = ids.isEmpty ? phaseGraph : workGraph(ids)
    guard let graph else { return .none }
    let words = ids.isEmpty ? "Phases" : "Workstreams"
    return .section(
      "What comes before what", id: "graph",
      .paragraph(
        "Each box has the colour of how it stands; what others already say is left out.")
        + .wide(
          "what comes before what", id: "picture-graph",
          .drawn(graph.markup("\(words) and what they wait for"))))
  }

  private func workGraph(_ ids: [WorkstreamID]) -> StateGraph? {
    let places = Dictionary(
      ids.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { first, _ in first })
    let records = ids.compactMap { state[$0] }
    guard records.count == ids.count, records.contains(where: { !$0.dependsOn.isEmpty }) else {
      return nil
    }
    return StateGraph(
      records.map { record in
        StateGraph.Node(
          name: record.id.rawValue, words: "\(record.id): \(record.state.words)",
          tone: Tone(record.state), address: Place.workstream(state.run, record.id).path)
      }, before: records.map { $0.dependsOn.compactMap { places[$0] } })
  }

  private var phaseGraph: StateGraph? {
    guard let groups = snapshot.outline?.groups, groups.count > 1, groups.count <= Self.mostDrawn
    else { return nil }
    var home: [WorkstreamID: Int] = [:]
    for (number, group) in groups.enumerated() { for id in group.members { home[id] = number } }
    var before = [Set<Int>](repeating: [], count: groups.count)
    for record in state.workstreams {
      guard let own = home[record.id] else { continue }
      for need in record.dependsOn {
        if let other = home[need], other != own { before[own].insert(other) }
      }
    }
    guard before.contains(where: { !$0.isEmpty }) else { return nil }
    return StateGraph(
      groups.map { group in
        let counts = StateCounts(group.members.compactMap { state[$0] })
        return StateGraph.Node(
          name: group.title, words: "\(group.title): \(counts.total.counting("workstream"))",
          tone: counts.tone, address: Place.run(state.run, Place.RunQuery(phase: group.key)).path)
      }, before: before.map { $0.sorted() })
  }

  var queuePart: HTML {
    let waiting = state.workstreams.filter { $0.state == .queued }
    let chain = state.integration.chain
    let ejected = state.workstreams.filter { $0.state == .ejected }
    guard !waiting.isEmpty || !chain.isEmpty || !ejected.isEmpty else { return .none }
    var content = HTML.none
    if let queue, queue.run == state.run {
      content += .table(
        "queue", id: "queue-list",
        [
          .init("workstream"), .init("place", isNumber: true), .init("about", isNumber: true),
          .init("what is under way"),
        ],
        queue.places(at: snapshot.now).prefix(Self.rows).map { place in
          (
            key: place.id.rawValue,
            cells: [
              .link(.workstream(state.run, place.id), HTML(place.id.rawValue)),
              HTML(place.position.map { "\($0)" } ?? "-"),
              HTML(place.expected.map { "~\(Span.text($0))" } ?? ""), HTML(queue.words(of: place)),
            ]
          )
        })
    } else if !waiting.isEmpty {
      content += .paragraph(HTML("waiting: \(waiting.map(\.id).listed(20))"))
    }
    if !chain.isEmpty {
      content += .paragraph(
        HTML("\(chain.count) integrated and not landed: \(chain.listed(20))"))
    }
    if !ejected.isEmpty {
      content += .paragraph(HTML("\(ejected.count) set aside: \(ejected.map(\.id).listed(20))"))
    }
    return .section("Queue", id: "queue", content)
  }

  /// What it took and cost, in words and tables.
  var figures: HTML {
    guard let told else { return .none }
    let report = FiguresReport(told.metrics, most: 20)
    let titles: Set = ["Attempts", "Gates", "Queue", "Models"]
    let sections = report.sections.filter { titles.contains($0.title) }
    return .section(
      "Figures", id: "figures",
      .element("ul", [], report.summary.map { HTML.element("li", [], HTML($0)) })
        + sections.enumerated().map { number, section in
          HTML.element("h3", [], HTML(section.title)) + .report(section, id: "figures-\(number)")
        }.joined())
  }
}

extension StateCounts {
  /// How it stands as a whole.
  var tone: Tone {
    let tones = Set(counts.keys.map { Tone($0) })
    if tones.contains(.bad) { return .bad }
    if tones.contains(.warning) { return .warning }
    if tones.contains(.busy) { return .busy }
    return tones == [.good] ? .good : .quiet
  }
}
