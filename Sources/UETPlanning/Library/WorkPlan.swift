import UETModel

/// A plan of workstreams: who may run beside whom, when each would run, and why then.
///
/// Times are in `unit`, from the beginning of the run.
public struct WorkPlan: Sendable {
  /// Why a workstream starts when it does.
  public enum Cause: String, CaseIterable, Hashable, Sendable {
    /// It starts at the beginning.
    case start
    /// It depends on one that ends then.
    case dependency
    /// It may not run beside one that ends then.
    case conflict
    /// No worker is free before.
    case worker
  }

  /// A workstream in its place.
  public struct Item: Hashable, Sendable {
    public let id: String
    /// Names of the workstreams that have to end before it starts.
    public let dependsOn: [String]
    public let duration: Double
    public let start: Double
    public let finish: Double
    /// The number of its worker, from 1.
    public let worker: Int
    /// Its group of workstreams that may run side by side, from 1. Groups are for reading: the
    /// engine has no barriers.
    public let wave: Int
    public let cause: Cause
    /// The workstream with whose end it starts; nil at the beginning.
    public let after: String?
    /// The cause in words, as `'ws-a' ends, with which it is in conflict: both write 'src'`.
    public let reason: String
  }

  /// Two workstreams that must not run at the same time.
  public struct Conflict: Hashable, Sendable {
    public enum Reason: String, CaseIterable, Hashable, Sendable {
      /// Both may write some path.
      case scope
      /// Both name one `conflict_group`.
      case conflictGroup = "conflict_group"
      /// One of them has `parallel_ok: false`.
      case serial
    }

    /// The one whose name comes first.
    public let first: String
    public let second: String
    public let reason: Reason
    /// What they share, for a name: a path that both cover, the group, or the one that runs alone.
    public let shared: String
    /// The reason in words, as `both write 'src'`.
    public let words: String
    /// Whether a path of dependencies keeps the two apart anyway.
    public let isOrdered: Bool
  }

  /// Something that makes the plan longer.
  public struct Bottleneck: Hashable, Sendable {
    /// The workstream to change; nil where more workers would help.
    public let id: String?
    /// What to change, and what that brings, in words.
    public let advice: String
    /// How much shorter the plan would be.
    public let saves: Double
  }

  /// In the order in which they would start.
  public let items: [Item]
  /// The first 10,000 pairs, by name.
  public let conflicts: [Conflict]
  /// How many pairs there are.
  public let conflictCount: Int
  public let workers: Int
  public let unit: DurationUnit
  /// When the last workstream would end.
  public let makespan: Double
  /// No schedule can be shorter.
  public let lowerBound: Double
  /// What all take one after the other.
  public let sequential: Double
  /// The longest way through the dependencies alone.
  public let criticalPath: [String]
  public let bottlenecks: [Bottleneck]
  /// What a person may want to change, a line each.
  public let warnings: [String]

  /// Whether it is proven that no schedule can be shorter.
  public var isOptimal: Bool { makespan == lowerBound }

  init(_ plan: Plan) {
    func time(_ ticks: Int) -> Double { Double(ticks) / Double(plan.durations.ticksPerUnit) }
    let (schedule, waves) = (plan.schedule, plan.waveNumbers)
    items = schedule.order.map { index in
      let slot = schedule.slots[index]
      let wait = plan.waits.cause(of: index)
      return Item(
        id: plan.id(index).rawValue,
        dependsOn: plan.dependencies.before[index].map { plan.id($0).rawValue },
        duration: time(plan.durations.ticks[index]), start: time(slot.start),
        finish: time(slot.finish), worker: slot.worker, wave: waves[index],
        cause: wait.flatMap { Cause(rawValue: $0.cause.rawValue) } ?? .start,
        after: wait.map { plan.id($0.previous).rawValue }, reason: plan.reason(index, wait))
    }
    conflicts = plan.conflicts.map { conflict in
      Conflict(
        first: plan.id(conflict.left).rawValue, second: plan.id(conflict.right).rawValue,
        reason: Conflict.Reason(rawValue: conflict.reason.rawValue) ?? .scope,
        shared: plan.shared(conflict), words: plan.reason(conflict), isOrdered: conflict.ordered)
    }
    bottlenecks = plan.bottlenecks.map { one in
      Bottleneck(
        id: one.index.map { plan.id($0).rawValue }, advice: one.reason, saves: time(one.saves))
    }
    (conflictCount, workers, unit) = (plan.conflictsTotal, plan.workers, plan.durations.unit)
    (makespan, lowerBound) = (time(schedule.makespan), time(schedule.lowerBound))
    sequential = time(schedule.sequential)
    criticalPath = plan.criticalPath.map { plan.id($0).rawValue }
    warnings = plan.warnings.map(\.message)
  }
}

extension Plan {
  /// For each workstream the number of its wave, from 1.
  fileprivate var waveNumbers: [Int] {
    var numbers = Array(repeating: 0, count: workstreams.count)
    for (place, wave) in waves.enumerated() { for index in wave { numbers[index] = place + 1 } }
    return numbers
  }

  fileprivate func shared(_ conflict: Conflict) -> String {
    switch conflict.reason {
    case .scope: conflict.overlaps.first.map { $0.witness ?? $0.left.text } ?? ""
    case .conflictGroup: conflict.group ?? ""
    case .serial: alone(in: conflict).rawValue
    }
  }

  fileprivate func reason(_ index: Int, _ wait: (previous: Int, cause: ChainLink.Cause)?) -> String
  {
    guard let (previous, cause) = wait else {
      return schedule.slots[index].start == 0
        ? "it starts at the beginning" : "it lets more urgent work start first"
    }
    switch cause {
    case .start: return "it starts at the beginning"
    case .dependency: return "'\(id(previous))' ends, on which it depends"
    case .conflict:
      let conflict = conflictGraph.conflict(
        min(index, previous), max(index, previous), workstreams)
      return "'\(id(previous))' ends, with which it is in conflict: \(reason(conflict))"
    case .worker: return "'\(id(previous))' ends, and its worker is free"
    }
  }
}
