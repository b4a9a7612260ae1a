import UETModel
import UETPlanning
import UETTools

extension RunFacts {
  /// The session of the attempt before that one by `tool` goes on with; nil to begin anew.
  ///
  /// It depends on the record alone, so that what a crash leaves is looked for where it is.
  func resumedSession(
    of workstream: Workstream, by tool: String, after previous: AttemptRecord?
  ) -> String? {
    guard let previous, let session = previous.session,
      (previous.tool ?? workstream.tool) == tool, let entry = configuration.tools[tool],
      entry.resumes, AgentPrograms.named(entry.adapter.rawValue)?.canResume == true
    else { return nil }
    switch previous.error {
    // It does not fit the model any more, or is not to be trusted.
    case .contextOverflow, .security: return nil
    default: return session
    }
  }
}
