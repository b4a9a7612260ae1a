/// Columns of what a batch system prints of its jobs.
package enum JobColumn: String, CaseIterable, Hashable, Sendable {
  case id, state, name, exit, reason, node
}

/// What a batch system's word for a job's state means.
package enum JobMeaning: String, CaseIterable, Hashable, Sendable {
  case waiting, running, completed, failed, cancelled
  /// It waits until somebody releases it.
  case held
  case timedOut = "timed_out"
  case outOfMemory = "out_of_memory"
  case nodeLost = "node_lost"
}
