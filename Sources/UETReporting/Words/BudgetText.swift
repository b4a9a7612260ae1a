import UETModel

/// Budgets in words, for terminals.
package enum BudgetText {
  package static func changed(_ event: Event) -> String? {
    let text = limits([event])
    return text.isEmpty ? nil : text.terminalSafe
  }

  /// The limits that count from now on.
  package static func limits(_ events: [Event]) -> String {
    events.compactMap { event -> String? in
      guard case .budgetOverridden(let fact) = event.fact else { return nil }
      let scope =
        event.workstream.map(BudgetScope.workstream) ?? fact.phase.map(BudgetScope.phase) ?? .run
      return "the budget of \(scope) is \(fact.limit.map { "\($0)" } ?? "not limited") now"
    }.joined(separator: "; ")
  }

  /// What was spent, what is set aside, and what is not known; nil where nothing was.
  package static func summary(_ spending: SpendingRecord) -> String? {
    let held = spending.reservations.reduce(Money.zero) { $0 + $1.amount }
    if spending.spent == .zero, held == .zero, spending.unpriced == 0 { return nil }
    var parts = ["spent \(spending.spent)"]
    let configured = spending.told.first { $0.scope == .run }?.limit
    let limit = spending.override(.run).map(\.limit) ?? configured
    if let limit { parts[0] += " of \(limit)" }
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
  package static func hint(_ state: RunState) -> String? {
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
