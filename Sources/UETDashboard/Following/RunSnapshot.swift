import UETModel
import UETPlanning
import UETReporting

/// What is known of a run at one moment.
struct RunSnapshot: Sendable {
  let state: RunState
  /// Whether a live process works on it.
  let isHeld: Bool
  /// Whether another clone started it.
  let isForeign: Bool
  /// Why workstreams do not run, as the live process says.
  var waits: [WorkstreamID: String] = [:]
  /// What each printed last.
  var lastLines: [WorkstreamID: String] = [:]
  /// nil until it has been read.
  var outline: RunOutline?
  let now: Timestamp
}

/// What a run's plan says of its workstreams; made once a plan.
struct RunOutline: Sendable {
  let plan: Plan
  let timeLeft: TimeLeft
  /// The phases in the order of their first workstream, and what no phase declared.
  let groups: [Group]

  struct Group: Hashable, Sendable {
    /// nil for those without a phase.
    let phase: String?
    let members: [WorkstreamID]

    var title: String { phase ?? "without a phase" }
    /// By which an address names it; no phase has an empty name.
    var key: String { phase ?? "-" }
  }

  init(_ plan: Plan) {
    self.plan = plan
    timeLeft = TimeLeft(plan)
    var order: [String?] = []
    var members: [String?: [WorkstreamID]] = [:]
    for index in plan.order {
      let phase = plan.workstreams[index].phase
      if members[phase] == nil { order.append(phase) }
      members[phase, default: []].append(plan.id(index))
    }
    groups = order.map { Group(phase: $0, members: members[$0] ?? []) }
  }
}
