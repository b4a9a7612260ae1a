import UETModel
import UETScheduling
import UETWorkers

extension Steering {
  /// Has a request carried out: by the process that works on the run, else in the record, as far as
  /// that can be done there.
  package func ask(_ request: RunSteering, in run: RunID) async throws -> SteeringAnswer {
    if try isLive(run) { return try await send(request.request, to: run) }
    switch request {
    case .cancel(let ids, let reason):
      return try await IdleRun(run, in: project)
        .cancel(ids, reason: RunSteering.cancelReason(reason), request)
    case .retry(let retry):
      return try await IdleRun(run, in: project, evenOver: true).retry(retry)
    case .release(let wave, let reason):
      return try await IdleRun(run, in: project, evenOver: true).release(wave, reason)
    case .replan, .add:
      do {
        return try await IdleRun(run, in: project).replan(request)
      } catch let refusal as SteeringRefusal {
        return refusal.answer
      }
    case .answer(let id, let number, let text):
      return try await IdleRun(run, in: project).answer(id, number, text)
    case .pause, .resume, .workers, .budget, .why:
      return try await send(request.request, to: run)
    }
  }
}
