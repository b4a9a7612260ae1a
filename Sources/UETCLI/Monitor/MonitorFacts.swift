import UETEngine
import UETModel
import UETReporting

/// What is known of a run that somebody looks at.
struct MonitorFacts: Sendable {
  var state: RunState
  /// Whether a live process works on it.
  var isHeld = false
  var isForeign = false
  /// Why workstreams do not run, as the live process says.
  var waits: [WorkstreamID: String] = [:]
  /// What each printed last.
  var lastLines: [WorkstreamID: String] = [:]
  /// What happened, oldest first, a line each.
  var events: [String] = []
  var timeLeft = TimeLeft(planned: [:])
  var now: Timestamp
  /// A moment as the clock on the wall shows it, with the zone.
  var clock: @Sendable (Timestamp) -> String = LocalTime.clockWithZone

  /// As many events as the highest screen shows.
  static let mostEvents = 100

  /// Whether something is shown that changes with time alone.
  var moves: Bool { isHeld && !state.status.isOver || !tested.isEmpty }

  /// Candidates on which a gate of the queue runs.
  var tested: [WorkstreamRecord] {
    state.workstreams.filter { record in
      record.state == .queued && record.gates.contains { $0.result == .running }
    }
  }

  /// Takes what happened since.
  mutating func tell(_ lines: [String]) { events = (events + lines).suffix(Self.mostEvents) }
}
