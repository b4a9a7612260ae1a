import UETModel

extension QueueMachine {
  /// The strategy at work, and why it is that one.
  package var strategy: (inUse: QueuePolicy.Strategy, reason: String) {
    guard policy.strategy == .auto else { return (policy.strategy, "it is configured") }
    let preferred = preferred
    let chosen = state.integration.strategy.flatMap(QueuePolicy.Strategy.init)
    return (chosen ?? preferred.choice, preferred.reason)
  }

  /// Whether what is tested at a place in line counts for all before it.
  var isWhole: Bool { strategy.inUse == .batch || strategy.inUse == .adaptive }

  /// The event that makes `auto` go over to another strategy; nil while nothing speaks for one.
  func strategyChange() -> EventDraft? {
    guard policy.strategy == .auto, !line.entries.isEmpty || !waiting.isEmpty else { return nil }
    let preferred = preferred
    guard preferred.choice.rawValue != state.integration.strategy else { return nil }
    return EventDraft(
      .strategyChosen(
        .init { ($0.strategy, $0.reason) = (preferred.choice.rawValue, preferred.reason) }))
  }

  /// A gate shorter than this costs less than the record of what could be saved.
  private static var shortGate: Double { 0.5 }

  /// Chosen by what a gate takes; how many are tested as one follows from how many failed, and
  /// whether some are tested by themselves from how many gates may run at once.
  private var preferred: (choice: QueuePolicy.Strategy, reason: String) {
    if let seconds = state.integration.gateSeconds, seconds < Self.shortGate {
      return (.speculative, "a gate takes \(Self.text(seconds)) s, so each is tested in its place")
    }
    let integration = state.integration
    let slots = policy.slots == 1 ? "one gate runs at a time" : "\(policy.slots) gates run at once"
    let past =
      integration.decisions == 0
      ? "nothing is known of the candidates"
      : "\(integration.ejections) of \(integration.decisions) candidates failed"
    if policy.slots <= 1 {
      return (.batch, "\(slots) and \(past): as many as fit the window are tested as one")
    }
    let size = TestChoice.groupSize(doubt: failing)
    let whole = size == 1 ? "each is tested by itself" : "about \(size) are tested as one"
    return (.adaptive, "\(slots) and \(past): \(whole)")
  }

  /// One decimal.
  private static func text(_ number: Double) -> String {
    let tenths = Int((number * 10).rounded())
    return "\(tenths / 10).\(tenths % 10)"
  }
}
