import UETModel
import UETScheduling
import UETWorkers

extension [BudgetChange] {
  var details: JSONObject {
    let entries = map { change in
      var object = JSONObject()
      object.append("name", change.name.map(JSONValue.string))
      switch change.amount {
      case .set(let amount): object.append("limit_usd", amount.json)
      case .raise(let amount): object.append("more_usd", amount.json)
      case .unlimited: break
      }
      return JSONValue.object(object)
    }
    return ["budgets": .array(entries)]
  }

  init(_ details: JSONObject) throws(ProcessError) {
    self = []
    for entry in details["budgets"]?.array ?? [] {
      let limit = entry["limit_usd"].flatMap { Money(json: $0) }
      let more = entry["more_usd"].flatMap { Money(json: $0) }
      guard limit ?? more ?? .zero >= .zero else { throw .malformed("a budget is negative") }
      append(
        BudgetChange(
          entry["name"]?.string,
          limit.map(BudgetChange.Amount.set) ?? more.map(BudgetChange.Amount.raise) ?? .unlimited))
    }
    if isEmpty { throw .malformed("'budgets' holds none") }
  }
}
