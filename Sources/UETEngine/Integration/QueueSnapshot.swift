import UETGit
import UETLedger
import UETMergeQueue
import UETModel

/// A run's queue as it stands, from the repository alone: the machine of the process that works on
/// it is made again from the events since that process took the run.
package struct QueueSnapshot: Sendable {
  package let run: RunID
  package let machine: QueueMachine
  package let isLive: Bool
  /// When each gate that runs was started, by the sequence number of its start.
  package let startedAt: [Int: Timestamp]
  /// Seconds that each gate took last, by name.
  package let gateSeconds: [String: Double]
  /// What the gates of waves hold back.
  package let waves: WaveHolds

  package static func read(
    _ run: RunID, in project: Project
  ) throws -> QueueSnapshot {
    return try make(run, project)
  }

  private static func make(_ run: RunID, _ project: Project) throws -> QueueSnapshot {
    let recorded = try RecordedPlan(reading: run, in: project)
    let reader = project.reader
    var policy = QueuePolicy(recorded.project, recorded.plan)
    let isLive = try project.liveHolder(of: run) != nil
    let tip = try reader.tip(of: run)
    guard isLive else {
      let state = try reader.state(of: run, at: tip)
      policy.adoptKeys([], state.allVerdicts)
      return QueueSnapshot(
        run: run, machine: QueueMachine(policy: policy, state: state), isLive: false,
        startedAt: [:], gateSeconds: seconds(state), waves: WaveHolds(recorded.waves, state))
    }
    // What is in flight belongs to the process that holds the run: a new holder begins with
    // nothing.
    let claim = try reader.claim(of: run).commit
    let state = try reader.state(of: run, at: claim)
    var news: [(commit: ObjectID, event: Event)] = []
    _ = try reader.walk(to: tip, after: claim) { (commit) throws(LedgerError) in
      for event in try reader.events(of: commit) { news.append((commit.id, event)) }
    }
    policy.adoptKeys(news.map(\.event), state.allVerdicts)
    var machine = QueueMachine(policy: policy, state: state)
    var startedAt: [Int: Timestamp] = [:]
    for (commit, event) in news {
      do throws(RunState.FoldError) { _ = try machine.apply(event) } catch {
        throw LedgerError.broken(commit: commit, reason: "event \(error.seq): \(error.message)")
      }
      if case .gateStarted = event.fact { startedAt[event.seq] = event.at }
    }
    return QueueSnapshot(
      run: run, machine: machine, isLive: true, startedAt: startedAt,
      gateSeconds: seconds(machine.state), waves: WaveHolds(recorded.waves, machine.state))
  }

  private static func seconds(_ state: RunState) -> [String: Double] {
    var result: [String: Double] = [:]
    for gate in state.workstreams.flatMap(\.gates) {
      if let seconds = gate.seconds, gate.stage == .integration || result[gate.name] == nil {
        result[gate.name] = max(result[gate.name] ?? 0, seconds)
      }
    }
    return result
  }
}

extension QueueSnapshot {
  /// Every candidate that waits, in the order in which it is expected to be decided.
  package func places(at now: Timestamp) -> [QueuePlace] {
    machine.places(
      seconds: { gateSeconds[$0] ?? machine.state.integration.gateSeconds },
      elapsed: { gate in startedAt[gate.started].map { now.seconds(since: $0) } ?? 0 })
  }
}
