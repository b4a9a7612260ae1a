import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// Holds the queue to its two bounds: no livelock, no starvation.
///
/// The measure that must fall is the pair (candidates not decided, verdicts still possible). Every
/// decision lowers the first, every verdict the second, and nothing but somebody's intervention
/// raises either. With `w` places in line and `g` gates at most `w (w + 1) / 2 * g` verdicts are
/// possible between two decisions: a place gets a new tree only when one of those before it turns
/// out red. The repair of the first in line gives each place one more, and there is at most one
/// between two decisions. Every probe clears one, makes a red group smaller, or ejects, so there
/// are at most three for each candidate.
struct QueueProgress {
  private var verdicts = 0
  private var merges = 0
  private var repairs = 0
  private var waitingSince: [WorkstreamID: Int] = [:]

  mutating func note(_ event: Event, _ machine: QueueMachine) throws {
    switch event.type {
    case .gatePassed, .gateFailed: verdicts += 1
    case .mergePrepared, .mergeConflict: merges += 1
    case .repairFailed: repairs += 1
    case .conflictResolved
    where event.text(.status) == ConflictRecord.State.agent.rawValue:
      repairs += 1
    case .mergeSucceeded, .candidateEjected, .candidateQueued, .candidateDequeued, .landed,
      .candidatePromoted, .integrationResumed, .integrationFaulted:
      (verdicts, merges, repairs) = (0, 0, 0)
    case .integrationRestarted:
      (verdicts, merges, repairs) = (0, 0, 0)
      waitingSince = [:]
    default: break
    }
    let width = max(machine.policy.window, machine.policy.slots)
    let gates = 3
    let probes = 3 * machine.state.workstreams.count
    // What a repair makes of the first in line changes every tree behind it once more.
    // Each of these trees may be asked about once more, and what all stand on beside.
    let fuel = 2 * (width * (width + 1) / 2 + width + probes + 1) * gates
    try Violation.unless(repairs <= 1, "\(repairs) repairs and no decision")
    try Violation.unless(verdicts <= fuel, "\(verdicts) verdicts and no decision, \(fuel) allowed")
    try Violation.unless(merges <= 4 * fuel, "\(merges) merges and no decision")
    try checkPatience(machine)
  }

  /// Nobody who could be taken is passed over for more decisions than `patience`, those that were
  /// overdue before, and those that were in line.
  private mutating func checkPatience(_ machine: QueueMachine) throws {
    let decisions = machine.state.integration.decisions
    let bound =
      machine.policy.patience + machine.state.workstreams.count + machine.policy.window
    for record in machine.state.workstreams {
      guard machine.waiting.contains(record.id) else {
        waitingSince[record.id] = nil
        continue
      }
      let since = waitingSince[record.id] ?? decisions
      waitingSince[record.id] = since
      try Violation.unless(
        decisions - since <= bound, "'\(record.id)' was passed over \(decisions - since) times")
    }
  }
}
