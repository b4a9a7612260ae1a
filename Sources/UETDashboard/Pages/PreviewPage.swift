import UETModel
import UETPlanning
import UETReporting

/// What a run would do, before there is one.
struct PreviewPage: Sendable {
  enum Finding: Sendable {
    case plan(PlanReport)
    /// What is wrong with the bundles, or that there are none.
    case refused(Refusal)
  }

  let finding: Finding
  let phase: String?

  private static let most = 60

  var content: HTML {
    .element("h1", [], "plan") + part
  }

  private var part: HTML {
    switch finding {
    case .refused(let refusal): Notice(refusal).html
    case .plan(let report): self.content(report)
    }
  }

  private func content(_ report: PlanReport) -> HTML {
    let outline = RunOutline(report.plan)
    let group = outline.groups.first { $0.key == phase }
    return .paragraph(HTML(report.summaryLine))
      + .paragraph("what a run of the bundles as they stand would do: " + .command("git uet run"))
      + list("What would help", "help", report.plan.bottlenecks.map(\.reason))
      + list("Warnings", "warnings", report.warningLines)
      + phases(outline, group) + pictures(report, outline, group)
      + conflicts(report) + work(report, outline, group)
  }

  private func list(_ title: String, _ id: String, _ items: [String]) -> HTML {
    if items.isEmpty { return .none }
    return .section(
      title, id: id,
      .element(
        "ul", [],
        items.prefix(Self.most).map { HTML.element("li", [], HTML($0)) }
          + (items.count > Self.most
            ? [.element("li", [], HTML("and \(items.count - Self.most) more"))] : [])))
  }

  private func phases(_ outline: RunOutline, _ chosen: RunOutline.Group?) -> HTML {
    guard outline.groups.count > 1 else { return .none }
    return .section(
      "Phases", id: "phases",
      .element(
        "ul", ["class" => "inline"],
        outline.groups.map { group in
          HTML.element(
            "li", [],
            .link(.plan(phase: group.key), HTML(group.title), current: group == chosen)
              + HTML(" (\(group.members.count))"))
        }))
  }

  private func members(
    _ report: PlanReport, _ outline: RunOutline, _ group: RunOutline.Group?
  ) -> [Int] {
    let ids = group?.members ?? outline.groups.flatMap(\.members)
    return ids.compactMap { report.plan.index(of: $0) }
  }

  private func pictures(
    _ report: PlanReport, _ outline: RunOutline, _ group: RunOutline.Group?
  ) -> HTML {
    let members = members(report, outline, group)
    let pictures = report.pictures(
      of: group == nil && members.count > Self.most ? nil : Array(members.prefix(Self.most)))
    return pictures.enumerated().map { number, picture in
      HTML.section(
        picture.title, id: "picture-\(number)",
        .wide(picture.title, id: "w-picture-\(number)", .drawn(picture.markup)))
    }.joined()
  }

  private func conflicts(_ report: PlanReport) -> HTML {
    guard report.plan.conflictsTotal > 0 else { return .none }
    let shown = report.plan.conflicts.prefix(Self.most)
    let rows = shown.enumerated().map { number, conflict in
      (
        key: "\(number)",
        cells: [
          HTML(report.plan.id(conflict.left).rawValue),
          HTML(report.plan.id(conflict.right).rawValue),
          HTML(report.plan.reason(conflict)), HTML(conflict.ordered ? "yes" : "no"),
        ]
      )
    }
    let rest = report.plan.conflictsTotal - shown.count
    return .section(
      "Conflicts", id: "conflicts",
      .paragraph(
        HTML("\(report.plan.conflictsTotal.counting("pair")) must not run side by side"))
        + .table(
          "conflicts", id: "conflict",
          [.init("one"), .init("other"), .init("why"), .init("ordered by dependencies")], rows)
        + (rest > 0 ? .paragraph(HTML("and \(rest) more")) : .none))
  }

  private func work(
    _ report: PlanReport, _ outline: RunOutline, _ group: RunOutline.Group?
  ) -> HTML {
    let members = members(report, outline, group)
    let shown = members.prefix(Self.most)
    let columns: [HTML.Column] = [
      .init("workstream"), .init("start", isNumber: true), .init("end", isNumber: true),
      .init("worker", isNumber: true), .init("after"),
    ]
    let rows = shown.map { index in
      let slot = report.plan.schedule.slots[index]
      let needs = report.plan.dependencies.before[index].map { report.plan.id($0) }
      return (
        key: report.plan.id(index).rawValue,
        cells: [
          HTML(report.plan.id(index).rawValue), HTML(report.time(slot.start)),
          HTML(report.time(slot.finish)), HTML("\(slot.worker)"), HTML(needs.listed(10)),
        ]
      )
    }
    let rest = members.count - shown.count
    return .section(
      group.map { "Workstreams: \($0.title)" } ?? "Workstreams", id: "work",
      .table("workstreams", id: "planned", columns, Array(rows))
        + (rest > 0
          ? .paragraph(
            HTML("and \(rest) more; choose a phase, or: ") + .command("git uet plan --long"))
          : .none))
  }
}
