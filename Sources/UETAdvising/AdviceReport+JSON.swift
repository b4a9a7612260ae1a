import UETModel

extension AdviceReport {
  /// As `git uet advise --format json` prints it: schema/advise.schema.json.
  package var json: JSONValue {
    var object: JSONObject = [
      "version": 1, "runs": .array(runs.map { .string($0.rawValue) }),
      "results": .integer(Int64(results)), "coverage": .number(Interval.coverage),
      "trials": .integer(Int64(trials)), "seed": .string(String(seed)),
      "advice": .array(advice.map(\.json)),
      "no_change": .array(
        silences.map { ["kind": .string($0.kind.rawValue), "reason": .string($0.reason)] }),
    ]
    object.append(
      "forecast",
      forecast.map { ["cost_usd": $0.cost.json, "budget_usd": .number($0.budget)] })
    return .object(object)
  }
}

extension Advice {
  fileprivate var json: JSONValue {
    [
      "kind": .string(kind.rawValue), "subject": .string(subject), "now": .string(now),
      "proposed": .string(proposed), "unit": .string(unit.rawValue), "gain": gain.json,
      "whole": .number(whole.roundedToThousandths),
      "evidence": .array(evidence.map(JSONValue.string)),
      "steps": .array(steps.map(JSONValue.string)),
    ]
  }
}

extension Interval {
  fileprivate var json: JSONValue {
    [
      "mean": .number(mean.roundedToThousandths), "low": .number(low.roundedToThousandths),
      "high": .number(high.roundedToThousandths),
    ]
  }
}
