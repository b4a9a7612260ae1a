import UETMergeQueue
import UETModel

extension SimulatedDay {
  /// What the real queue makes of it.
  func live(_ strategy: QueuePolicy.Strategy, window: Int) throws -> DayResult {
    var policy = QueuePolicy()
    policy.strategy = strategy
    policy.slots = slots
    policy.window = window
    policy.gates = [QueueGate(name: "GATE", key: "k")]
    let result = try QueuePlay.play(
      changes.map {
        QueuePlay.Change(
          arrival: $0.arrival, seconds: [$0.duration], red: $0.isRed ? 0 : nil, clash: $0.clash)
      }, policy)
    return DayResult(waits: result.decisions.map(\.wait), gateRuns: result.gateRuns)
  }
}
