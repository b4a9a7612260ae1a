import UETGit
import UETLedger
import UETMergeQueue
import UETModel
import UETWorkers

/// The queue of a run on which nobody works, changed in the record alone: nothing is merged or
/// tested.
struct IdleQueue: Sendable {
  private let run: RunID
  private let project: Project
  private let recorded: RecordedPlan

  init(_ run: RunID, in project: Project) throws {
    self.run = run
    self.project = project
    recorded = try RecordedPlan(of: run, in: project)
  }

  func steer(_ steering: QueueSteering) async throws -> SteeringAnswer {
    try await project.claiming(run, driving: recorded.queue) { driver in
      do {
        let events = try await driver.once([steering.input], drawing: false)
        return steering.answer(changed: !events.isEmpty, run)
      } catch let error as QueueError {
        return .refused("\(error)", hint: error.hint(run))
      }
    }
  }
}

extension Steering {
  /// Steers a run's queue: on a live integration by asking it, else in the record.
  package func queue(
    _ steering: QueueSteering, in run: RunID
  ) async throws -> SteeringAnswer {
    if try isLive(run) { return try await send(steering.request, to: run) }
    return try await IdleQueue(run, in: project).steer(steering)
  }
}
