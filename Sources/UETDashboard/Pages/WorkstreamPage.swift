import UETEngine
import UETModel
import UETPlanning
import UETReporting
import UETWorkers

/// One workstream of a run.
struct WorkstreamPage: Sendable {
  /// What is under the tab that is looked at.
  enum Detail: Sendable {
    case attempts, gates
    /// nil where there is nothing to compare.
    case diff([String]?)
    case log([(name: String, lines: [String], isCut: Bool)])
  }

  let record: WorkstreamRecord
  let snapshot: RunSnapshot
  let names: RunNames
  let view: Place.View
  let attempt: Int?
  let detail: Detail
  let forms: Forms

  var content: HTML {
    heading + facts + questions + acts + tabs
      + .element("div", ["id" => "detail"], part)
  }

  private var run: RunID { snapshot.state.run }

  private var heading: HTML {
    let remark = WorkstreamRemark(
      record, in: snapshot.state, waiting: snapshot.waits[record.id]
    ).text
    return .element(
      "h1", [], HTML("\(record.id) ") + .badge(record.state.words, Tone(record.state)))
      + (remark.isEmpty ? .none : .paragraph(HTML(remark), "reason"))
  }

  private var facts: HTML {
    var facts: [(name: String, value: HTML)] = [("run", .link(.run(run), HTML(run.rawValue)))]
    let index = snapshot.outline?.plan.index(of: record.id)
    if let plan = snapshot.outline?.plan, let index {
      let work = plan.workstreams[index]
      if let phase = work.phase { facts.append(("phase", HTML(phase))) }
      if !work.tasks.isEmpty {
        facts.append(
          ("tasks", .element("ul", [], work.tasks.map { HTML.element("li", [], HTML($0)) })))
      }
    }
    if !record.dependsOn.isEmpty { facts.append(("after", dependencies)) }
    if let source = record.source {
      facts.append(("from", HTML(RunNames.short(source))))
    } else if record.tip != nil {
      facts.append(("branch", HTML(RunNames.short(names.branch(record.id)))))
    }
    if let tip = record.tip { facts.append(("result", HTML(tip.short))) }
    if let commit = record.integrated { facts.append(("merged", HTML("as \(commit.short)"))) }
    if !record.cost.isEmpty { facts.append(("cost", HTML(record.cost))) }
    if record.state == .ejected {
      facts.append(
        ("judged again by", .command("git uet reproduce \(run) \(record.id)")))
    }
    if record.conflict?.state.isOpen == true {
      facts.append(("its conflict", .command("git uet resolve \(run) \(record.id)")))
    }
    return .facts(facts)
  }

  private var dependencies: HTML {
    .element(
      "ul", ["class" => "inline"],
      record.dependsOn.prefix(50).map { id in
        let other = snapshot.state[id]?.state ?? .pending
        return HTML.element(
          "li", [],
          .link(.workstream(run, id), HTML(id.rawValue)) + " "
            + .badge(other.words, Tone(other)))
      })
  }

  private var questions: HTML {
    record.open.map { question in
      let choices = question.options.map { option in
        forms.choice(.answer, option, of: record.id, number: question.number, text: option)
      }.joined()
      let free =
        question.options.isEmpty
        ? forms.text(
          .answer, "answer", label: "your answer", of: record.id, isNeeded: true,
          fixed: [("number", "\(question.number)")])
        : .none
      return HTML.element(
        "div", ["class" => "notice warning"],
        .paragraph(HTML("asks: \(question.question)"))
          + .element("div", ["class" => "acts"], choices + free))
    }.joined()
  }

  private var acts: HTML {
    var buttons: [HTML] = []
    switch record.state {
    case .pending, .ready, .running:
      if snapshot.isHeld { buttons.append(forms.confirmed(.cancel, "cancel it", of: record.id)) }
    case .failed, .quarantined, .cancelled, .succeeded, .rolledBack:
      buttons.append(forms.button(.retry, "try it again", of: record.id))
    case .ejected:
      buttons.append(forms.button(.requeue, "into the queue again", of: record.id))
      buttons.append(forms.button(.retry, "do it again", of: record.id))
    case .queued:
      buttons.append(forms.button(.promote, "to the front of the queue", of: record.id))
      buttons.append(forms.button(.dequeue, "out of the queue", of: record.id))
    case .integrated, .landed: break
    }
    let shown = buttons.filter { !$0.text.isEmpty }
    let review =
      record.waitsForReview
      ? HTML.paragraph(.link(.reviews(run), "its result waits for a review"), "note") : .none
    return review + (shown.isEmpty ? .none : .element("div", ["class" => "acts"], shown))
  }

  private var tabs: HTML {
    .element(
      "nav", ["class" => "tabs", "aria-label" => "what is shown of it"],
      .element(
        "ul", [],
        Place.View.allCases.map { each in
          HTML.element(
            "li", [],
            .link(.workstream(run, record.id, each), HTML(each.rawValue), current: each == view))
        }))
  }
}
