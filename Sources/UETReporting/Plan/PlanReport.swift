import UETModel
import UETPlanning

/// A plan as text for people and programs.
package struct PlanReport: Sendable {
  package let plan: Plan
  /// Warnings of loading and validation, shown before the plan's own.
  package let loadWarnings: [Diagnostic]

  /// By estimate, the tokens of each workstream's prompt and scope; empty where nobody counted.
  package let contextTokens: [WorkstreamID: Int]

  package init(
    _ plan: Plan, loadWarnings: [Diagnostic] = [], contextTokens: [WorkstreamID: Int] = [:]
  ) {
    self.plan = plan
    self.loadWarnings = loadWarnings
    self.contextTokens = contextTokens
  }
}
