import UETModel

/// A plan as text for people and programs.
package struct PlanReport: Sendable {
  package let plan: Plan
  /// Warnings of loading and validation, shown before the plan's own.
  package let loadWarnings: [JSONValue]

  package init(_ plan: Plan, loadWarnings: [JSONValue] = []) {
    self.plan = plan
    self.loadWarnings = loadWarnings
  }
}
