import UETModel
import UETPlanning

extension PlanDrawing {
  /// A phase, drawn as one bar, and its workstreams.
  struct Phase {
    /// nil for those that no phase declared.
    let name: String?
    /// In the order of the plan.
    let members: [Int]
    let start: Int
    let finish: Int
  }

  /// More workstreams than this are folded, where phases declared them.
  static let mostUnfolded = 60

  /// The phases by their start; none where nothing is folded.
  var phases: [Phase] {
    guard plan.workstreams.count > Self.mostUnfolded else { return [] }
    let groups = Dictionary(grouping: plan.order) { plan.workstreams[$0].phase }
    guard groups.count > 1 || groups.keys.first != .some(nil) else { return [] }
    return groups.map { name, members in
      let slots = members.map { plan.schedule.slots[$0] }
      return Phase(
        name: name, members: members, start: slots.map(\.start).min() ?? 0,
        finish: slots.map(\.finish).max() ?? 0)
    }.sorted { ($0.start, $0.finish, $0.name ?? "~") < ($1.start, $1.finish, $1.name ?? "~") }
  }

  func title(_ phase: Phase) -> String { phase.name ?? "without a phase" }

  /// When a phase is worked on, and how much there is in it.
  func summary(_ phase: Phase) -> String {
    "\(title(phase)): \(report.counted(phase.members.count, "workstream")), "
      + "\(report.time(phase.start)) to \(report.time(phase.finish))"
  }

  /// A bar a phase.
  func overview(_ phases: [Phase], into markup: inout Markup) {
    grid(into: &markup, top: 0, rows: phases.count)
    for (row, phase) in phases.enumerated() {
      let isCritical = phase.members.contains { !mark($0).isEmpty }
      let words = Markup.escaped(summary(phase))
      markup.line("<g role=\"img\" aria-label=\"\(words)\"><title>\(words)</title>")
      label(title(phase), row: row, top: 0, into: &markup)
      bar(phase.start, phase.finish, isCritical ? " c" : "", row: row, top: 0, into: &markup)
      markup.line("</g>")
    }
  }
}
