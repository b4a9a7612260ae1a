import UETModel

/// Makes plans; pure, and deterministic for the same workstreams in any order of their files.
package enum Planner {
  /// - Parameters:
  ///   - workstreams: Sorted by id, without duplicates.
  ///   - dependencies: For each workstream the indices it depends on; acyclic, no duplicates.
  package static func plan(
    workstreams: [Workstream], dependencies: [[Int]], options: PlanOptions = PlanOptions()
  ) -> Plan {
    let graph = DependencyGraph(dependencies)
    let conflictGraph = ConflictGraph(workstreams)
    let durations = Durations(workstreams, source: options.durations, history: options.history)
    let problem = ScheduleProblem(
      durations: durations.ticks, dependencies: graph, conflicts: conflictGraph,
      workers: max(1, options.workers))
    let isUrgent = urgent(workstreams, graph)
    let schedule = Scheduler(
      problem: problem, isUrgent: isUrgent, searchSteps: options.searchSteps
    ).schedule()
    let inUnits =
      durations.unit == .units
      ? schedule
      : Scheduler(
        problem: problem.inUnits, isUrgent: isUrgent, searchSteps: options.searchSteps / 10
      ).schedule()
    let listed = conflicts(workstreams, graph, conflictGraph)
    let waits = CriticalChain(problem, schedule)
    let chain = waits.trace()
    return Plan(
      workstreams: workstreams, dependencies: graph, conflictGraph: conflictGraph,
      conflicts: listed,
      conflictsTotal: listed.count < ConflictGraph.maximumListed
        ? listed.count : conflictGraph.countPairs(),
      workers: problem.workers, durations: durations, schedule: schedule,
      waves: Waves.group(inUnits), criticalPath: CriticalChain.longestPath(problem),
      criticalChain: chain, waits: waits,
      bottlenecks: BottleneckSearch(
        workstreams: workstreams, problem: problem, isUrgent: isUrgent, schedule: schedule,
        chain: chain, durations: durations, searchSteps: options.searchSteps / 200
      ).run(),
      warnings: warnings(workstreams, graph, conflictGraph, durations, options))
  }

  /// A plan for the named workstreams and all they depend on; unknown ids are passed over.
  package static func plan(
    workstreams: [Workstream], dependencies: [[Int]], selecting ids: Set<WorkstreamID>,
    options: PlanOptions = PlanOptions()
  ) -> Plan {
    let roots = workstreams.indices.filter { ids.contains(workstreams[$0].id) }
    let kept = DependencyGraph(dependencies).closure(of: roots)
    var place = [Int](repeating: -1, count: workstreams.count)
    for (index, old) in kept.enumerated() { place[old] = index }
    return plan(
      workstreams: kept.map { workstreams[$0] },
      dependencies: kept.map { dependencies[$0].map { place[$0] } }, options: options)
  }

  private static func conflicts(
    _ workstreams: [Workstream], _ graph: DependencyGraph, _ conflicts: ConflictGraph
  ) -> [Conflict] {
    var listed = conflicts.list(workstreams)
    for (place, ordered) in graph.areOrdered(listed.map { ($0.left, $0.right) }).enumerated() {
      listed[place].ordered = ordered
    }
    return listed
  }

  /// Foreground work, and background work that foreground work waits for.
  static func urgent(_ workstreams: [Workstream], _ graph: DependencyGraph) -> [Bool] {
    var result = workstreams.map { $0.priority == .foreground }
    for index in graph.order.reversed() where !result[index] {
      result[index] = graph.after[index].contains { result[$0] }
    }
    return result
  }

  private static func warnings(
    _ workstreams: [Workstream], _ graph: DependencyGraph, _ conflicts: ConflictGraph,
    _ durations: Durations, _ options: PlanOptions
  ) -> [PlanWarning] {
    var result: [PlanWarning] = []
    if conflicts.isCoarse {
      result.append(
        PlanWarning(
          code: .overlapLimit,
          message: "too many overlapping globs to tell all apart: some workstreams that could run "
            + "side by side are kept apart; use narrower scopes", workstreams: []))
    }
    let ordered = graph.areOrdered(conflicts.readWrites.map { ($0.reader, $0.writer) })
    for (entry, isOrdered) in zip(conflicts.readWrites, ordered) where !isOrdered {
      let (reader, writer) = (workstreams[entry.reader].id, workstreams[entry.writer].id)
      result.append(
        PlanWarning(
          code: .readWriteOverlap,
          message: "'\(reader)' reads '\(entry.overlap.left)', which '\(writer)' writes as "
            + "'\(entry.overlap.right)'; add '\(writer)' to the depends_on of '\(reader)'",
          workstreams: [reader, writer]))
    }
    if options.durations == .declared {
      result += durations.missing.map { index in
        PlanWarning(
          code: .durationMissing,
          message: "'\(workstreams[index].id)' declares no duration; 1 is taken",
          workstreams: [workstreams[index].id])
      }
    }
    return result
  }
}
