import UETModel

extension RunComparison {
  /// As `git uet compare --json` prints it: schema/compare.schema.json.
  package var json: JSONValue {
    var object: JSONObject = [
      "before": .string(before.run.rawValue), "after": .string(after.run.rawValue),
      "figures": .array(figures.map(\.json)),
    ]
    object.append("pairs", pairs?.json)
    object.append("changes", .array(changes.map(\.json)))
    object.append("only_before", Self.names(onlyBefore))
    object.append("only_after", Self.names(onlyAfter))
    return .object(object)
  }

  private static func names(_ ids: [WorkstreamID]) -> JSONValue {
    .array(ids.map { .string($0.rawValue) })
  }
}

extension RunComparison.Figure {
  fileprivate var json: JSONValue {
    var object: JSONObject = ["name": .string(name), "unit": .string(unit.rawValue)]
    object.append("before", before.map(RunMetrics.number))
    object.append("after", after.map(RunMetrics.number))
    object.append("less_is_better", lessIsBetter.map(JSONValue.bool))
    return .object(object)
  }
}

extension RunComparison.Pairs {
  fileprivate var json: JSONValue {
    [
      "count": .integer(Int64(count)), "median_ratio": RunMetrics.number(medianRatio),
      "faster": .integer(Int64(faster)), "slower": .integer(Int64(slower)),
      "chance": RunMetrics.number(chance), "clear": .bool(isClear),
    ]
  }
}

extension RunComparison.Change {
  fileprivate var json: JSONValue {
    [
      "workstream": .string(id.rawValue), "before": RunMetrics.number(before),
      "after": RunMetrics.number(after),
    ]
  }
}
