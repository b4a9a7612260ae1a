import UETModel
import UETPlanning

/// A plan as text for people and programs.
package struct PlanReport: Sendable {
  package let plan: Plan
  /// Warnings of loading and validation, shown before the plan's own.
  package let loadWarnings: [Diagnostic]

  package init(_ plan: Plan, loadWarnings: [Diagnostic] = []) {
    self.plan = plan
    self.loadWarnings = loadWarnings
  }
}
