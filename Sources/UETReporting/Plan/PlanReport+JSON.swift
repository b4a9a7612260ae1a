import UETModel
import UETPlanning

extension PlanReport {
  /// The object of `plan --json`; the same plan gives the same bytes.
  package func json() -> JSONValue {
    var object = JSONObject()
    object.append("version", 1)
    object.append("valid", true)
    object.append("errors", [])
    object.append("warnings", .array(loadWarnings.map(\.json) + plan.warnings.map(\.json)))
    object.append("workers", .integer(Int64(plan.workers)))
    object.append("count", .integer(Int64(plan.workstreams.count)))
    object.append("unit", .string(plan.durations.unit.rawValue))
    object.append("conflicts", .array(plan.conflicts.map(json)))
    object.append("conflicts_total", .integer(Int64(plan.conflictsTotal)))
    object.append("conflict_groups", .array(conflictGroups()))
    object.append("waves", .array(plan.waves.map(ids)))
    object.append("schedule", .array(plan.order.map(slot)))
    if !plan.holds.isEmpty { object.append("holds", .array(holds())) }
    object.append("critical_path", ids(plan.criticalPath))
    object.append("critical_chain", .array(plan.criticalChain.map(json)))
    object.append("bottlenecks", .array(plan.bottlenecks.map(json)))
    if !contextTokens.isEmpty {
      object.append("context", .array(plan.workstreams.indices.map(contextEntry)))
    }
    object.append("sequential", plan.durations.json(plan.schedule.sequential))
    object.append("makespan", plan.durations.json(plan.schedule.makespan))
    object.append("lower_bound", plan.durations.json(plan.schedule.lowerBound))
    object.append("optimal", .bool(plan.schedule.isOptimal))
    object.append("speedup", .number(plan.schedule.speedup.roundedToThousandths))
    object.append("idle", .array(plan.schedule.busy.map(idleShare)))
    return .object(object)
  }

  private func ids(_ indices: [Int]) -> JSONValue { .array(indices.map(id)) }

  private func id(_ index: Int) -> JSONValue { .string(plan.id(index).rawValue) }

  private func slot(_ index: Int) -> JSONValue {
    let slot = plan.schedule.slots[index]
    return [
      "id": id(index), "start": plan.durations.json(slot.start),
      "finish": plan.durations.json(slot.finish), "worker": .integer(Int64(slot.worker)),
    ]
  }

  private func holds() -> [JSONValue] {
    plan.holds.sorted { $0.key < $1.key }.map { ["id": id($0.key), "until": ids($0.value)] }
  }

  private func contextEntry(_ index: Int) -> JSONValue {
    let workstream = plan.workstreams[index]
    var entry: JSONObject = ["id": id(index)]
    entry.append("tokens", contextTokens[workstream.id].map { .integer(Int64($0)) })
    entry.append(
      "declared_tokens", workstream.estimate.contextTokens.map { .integer(Int64($0)) })
    return .object(entry)
  }

  private func json(_ link: ChainLink) -> JSONValue {
    ["id": id(link.index), "cause": .string(link.cause.rawValue)]
  }

  /// The part of the makespan in which a worker has nothing to do; one number a worker.
  private func idleShare(_ busy: Int) -> JSONValue {
    let makespan = Double(max(1, plan.schedule.makespan))
    return .number((1 - Double(busy) / makespan).roundedToThousandths)
  }

  private func json(_ bottleneck: Bottleneck) -> JSONValue {
    [
      "id": bottleneck.index.map(id) ?? .null, "reason": .string(bottleneck.reason),
      "saves": plan.durations.json(bottleneck.saves), "frees": .integer(Int64(bottleneck.frees)),
    ]
  }

  private func json(_ conflict: Conflict) -> JSONValue {
    var object = JSONObject()
    object.append("a", id(conflict.left))
    object.append("b", id(conflict.right))
    object.append("reason", .string(conflict.reason.rawValue))
    object.append("group", conflict.group.map(JSONValue.string))
    object.append(
      "patterns",
      .array(conflict.overlaps.map { [.string($0.left.text), .string($0.right.text)] }))
    if !conflict.overlaps.isEmpty {
      object.append(
        "fields",
        .array(
          conflict.overlaps.map {
            [.string($0.leftField.rawValue), .string($0.rightField.rawValue)]
          }))
      object.append(
        "witnesses", .array(conflict.overlaps.map { $0.witness.map(JSONValue.string) ?? .null }))
    }
    object.append("ordered", .bool(conflict.ordered))
    return .object(object)
  }

  /// Sets whose members are all in conflict with each other; together they hold every pair.
  private func conflictGroups() -> [JSONValue] {
    ConflictGroup.all(plan.conflictGraph).map { group in
      var object = JSONObject()
      object.append("pattern", group.pattern.map(JSONValue.string))
      object.append("reason", .string(group.reason.rawValue))
      object.append("group", group.name.map(JSONValue.string))
      object.append("members", ids(group.members))
      if let others = group.others { object.append("with", ids(others)) }
      if group.withAll { object.append("with", "*") }
      return .object(object)
    }
  }
}

extension PlanWarning {
  package var json: JSONValue {
    [
      "code": .string(code.rawValue), "message": .string(message),
      "workstreams": .array(workstreams.map { .string($0.rawValue) }),
    ]
  }
}
