import UETModel

extension QueueMachine {
  /// The strategy at work, and why it is that one.
  package var strategy: (inUse: QueuePolicy.Strategy, reason: String) {
    guard policy.strategy == .auto else { return (policy.strategy, "it is configured") }
    let preferred = preferred
    let chosen = state.integration.strategy.flatMap(QueuePolicy.Strategy.init)
    return (chosen ?? preferred.choice, preferred.reason)
  }

  /// The event that makes `auto` go over to another strategy; nil while nothing speaks for one.
  func strategyChange() -> EventDraft? {
    guard policy.strategy == .auto, !line.entries.isEmpty || !waiting.isEmpty else { return nil }
    let preferred = preferred
    guard preferred.choice.rawValue != state.integration.strategy else { return nil }
    return EventDraft(
      .strategyChosen,
      data: JSONObject([
        .strategy: .string(preferred.choice.rawValue), .reason: .string(preferred.reason),
      ]))
  }

  /// A gate shorter than this costs less than not knowing who is to blame.
  private static var shortGate: Double { 2 }

  /// By how many times the other must be better before `auto` goes over to it.
  private static var margin: Double { 1.25 }

  /// Chosen by what a gate takes, by how many candidates failed, and by how many gates may run at once.
  private var preferred: (choice: QueuePolicy.Strategy, reason: String) {
    if let seconds = state.integration.gateSeconds, seconds < Self.shortGate {
      return (.speculative, "a gate takes \(Self.text(seconds)) s, so each is tested in its place")
    }
    let integration = state.integration
    // One in ten fails until it is known better.
    let failing =
      (Double(integration.ejections) + 0.5) / (Double(integration.decisions) + 5)
    let single = decidedOneByOne(1 - failing)
    let whole = decidedAsBatch(1 - failing)
    let isBatch = integration.strategy == QueuePolicy.Strategy.batch.rawValue
    let choice: QueuePolicy.Strategy =
      isBatch
      ? (single > whole * Self.margin ? .speculative : .batch)
      : (whole > single * Self.margin ? .batch : .speculative)
    let slots = policy.slots == 1 ? "one gate runs at a time" : "\(policy.slots) gates run at once"
    let past =
      integration.decisions == 0
      ? "nothing is known of the candidates"
      : "\(integration.ejections) of \(integration.decisions) candidates failed"
    return (
      choice,
      "\(slots) and \(past): one gate's time decides about \(Self.text(single)) one by one, "
        + "\(Self.text(whole)) in a batch"
    )
  }

  /// Candidates decided in the time of a gate, each tested on top of those before it: up to the first
  /// red one.
  private func decidedOneByOne(_ good: Double) -> Double {
    var (sum, chance) = (0.0, 1.0)
    for _ in 0..<max(policy.slots, 1) {
      sum += chance
      chance *= good
    }
    return sum
  }

  /// The same where all are tested as one and a red batch is parted until the first red one is found.
  ///
  /// Half of the rounds of parting count: a beginning that turns out green is integrated at once.
  private func decidedAsBatch(_ good: Double) -> Double {
    let size = max(1, min(2 * state.integration.window, policy.window))
    var (upToFirstRed, green) = (0.0, 1.0)
    for _ in 0..<size {
      upToFirstRed += green
      green *= good
    }
    var (parting, left) = (0.0, size)
    while left > 1 {
      left = (left + policy.slots) / (policy.slots + 1)
      parting += 1
    }
    return upToFirstRed / (green + (1 - green) * (1 + parting / 2))
  }

  /// One decimal.
  private static func text(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
