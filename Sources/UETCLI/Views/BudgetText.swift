import UETEngine
import UETModel

/// Budgets in words, for terminals.
enum BudgetText {
  static func changed(_ event: Event) -> String? {
    let text = BudgetChange.text([event])
    return text.isEmpty ? nil : text.terminalSafe
  }

  /// What was spent, what is set aside, and what is not known; nil where nothing was.
  static func summary(_ spending: SpendingRecord) -> String? {
    let held = spending.reservations.reduce(Money.zero) { $0 + $1.amount }
    if spending.spent == .zero, held == .zero, spending.unpriced == 0 { return nil }
    var parts = ["spent \(spending.spent)"]
    if let limit = spending.told.first(where: { $0.scope == .run })?.limit {
      parts[0] += " of \(limit)"
    }
    if held > .zero {
      parts.append("\(held) set aside for \(spending.reservations.count.counting("attempt"))")
    }
    if spending.assumed > .zero {
      parts.append("\(spending.assumed) counted for attempts whose cost is not known")
    }
    if spending.unpriced > 0 {
      parts.append("\(spending.unpriced.counting("report")) without a price")
    }
    return parts.joined(separator: ", ")
  }

  /// How a run goes on that a budget halted.
  static func hint(_ state: RunState) -> String? {
    guard let scope = state.spending.halt else { return nil }
    let name =
      switch scope {
      case .run: ""
      case .phase(let name): "\(name.shellQuoted)="
      case .workstream(let id): "\(id)="
      }
    return "raise it and go on: git uet resume \(state.run) --budget \(name)+AMOUNT"
  }
}
