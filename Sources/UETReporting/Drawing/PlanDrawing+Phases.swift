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
  func overview(_ phases: [Phase], into markup: inout Markup, top: Int) {
    grid(into: &markup, top: top, rows: phases.count)
    for (row, phase) in phases.enumerated() {
      let words = Markup.escaped(summary(phase))
      markup.line("<g role=\"img\" aria-label=\"\(words)\"><title>\(words)</title>")
      label(title(phase), row: row, top: top, into: &markup)
      bar(
        phase.start, phase.finish, isCritical(phase) ? " c" : "", row: row, top: top, into: &markup)
      markup.line("</g>")
    }
  }

  /// Which phase has work that another's work waits for. Phases may wait for each other.
  func graph(of phases: [Phase]) -> GraphDrawing {
    GraphDrawing(
      order: Array(phases.indices), before: needs(phases).map { Array($0.keys).sorted() })
  }

  /// For each phase those that its work waits for, with how many dependencies that are.
  private func needs(_ phases: [Phase]) -> [[Int: Int]] {
    var number = [Int](repeating: 0, count: plan.workstreams.count)
    for (phase, one) in phases.enumerated() {
      for index in one.members { number[index] = phase }
    }
    return phases.enumerated().map { phase, one in
      var counts: [Int: Int] = [:]
      for index in one.members {
        for need in plan.dependencies.before[index] where number[need] != phase {
          counts[number[need], default: 0] += 1
        }
      }
      return counts
    }
  }

  func draw(_ graph: GraphDrawing, of phases: [Phase], into markup: inout Markup, top: Int) {
    graph.edges([], items: nil, into: &markup, top: top)
    for (number, needs) in needs(phases).enumerated() {
      let phase = phases[number]
      var words = summary(phase)
      for (need, count) in needs.sorted(by: { $0.key < $1.key }) {
        let noun = count == 1 ? "dependency" : "dependencies"
        words += "; \(count) \(noun) on \(title(phases[need]))"
      }
      let escaped = Markup.escaped(words)
      graph.box(
        number, name: title(phase), mark: isCritical(phase) ? " c" : "",
        attributes: "role=\"img\" aria-label=\"\(escaped)\"", title: escaped, into: &markup,
        top: top)
    }
  }

  private func isCritical(_ phase: Phase) -> Bool { phase.members.contains { !mark($0).isEmpty } }

  /// Every workstream on a line of its own, below the name of its phase.
  func gantt(by phases: [Phase], into markup: inout Markup, top: Int) {
    grid(into: &markup, top: top, rows: phases.count + plan.workstreams.count)
    var row = 0
    for phase in phases {
      heading(title(phase), row: row, top: top, into: &markup)
      row += 1
      for index in phase.members {
        item(index, row: row, top: top, isLabelled: true, into: &markup)
        row += 1
      }
    }
  }
}
