import UETGit
import UETLedger
import UETMergeQueue
import UETModel

/// The queue of a run on which nobody works, changed in the record alone: nothing is merged or tested.
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
    try await project.claiming(run) { ledger in
      let now = project.clock.now()
      let machine = QueueMachine(
        policy: QueuePolicy(recorded.project, recorded.plan),
        state: ledger.state ?? RunState(run: run))
      do {
        let events = try ledger.append(try machine.decide(steering.input, at: now), at: now)
        try await ledger.flush()
        return steering.answer(changed: !events.isEmpty, run)
      } catch let error as QueueError {
        return .refused("\(error)", hint: error.hint(run))
      }
    }
  }
}
