/// Another limit that a person asks for.
package struct BudgetChange: Hashable, Sendable {
  package enum Amount: Hashable, Sendable {
    case set(Money)
    /// So much more than the limit is now, or than was spent where there is none.
    case raise(Money)
    case unlimited
  }

  /// A workstream or phase; nil for the run.
  package var name: String?
  package var amount: Amount

  package init(_ name: String?, _ amount: Amount) {
    self.name = name
    self.amount = amount
  }
}
