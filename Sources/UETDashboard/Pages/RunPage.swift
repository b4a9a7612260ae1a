import UETEngine
import UETModel
import UETReporting

/// One run: how it stands, what is in it, when what happened, and what waits.
struct RunPage: Sendable {
  let snapshot: RunSnapshot
  let query: Place.RunQuery
  let lines: [EventLine]
  /// nil while it is read.
  let told: (metrics: RunMetrics, timeline: RunTimeline)?
  let queue: QueueSnapshot?
  let forms: Forms

  /// Rows of a page of the table, and of a picture.
  static let rows = 50
  static let mostEvents = 40

  var state: RunState { snapshot.state }

  var content: HTML {
    heading + steering + phases + work + pictures + queuePart + figures + events
  }

  private var standing: RunStanding {
    RunStanding(
      state.status, counts: state.counts, isHeld: snapshot.isHeld, isForeign: snapshot.isForeign,
      isPlain: state.workstreams.contains { $0.source != nil })
  }

  private var heading: HTML {
    .element(
      "h1", [],
      HTML("run \(state.run) ") + .badge(standing.text, standing.tone))
      + (state.reason.map { .paragraph(HTML($0), "reason") } ?? .none)
      + StateCounts(state.counts).bar("how far the run is")
      + .facts(facts) + notes
  }

  private var facts: [(name: String, value: HTML)] {
    var facts: [(name: String, value: HTML)] = [("workstreams", StateCounts(state.counts).words)]
    if let started = state.startedAt {
      let end = state.endedAt ?? (snapshot.isHeld ? snapshot.now : state.updatedAt ?? started)
      facts += [
        ("started", HTML(LocalTime.dateWithZone(started))),
        ("took", HTML(Span.text(end.seconds(since: started)))),
      ]
    }
    if snapshot.isHeld, !state.status.isOver,
      let left = snapshot.outline?.timeLeft.estimate(state, now: snapshot.now)
    {
      facts.append(
        (
          "still takes",
          HTML(
            "about \(Span.text(left.seconds)) (\(Span.text(left.low)) to \(Span.text(left.high)))")
        ))
    }
    facts.append(("workers", HTML(StaffWords.text(state.workers, least: state.leastWorkers))))
    if let base = state.base { facts.append(("base", HTML(base.short))) }
    if let target = state.target { facts.append(("into", HTML(RunNames.short(target)))) }
    if let money = BudgetText.summary(state.spending) { facts.append(("cost", HTML(money))) }
    return facts
  }

  /// Why less happens than one expects.
  private var notes: HTML {
    var notes: [String] = []
    if let mode = state.mode, !state.status.isOver {
      notes.append(
        "the machine is in tier \(mode.tier.rawValue): \(mode.tier.effect)"
          + (mode.reason.map { "; \($0)" } ?? ""))
    }
    if let pause = state.integration.pause, pause.intent != .stop {
      notes.append("the queue rests" + (pause.reason.map { ": \($0)" } ?? ""))
    }
    if let reason = state.integration.freeze { notes.append("landing is frozen: \(reason)") }
    for breaker in state.breakers where breaker.state != .closed && !state.status.isOver {
      notes.append("tool '\(breaker.tool)' \(breaker.reason ?? "failed")")
    }
    for provider in state.providers where provider.until.map({ $0 > snapshot.now }) ?? false {
      notes.append(
        "'\(provider.name)' is not asked for a while" + (provider.reason.map { ": \($0)" } ?? ""))
    }
    let asking = state.workstreams.filter { !$0.open.isEmpty }
    let links = asking.prefix(5).map { record in
      HTML.paragraph(
        .link(.workstream(state.run, record.id), HTML(record.id.rawValue))
          + HTML(" asks: \(record.open.last?.question ?? "")"), "note")
    }
    return (notes.map { HTML.paragraph(HTML($0), "note") } + links).joined()
  }

  private var steering: HTML {
    let hasWork = !state.status.isOver && snapshot.isHeld
    var buttons: [HTML] = []
    if hasWork, state.status == .paused {
      buttons.append(forms.button(.resume, "go on"))
    } else if hasWork {
      buttons.append(forms.button(.pause, "pause"))
    }
    if hasWork { buttons.append(forms.confirmed(.cancelAll, "cancel the run")) }
    if state.integration.pause?.intent == .person {
      buttons.append(forms.button(.queueResume, "let the queue go on"))
    } else if state.workstreams.contains(where: { $0.state == .queued }) {
      buttons.append(forms.button(.queuePause, "pause the queue"))
    }
    let waiting = state.workstreams.count { $0.waitsForReview }
    let reviews =
      waiting == 0
      ? HTML.none
      : .paragraph(
        .link(.reviews(state.run), HTML("\(waiting.counting("result")) to review")), "note")
    let shown = buttons.filter { !$0.text.isEmpty }
    let rests = !snapshot.isHeld && !snapshot.isForeign
    let goesOn = !state.status.isOver || [.interrupted, .halted].contains(state.status)
    let resume =
      rests && goesOn
      ? HTML.paragraph(
        "nobody works on it; it goes on by " + .command("git uet resume \(state.run)"))
      : .none
    return resume + reviews + (shown.isEmpty ? .none : .element("div", ["class" => "acts"], shown))
  }

  private var events: HTML {
    let items = lines.suffix(Self.mostEvents).reversed().map { line in
      HTML.element(
        "li", ["id" => "e\(line.sequence)"],
        .element("time", [], HTML(line.clock)) + " " + HTML(line.words))
    }
    return .section(
      "Events", id: "events",
      items.isEmpty
        ? .paragraph("nothing happened yet")
        : .element("ol", ["id" => "event-list", "class" => "events", .flag("reversed")], items))
  }
}
