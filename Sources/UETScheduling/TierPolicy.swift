import UETModel

/// From which figures on a machine is spared, and how long it must be well before it is not.
package struct TierPolicy: Hashable, Sendable {
  /// The soft limits, and the hard ones.
  package var focus = MachineLimits()
  package var critical = MachineLimits()
  /// Seconds for which a machine must be well before more is asked of it.
  package var settle = 30.0
  /// What that grows to at most, where it is not well for long.
  package var longest = 600.0

  package init() {}

  /// What is beyond its limit, for people.
  struct Breach: Hashable, Sendable {
    let text: String
    /// It is no passing thing.
    var isSteady = false
  }
}

extension MachineLimits {
  /// What is beyond its limit: the first that is. When `leaving`, the machine must be
  /// better than the limit by a margin.
  func breach(of figures: MachineFigures, leaving: Bool) -> TierPolicy.Breach? {
    let (share, rest) = leaving ? (0.7, 1.25) : (1, 1)
    func above(_ value: Double?, _ limit: Double?, _ text: String) -> String? {
      guard let value, let limit, value >= limit * share else { return nil }
      return "\(text) \(Self.percent(value)) of the time (\(Self.percent(limit)) are too much)"
    }
    func below(_ value: Double?, _ limit: Double?, _ text: String) -> String? {
      guard let value, let limit, value < limit * rest else { return nil }
      return "\(Self.percent(value)) of \(text) (\(Self.percent(limit)) are too little)"
    }
    if let free = figures.diskFree, let diskFree, Double(free) < Double(diskFree) * rest {
      let text =
        "\(ByteCount.text(free)) of disk are free (\(ByteCount.text(diskFree)) are too little)"
      return TierPolicy.Breach(text: text, isSteady: true)
    }
    let onBattery = figures.isOnBattery == true ? figures.battery : nil
    var used: String?
    if let value = figures.swap, let swap, value >= swap * share {
      used = "\(Self.percent(value)) of swap are in use (\(Self.percent(swap)) are too much)"
    }
    let text =
      below(figures.memoryFree, memoryFree, "memory are free")
      ?? above(figures.memory, memory, "everything waited for memory")
      ?? used
      ?? above(figures.io, io, "everything waited for the disk")
      ?? above(figures.cpu, cpu, "something waited for a processor")
      ?? below(onBattery, battery, "the battery are left")
    return text.map { TierPolicy.Breach(text: $0) }
  }

  private static func percent(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 || value >= 10
      ? "\(Int(value.rounded()))%" : "\(tenths / 10).\(tenths % 10)%"
  }
}
