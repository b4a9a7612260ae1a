import UETGit
import UETModel
import UETPlanning
import UETScheduling

/// What other bundles would change in the plan of a run; made without changing anything.
struct Replan: Sendable {
  let added: [WorkstreamID]
  let removed: [WorkstreamID]
  let revised: [WorkstreamID]
  /// Changed or taken out, but they run or have run: they stay as they were.
  let refused: [WorkstreamID]
  let work: PlannedWork
  private let earlier: PlannedWork
  private let before: Plan
  let after: Plan
  private let states: [WorkstreamID: WorkstreamState]

  init(_ bundles: [BundleFile], _ recorded: RecordedPlan, _ state: RunState) throws {
    let old = recorded.work
    var work = try old.reading(bundles, recorded.project.configuration)
    let ids = Set(old.items.keys).union(work.items.keys).sorted()
    var (added, removed, revised, refused):
      ([WorkstreamID], [WorkstreamID], [WorkstreamID], [WorkstreamID])
    (added, removed, revised, refused) = ([], [], [], [])
    for id in ids {
      switch (old.items[id], work.items[id]) {
      case (nil, _): added.append(id)
      case (let one?, let two?) where one.isSame(as: two): break
      // One that was not selected has no record, and may be anything.
      case _ where state[id].map({ !$0.state.allowsRevision }) ?? false: refused.append(id)
      case (_, nil): removed.append(id)
      default: revised.append(id)
      }
    }
    work.keep(refused, of: old)
    try Self.checkTools(added + revised, work, recorded.project)
    let changed = (added + revised).compactMap { work.items[$0]?.workstream }
    // What a run was started with is accepted; what comes to it is not, and no other scope either.
    try PreparedRun.requireConfirmed(
      changed.filter { new in
        guard let one = old.items[new.id]?.workstream, one.isProposed else { return true }
        return one.scope != new.scope
      })
    if let excess = ResourceExcess(changed, recorded.project) { throw excess }
    before = recorded.plan
    after = work.plan(workers: recorded.workers)
    let planned = Set(before.workstreams.map(\.id))
    let next = Set(after.workstreams.map(\.id))
    self.added = added.filter { next.contains($0) }
    self.removed = ids.filter { planned.contains($0) && !next.contains($0) }
    self.revised = revised.filter { planned.contains($0) && next.contains($0) }
    (self.refused, self.work, earlier) = (refused, work, old)
    states = Dictionary(
      refused.compactMap { id in state[id].map { (id, $0.state) } },
      uniquingKeysWith: { first, _ in first })
  }

  private static func checkTools(
    _ ids: [WorkstreamID], _ work: PlannedWork, _ project: Project
  ) throws {
    for id in ids {
      guard let workstream = work.items[id]?.workstream else { continue }
      do throws(ToolInvocation.Problem) {
        for tool in project.configuration.tools(for: workstream) {
          _ = try ToolInvocation(
            workstream, tool: tool, configuration: project.configuration, promptFile: "")
        }
      } catch {
        throw UnusableTool(workstream: id, problem: error)
      }
    }
  }

  /// Refuses where what is new would run something that nobody has trusted.
  func requireTrust(in project: Project) throws {
    let new = (added + revised).compactMap { work.items[$0]?.workstream }
    if !new.isEmpty { try project.requireTrust(in: new) }
  }

  var isEmpty: Bool { added.isEmpty && removed.isEmpty && revised.isEmpty }

  /// What the dispatcher is told, once the new plan is stored.
  func change(_ run: RunID, after commit: ObjectID?, in project: Project) throws -> PlanChange {
    PlanChange(
      plan: try DispatchPlan(after, project.configuration)
        .with(WavePlan(after, project.configuration)),
      commit: try work.write(keeping: refused, after: commit, run, in: project),
      removed: removed, revised: revised, reason: "the plan was changed: \(summary)")
  }

  var summary: String {
    let parts = [(added, "added"), (removed, "removed"), (revised, "changed")].compactMap {
      $0.isEmpty ? nil : "\($0.count) \($1)"
    }
    return parts.isEmpty ? "nothing to change" : parts.joined(separator: ", ")
  }
}

extension Replan {
  /// The difference, for programs and for the command that shows it.
  var json: JSONObject {
    func names(_ ids: [WorkstreamID]) -> JSONValue { .array(ids.map { .string($0.rawValue) }) }
    return [
      "added": names(added), "removed": names(removed),
      "changed": .array(
        revised.map { id in
          ["id": .string(id.rawValue), "fields": .array(fields(id).map(JSONValue.string))]
        }),
      "refused": .array(
        refused.map { id in
          [
            "id": .string(id.rawValue), "state": .string(states[id]?.rawValue ?? ""),
            "fields": .array(fields(id).map(JSONValue.string)),
          ]
        }),
      "before": Self.figures(before), "after": Self.figures(after),
    ]
  }

  private static func figures(_ plan: Plan) -> JSONValue {
    [
      "count": .integer(Int64(plan.workstreams.count)), "waves": .integer(Int64(plan.waves.count)),
      "makespan": .string(
        "\(plan.durations.text(plan.schedule.makespan)) \(plan.durations.unit.rawValue)"),
    ]
  }

  /// Which parts of a workstream differ, as the bundle calls them where that is the same.
  private func fields(_ id: WorkstreamID) -> [String] {
    guard let old = earlier.items[id], let new = offered[id] else { return ["removed"] }
    let pairs = zip(
      Mirror(reflecting: old.workstream).children, Mirror(reflecting: new.workstream).children)
    let differing = pairs.filter { "\($0.value)" != "\($1.value)" }.compactMap { $0.0.label }
      .filter { !["source", "dependsOn"].contains($0) }
    return differing.map(Self.snake) + (old.dependsOn == new.dependsOn ? [] : ["depends_on"])
  }

  /// What the new files say, of the refused ones too.
  private var offered: [WorkstreamID: PlannedWork.Item] {
    let read = try? work.reading(work.bundles, nil)
    return read?.items ?? [:]
  }

  private static func snake(_ name: String) -> String {
    name.reduce(into: "") { text, letter in
      if letter.isUppercase { text += "_" }
      text += letter.lowercased()
    }
  }
}
