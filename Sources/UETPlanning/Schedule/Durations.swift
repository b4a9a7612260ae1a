import UETModel

/// Which durations a plan counts with.
public enum DurationSource: String, CaseIterable, Hashable, Sendable {
  /// What the bundles declare, else 1.
  case auto
  /// As `auto`, with a warning for each workstream that declares none.
  case declared
  /// The medians of past runs, then as `auto`.
  case history
  /// 1 for all.
  case unit
}

/// The unit that a plan's times are shown in.
public enum DurationUnit: String, CaseIterable, Hashable, Sendable {
  case hours, seconds, units
}

/// How long each workstream takes, in ticks: whole numbers, so that sums are exact.
package struct Durations: Hashable, Sendable {
  package let ticks: [Int]
  package let unit: DurationUnit
  /// Ticks of one unit.
  package let ticksPerUnit: Int
  /// Workstreams for which 1 unit was taken because nothing is known.
  package let missing: [Int]

  /// A tick is a millisecond, or 1 where there are no durations.
  private static let ticksPerSecond = 1_000.0
  /// About 31 years: keeps all sums far from overflow.
  private static let maximumTicks = 1_000_000_000_000.0

  package init(
    _ workstreams: [Workstream], source: DurationSource, history: [WorkstreamID: Double] = [:]
  ) {
    let seconds = workstreams.map { workstream -> (value: Double?, inHours: Bool) in
      if source == .unit { return (nil, false) }
      if source == .history, let past = Self.valid(history[workstream.id]) { return (past, false) }
      if let declared = Self.valid(workstream.estimate.duration) { return (declared, false) }
      return (Self.valid(workstream.estimate.effortHours).map { $0 * 3600 }, true)
    }
    let usesHours = seconds.contains { $0.value != nil && $0.inHours }
    let isDeclared = seconds.contains { $0.value != nil }
    unit = usesHours ? .hours : isDeclared ? .seconds : .units
    let one =
      switch unit {
      case .hours: 3600 * Int(Self.ticksPerSecond)
      case .seconds: Int(Self.ticksPerSecond)
      case .units: 1
      }
    ticksPerUnit = one
    ticks = seconds.map { entry in
      guard let value = entry.value else { return one }
      return max(1, Int(min(value * Self.ticksPerSecond, Self.maximumTicks).rounded()))
    }
    missing = source == .unit ? [] : seconds.indices.filter { seconds[$0].value == nil }
  }

  private static func valid(_ value: Double?) -> Double? {
    value.flatMap { $0.isFinite && $0 > 0 ? $0 : nil }
  }

  /// A time in seconds; nil where no duration is known.
  package func seconds(_ ticks: Int) -> Double? {
    unit == .units ? nil : Double(ticks) / Self.ticksPerSecond
  }

  /// A time in the plan's unit: an integer where it is one.
  package func json(_ ticks: Int) -> JSONValue {
    ticks % ticksPerUnit == 0
      ? .integer(Int64(ticks / ticksPerUnit)) : .number(Double(ticks) / Double(ticksPerUnit))
  }

  /// A time in the plan's unit, at most two decimals.
  package func text(_ ticks: Int) -> String {
    let hundredths = (ticks * 100 + ticksPerUnit / 2) / ticksPerUnit
    let (whole, rest) = hundredths.quotientAndRemainder(dividingBy: 100)
    if rest == 0 { return "\(whole)" }
    return rest % 10 == 0 ? "\(whole).\(rest / 10)" : "\(whole).\(rest / 10)\(rest % 10)"
  }

  /// A time for people: `2 h 30 min`, or `3 steps` where no duration is known.
  package func words(_ ticks: Int) -> String {
    seconds(ticks).map(DurationText.words) ?? Self.steps(ticks)
  }

  package static func steps(_ count: Int) -> String { count == 1 ? "1 step" : "\(count) steps" }
}
