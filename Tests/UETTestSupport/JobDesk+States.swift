import UETWorkers

extension JobDesk {
  /// Where a job is, when that is known, and each change, up to its end.
  package func states(of job: JobID) -> AsyncStream<JobState> {
    let (stream, continuation) = AsyncStream.makeStream(of: JobState.self)
    let number = follow(job) { state in
      continuation.yield(state)
      if case .ended = state { continuation.finish() }
    }
    continuation.onTermination = { _ in Task { await self.leave(job, number) } }
    return stream
  }
}
