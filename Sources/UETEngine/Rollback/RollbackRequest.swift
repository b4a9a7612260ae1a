import UETModel

/// What a user asks `rollback` to take out of the target.
package struct RollbackRequest: Sendable {
  package enum Subject: Sendable {
    /// As typed; at least one.
    case workstreams([String])
    case phase(String)
    case run
    /// One commit of a workstream, by its task's number or its name.
    case task(workstream: String, number: Int)
    case commit(workstream: String, revision: String)
  }

  /// A run's name or part of it; nil for the newest in which the subject landed.
  package var run: String?
  package var subject: Subject
  /// Whether what is built on the subject goes with it.
  package var withDependents: Bool
  /// Why, for the record.
  package var reason: String?

  package init(
    run: String? = nil, subject: Subject, withDependents: Bool = false, reason: String? = nil
  ) {
    self.run = run
    self.subject = subject
    self.withDependents = withDependents
    self.reason = reason
  }
}
