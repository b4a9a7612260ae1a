/// What a user asks `run` for; nil takes the configured value.
package struct RunRequest: Sendable {
  /// Names as typed; empty for all.
  package var workstreams: [String]
  package var workers: Int?
  /// A revision.
  package var base: String?
  /// What the whole run may cost, in dollars.
  package var budget: Double?

  package init(
    workstreams: [String] = [], workers: Int? = nil, base: String? = nil, budget: Double? = nil
  ) {
    self.workstreams = workstreams
    self.workers = workers
    self.base = base
    self.budget = budget
  }
}

extension Project {
  func budgeted(_ dollars: Double?) -> Project {
    guard let dollars else { return self }
    var settings = configuration
    settings.budget.maxCostTotal = dollars
    return with(settings)
  }
}
