import UETModel
import UETScheduling
import UETWorkers

/// What can be asked of a run on which nobody works as well.
extension Steering {
  /// Cancels workstreams, or all that is not done: on a live run by asking it, else in the record.
  package func cancel(
    _ ids: [WorkstreamID], reason: String?, in run: RunID
  ) async throws -> SteeringAnswer {
    let request = RunSteering.cancel(ids, reason: reason)
    if try isLive(run) { return try await send(request.request, to: run) }
    let idle = try IdleRun(run, in: project)
    return try await idle.cancel(ids, reason: RunSteering.cancelReason(reason), request)
  }

  /// Has workstreams tried again: by the live process, else in the record, for when the run goes
  /// on.
  package func retry(
    _ ids: [WorkstreamID], withDependents: Bool, isFresh: Bool, reason: String?, in run: RunID
  ) async throws -> SteeringAnswer {
    let retry = RetryRequest(
      ids, withDependents: withDependents, isFresh: isFresh, because: reason)
    if try isLive(run) { return try await send(RunSteering.retry(retry).request, to: run) }
    return try await IdleRun(run, in: project, evenOver: true).retry(retry)
  }

  /// Lets the results of a wave be merged, whatever its gates said; the wave is named by its number
  /// or by one of its workstreams.
  package func release(
    wave: String, reason: String?, in run: RunID
  ) async throws -> SteeringAnswer {
    if try isLive(run) {
      return try await send(RunSteering.release(wave: wave, reason: reason).request, to: run)
    }
    return try await IdleRun(run, in: project, evenOver: true).release(wave, reason)
  }

  /// Changes the plan to what the bundles say now, or shows the difference.
  package func replan(
    _ request: RunSteering, in run: RunID
  ) async throws -> SteeringAnswer {
    if try isLive(run) { return try await send(request.request, to: run) }
    do {
      return try await IdleRun(run, in: project).replan(request)
    } catch let refusal as SteeringRefusal {
      return refusal.answer
    }
  }
}
