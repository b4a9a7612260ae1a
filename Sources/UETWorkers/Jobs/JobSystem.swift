/// A batch system: jobs are handed to it, looked at, and called back.
package protocol JobSystem: Sendable {
  /// Hands jobs over, many by one command where the system can; what became of each, in order.
  func submit(_ orders: [JobOrder]) async -> [Result<JobID, JobError>]

  /// What is known of jobs, by one command; one that the system does not know (any more) is
  /// missing.
  func look(at jobs: [JobID]) async throws(JobError) -> [JobID: JobState]

  /// Calls jobs back; that one is unknown or over is no error.
  func cancel(_ jobs: [JobID]) async throws(JobError)

  /// Jobs of this user that wait or run under names that begin so: what a submitter that died
  /// handed over and could not note.
  func find(prefix: String) async throws(JobError) -> [String: JobID]

  /// How many cores are free for jobs now; nil where the system does not say.
  func idleCores() async throws(JobError) -> Int?
}
