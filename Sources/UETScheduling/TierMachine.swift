import UETModel

/// Which tier a machine is in, as a state machine: readings in, changes out.
///
/// It goes up at once, to the tier whose limit two readings in a row are beyond: for the disk, and
/// at the beginning, one is enough. It goes down a step at a time, when all figures were better
/// than the limits by a margin for a while; that while doubles where the last time was not long
/// ago, up to `longest`. So noise around a limit changes little, and a machine that is well is
/// always put to full use again.
package struct TierMachine: Sendable {
  private let policy: TierPolicy
  package private(set) var tier = OperatingTier.normal
  /// The tier that the last reading would go up to; the first reading counts at once.
  private var pending: OperatingTier? = .critical
  private var lastReading: Double?
  private var wellSince: Double?
  private var lastRise: Double?
  /// Seconds for which it must be well now.
  private var settle: Double

  /// After as long without going up the first settling time counts again.
  private static let memory = 3600.0
  /// Readings that lie further apart say nothing of the time between: the machine slept.
  private static let gap = 60.0

  package init(_ policy: TierPolicy) {
    self.policy = policy
    settle = policy.settle
  }

  /// Whether the next reading is waited for: it may decide.
  package var isUndecided: Bool { pending != nil || tier != .normal }

  /// Takes a reading at `seconds` of a clock that never goes back.
  package mutating func take(_ figures: MachineFigures, at seconds: Double) -> TierChange? {
    if let lastReading, seconds - lastReading > Self.gap { (pending, wellSince) = (nil, nil) }
    lastReading = seconds
    if let rise = rise(figures) {
      wellSince = nil
      defer { pending = rise.tier }
      let tier = rise.breach.isSteady ? rise.tier : pending.map { min($0, rise.tier) }
      return tier.flatMap { change(to: $0, rise.breach.text, figures, seconds) }
    }
    pending = nil
    return fall(figures, at: seconds)
  }

  private func rise(
    _ figures: MachineFigures
  ) -> (tier: OperatingTier, breach: TierPolicy.Breach)? {
    for (higher, limits) in [(OperatingTier.critical, policy.critical), (.focus, policy.focus)]
    where higher > tier {
      if let breach = limits.breach(of: figures, leaving: false) { return (higher, breach) }
    }
    return nil
  }

  private mutating func change(
    to higher: OperatingTier, _ reason: String, _ figures: MachineFigures, _ seconds: Double
  ) -> TierChange? {
    guard higher > tier else { return nil }
    let isSoon = lastRise.map { seconds - $0 < Self.memory } ?? false
    settle = isSoon ? min(max(settle * 2, 1), max(policy.longest, policy.settle)) : policy.settle
    lastRise = seconds
    defer { tier = higher }
    return TierChange(from: tier, to: higher, reason: reason, figures: figures)
  }

  private mutating func fall(_ figures: MachineFigures, at seconds: Double) -> TierChange? {
    guard tier != .normal else { return nil }
    let limits = tier == .critical ? policy.critical : policy.focus
    if limits.breach(of: figures, leaving: true) != nil {
      wellSince = nil
      return nil
    }
    let since = wellSince ?? seconds
    wellSince = since
    guard seconds - since >= settle else { return nil }
    let lower = tier == .critical ? OperatingTier.focus : .normal
    defer { (tier, wellSince) = (lower, seconds) }
    let reason = "the machine has been better for \(Int(seconds - since)) s"
    return TierChange(from: tier, to: lower, reason: reason, figures: figures)
  }
}

/// That a machine is in another tier than before.
package struct TierChange: Hashable, Sendable {
  package var from: OperatingTier
  package let to: OperatingTier
  package let reason: String
  package let figures: MachineFigures

  package init(
    from: OperatingTier, to: OperatingTier, reason: String, figures: MachineFigures
  ) {
    (self.from, self.to) = (from, to)
    (self.reason, self.figures) = (reason, figures)
  }
}
