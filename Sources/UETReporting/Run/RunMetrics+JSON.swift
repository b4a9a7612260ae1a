import UETLedger
import UETModel

extension RunMetrics {
  /// As `git uet report --format json` prints it: schema/report.schema.json.
  package var json: JSONValue {
    var object: JSONObject = ["version": 1, "run": .string(run.rawValue)]
    object.append("status", .string(status.rawValue))
    object.append("started_at", started.map { .string($0.description) })
    object.append("ended_at", ended.map { .string($0.description) })
    object.append("seconds", Self.number(seconds))
    object.append("idle_seconds", Self.number(idle))
    object.append("run_seconds", Self.number(runSeconds))
    object.append("planned_seconds", plannedSeconds.map(Self.number))
    object.append("workers", .integer(Int64(workers)))
    object.append("worker_use", workerUse.map(Self.number))
    object.append("speedup", speedup.map(Self.number))
    object.append("possible_speedup", possibleSpeedup.map(Self.number))
    object.append("efficiency", efficiency.map(Self.number))
    object.append("uses", Self.json(uses))
    object.append("critical_path", .array(criticalPath.map(\.json)))
    object.append("attempts", .integer(Int64(attempts)))
    object.append("failures", Self.json(failures))
    object.append("recoveries", .integer(Int64(recoveries)))
    object.append("plan_changes", .integer(Int64(planChanges)))
    object.append(
      "estimates",
      estimateRatio.map { ratio in
        ["count": .integer(Int64(ratio.count)), "median_ratio": Self.number(ratio.median)]
      })
    object.append("gates", .array(gates.map(\.json)))
    object.append("queue", queueJSON)
    object.append("usage", .object(usage.json))
    object.append("workstreams", .array(workstreams.map(\.json)))
    return .object(object)
  }

  private var queueJSON: JSONValue {
    var queue: JSONObject = [
      "candidates": .integer(Int64(candidates)), "integrated": .integer(Int64(integrated)),
      "landed": .integer(Int64(landed)), "conflicts": .integer(Int64(conflicts)),
      "gate_runs": .integer(Int64(queueGateRuns)),
    ]
    queue.append("wait_median", (queueWait?.median).map(Self.number))
    queue.append("wait_longest", (queueWait?.longest).map(Self.number))
    queue.append(
      "ejections",
      .array(
        ejections.map { ["workstream": .string($0.id.rawValue), "reason": .string($0.reason)] }))
    return .object(queue)
  }

  static func json(_ uses: [TimeUse: Double]) -> JSONValue {
    .object(
      JSONObject(
        TimeUse.allCases.compactMap { use in uses[use].map { (use.rawValue, number($0)) } }))
  }

  static func json(_ failures: [ErrorKind: Int]) -> JSONValue {
    .object(
      JSONObject(
        ErrorKind.allCases.compactMap { kind in
          failures[kind].map { (kind.rawValue, .integer(Int64($0))) }
        }))
  }

  /// Thousandths are enough.
  static func number(_ value: Double) -> JSONValue { .number((value * 1000).rounded() / 1000) }
}

extension RunMetrics.Link {
  fileprivate var json: JSONValue {
    [
      "workstream": .string(id.rawValue), "cause": .string(cause.rawValue),
      "seconds": RunMetrics.number(seconds),
    ]
  }
}

extension RunMetrics.Workstream {
  fileprivate var json: JSONValue {
    var object: JSONObject = [
      "id": .string(id.rawValue), "state": .string(state.rawValue),
      "seconds": RunMetrics.number(seconds), "uses": RunMetrics.json(uses),
      "attempts": .integer(Int64(attempts)), "failures": RunMetrics.json(failures),
    ]
    if asked > 0 { object.append("asked", .integer(Int64(asked))) }
    object.append("estimate", estimate.map(RunMetrics.number))
    object.append("planned", planned?.json)
    object.append("actual", actual?.json)
    return .object(object)
  }
}

extension RunMetrics.Slot {
  fileprivate var json: JSONValue {
    ["start": RunMetrics.number(start), "end": RunMetrics.number(end)]
  }
}

extension GateFigures {
  fileprivate var json: JSONValue {
    [
      "gate": .string(name), "runs": .integer(Int64(runs)), "red": .integer(Int64(red)),
      "faults": .integer(Int64(faults)), "flaky": .integer(Int64(flaky)),
      "reused": .integer(Int64(reused)), "warm": .integer(Int64(warm)),
      "seconds": RunMetrics.number(seconds),
    ]
  }
}

extension RunMetrics {
  /// A line a workstream, behind one that names the columns; times in seconds.
  package var csv: [String] {
    let uses = TimeUse.allCases
    let head =
      ["workstream", "state", "seconds"] + uses.map(\.rawValue)
      + ["attempts", "failures", "asked", "estimate"]
    return [head.joined(separator: ",")]
      + workstreams.map { each in
        let times = uses.map { Self.text(each.uses[$0] ?? 0) }
        let counts = [
          each.attempts, each.failures.values.reduce(0, +), each.asked,
        ].map { "\($0)" }
        return
          ([each.id.rawValue, each.state.rawValue, Self.text(each.seconds)] + times + counts + [
            each.estimate.map(Self.text) ?? ""
          ]).joined(separator: ",")
      }
  }

  private static func text(_ seconds: Double) -> String {
    let thousandths = Int((seconds * 1000).rounded())
    let rest = String(1000 + thousandths % 1000).dropFirst()
    return "\(thousandths / 1000).\(rest)"
  }
}
