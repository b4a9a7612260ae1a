import UETModel

/// The validated work with its conflicts and a schedule: all that `plan` shows and `run` needs.
///
/// Workstreams are named by their index in `workstreams` throughout.
package struct Plan: Sendable {
  package struct PhaseBudget: Hashable, Sendable {
    package let name: String
    package let workstreams: [WorkstreamID]
    /// US dollars; nil where the phase says nothing.
    package let maxCostUSD: Double?

    package init(name: String, workstreams: [WorkstreamID], maxCostUSD: Double?) {
      self.name = name
      self.workstreams = workstreams
      self.maxCostUSD = maxCostUSD
    }
  }

  /// Sorted by id.
  package let workstreams: [Workstream]
  package let dependencies: DependencyGraph
  /// Who must not run beside whom; `conflictGraph.conflicts(with:)` lists them for one workstream.
  package let conflictGraph: ConflictGraph
  /// The first `ConflictGraph.maximumListed` conflicting pairs.
  package let conflicts: [Conflict]
  package let conflictsTotal: Int
  package let workers: Int
  package let durations: Durations
  package let schedule: Schedule
  /// Groups that may run side by side, for reading; the engine has no barriers.
  package let waves: [[Int]]
  /// The longest way through the dependencies alone.
  package let criticalPath: [Int]
  /// What makes the schedule as long as it is: dependencies, conflicts and busy workers.
  package let criticalChain: [ChainLink]
  let waits: CriticalChain
  package let bottlenecks: [Bottleneck]
  package let warnings: [PlanWarning]
  /// What the phases that are declared may cost.
  package var phases: [PhaseBudget] = []

  /// The order to dispatch in: of what can start, the first of these starts first. One that
  /// runs alone and comes first in it lets nothing after it start before it has.
  package var order: [Int] { schedule.order }

  /// For some workstreams those they wait for although nothing forbids them to start: until each of
  /// these has started, or will not start any more.
  package var holds: [Int: [Int]] { schedule.holds }

  /// The workstreams that must not run beside `index`, ascending.
  package func conflicts(with index: Int) -> [Int] { conflictGraph.conflicts(with: index) }

  package func id(_ index: Int) -> WorkstreamID { workstreams[index].id }

  /// The place of a workstream, found by halving.
  package func index(of id: WorkstreamID) -> Int? {
    var (low, high) = (0, workstreams.count)
    while low < high {
      let middle = (low + high) / 2
      if workstreams[middle].id < id { low = middle + 1 } else { high = middle }
    }
    return low < workstreams.count && workstreams[low].id == id ? low : nil
  }
}
