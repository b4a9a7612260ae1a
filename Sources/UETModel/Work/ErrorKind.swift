/// Why an attempt or a candidate failed.
package enum ErrorKind: String, CaseIterable, Hashable, Sendable {
  case toolFailure = "E_TOOL_FAILURE"
  case timeout = "E_TIMEOUT"
  case scopeViolation = "E_SCOPE_VIOLATION"
  case gateFailure = "E_GATE_FAILURE"
  case mergeConflict = "E_MERGE_CONFLICT"
  case orchestratorCrash = "E_ORCHESTRATOR_CRASH"
  case resourceLimit = "E_RESOURCE_LIMIT"
  case osModeFailure = "E_OS_MODE_FAILURE"
  case budgetExceeded = "E_BUDGET_EXCEEDED"
  case rateLimited = "E_RATE_LIMITED"
  case contextOverflow = "E_CONTEXT_OVERFLOW"
  case planConsistency = "E_PLAN_CONSISTENCY"
  case security = "E_SECURITY"
  case unknown = "E_UNKNOWN"

  /// How a further attempt after this error is decided.
  package enum RetryRule: Hashable, Sendable {
    /// Transient: tried again after a back-off that grows.
    case afterBackoff
    /// Tried again at once, with the log at hand, up to the limit of attempts.
    case upToLimit
    /// Never by itself; a person decides.
    case never
  }

  /// The rule for this kind; a tool failure is transient only where the tool's entry says so.
  package var retryRule: RetryRule {
    switch self {
    case .timeout, .rateLimited, .resourceLimit, .osModeFailure, .orchestratorCrash: .afterBackoff
    case .toolFailure, .gateFailure, .mergeConflict, .contextOverflow, .unknown: .upToLimit
    case .scopeViolation, .planConsistency, .security, .budgetExceeded: .never
    }
  }
}
