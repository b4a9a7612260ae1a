import UETLedger
import UETModel
import UETWorkers

/// Brings a user's request to the process that works on a run.
package struct Steering: Sendable {
  let project: Project

  /// Seconds in which a socket file that was deleted under a live run is made again.
  private static let patience = 8.0
  /// How long one that only looks waits for an answer.
  private static let shortAnswer = 2.0
  /// The longest that a process may take to answer.
  private static let longestAnswer = 120.0

  package init(_ project: Project) { self.project = project }

  /// The named run; without a name the one that is going on, else the newest.
  package func run(named name: String?) throws -> RunID {
    if name == nil, let (run, _) = try project.heldRun() { return run }
    return try project.run(named: name)
  }

  /// Whether a live process works on the run.
  package func isLive(_ run: RunID) throws -> Bool {
    try project.liveHolder(of: run) != nil
  }

  /// Why workstreams of a run that goes on do not run; nothing where its process does not say so
  /// soon.
  package func waits(of run: RunID, _ ids: [WorkstreamID] = []) -> [WorkstreamID: String] {
    guard let path = try? RunSocket.path(of: run, in: project),
      let answer = try? ControlClient.send(
        RunSteering.why(ids).request.json, to: path, timeout: Self.shortAnswer)
    else { return [:] }
    var waits: [WorkstreamID: String] = [:]
    for member in SteeringAnswer(json: answer).details.members {
      if let id = WorkstreamID(member.key) { waits[id] = member.value.string }
    }
    return waits
  }

  /// Asks the live process; the answer comes when what follows is durable.
  ///
  /// Refuses where there is none, and when it cannot be reached.
  package func send(
    _ request: SteeringRequest, to run: RunID
  ) async throws -> SteeringAnswer {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Self.patience)
    while true {
      guard let holder = try project.liveHolder(of: run) else {
        throw Refusal.notLive(run, try project.reader.state(of: run).status)
      }
      do throws(ProcessError) {
        let path = try RunSocket.path(of: run, in: project)
        let answer = try ControlClient.send(
          request.json, to: path, timeout: Self.longestAnswer)
        return SteeringAnswer(json: answer)
      } catch {
        // Right after its start, and after the folder was deleted, the socket is not there yet.
        guard case .system = error, clock.now < end else {
          throw Refusal.noAnswer(run, holder)
        }
      }
      try? await Task.sleep(for: .milliseconds(100))
    }
  }
}

extension Refusal {
  /// No process works on the run, so that there is nobody to ask.
  fileprivate static func notLive(_ run: RunID, _ status: RunState.Status) -> Refusal {
    let canGoOn = !status.isOver || [.interrupted, .halted].contains(status)
    return Refusal(
      .usage, "no process works on run '\(run)'",
      hint: canGoOn ? "continue it: git uet resume \(run)" : "start another: git uet run")
  }

  /// The process that works on the run does not answer at its socket.
  fileprivate static func noAnswer(_ run: RunID, _ holder: Holder) -> Refusal {
    Refusal(
      .held, "run '\(run)' is going on (\(holder)) but does not answer at its socket",
      hint: "try again in some seconds, or let it stop by itself: kill -INT \(holder.pid)")
  }
}
