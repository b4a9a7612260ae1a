import UETModel

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What became better and worse from one run to another, and whether that is more than chance.
package struct RunComparison: Sendable {
  /// A figure of both runs.
  package struct Figure: Sendable {
    package enum Unit: String, Sendable {
      case seconds, share, count, dollars, tokens, times
    }

    package let name: String
    package let unit: Unit
    /// nil where a run has no such figure.
    package let before: Double?
    package let after: Double?
    /// Whether less of it is better; nil where that is nobody's aim.
    package let lessIsBetter: Bool?

    /// `after` by `before`; nil where that says nothing.
    package var ratio: Double? {
      guard let before, let after, before > 0 else { return nil }
      return after / before
    }
  }

  /// How the work of the same workstreams differs.
  package struct Pairs: Sendable {
    /// Workstreams with a result in both.
    package let count: Int
    /// The median of what each took in the later run by what it took in the earlier one.
    package let medianRatio: Double
    package let faster: Int
    package let slower: Int
    /// The chance that differences as large come of themselves, where nothing changed: Wilcoxon's
    /// signed-rank test of the logarithms of the ratios, two-sided.
    package let chance: Double

    /// Whether it is more than noise.
    package var isClear: Bool { chance < 0.05 }
  }

  package struct Change: Sendable {
    package let id: WorkstreamID
    package let before: Double
    package let after: Double
    package var ratio: Double { after / before }
  }

  package let before: RunMetrics
  package let after: RunMetrics
  package let figures: [Figure]
  /// nil where fewer than two workstreams have a result in both.
  package let pairs: Pairs?
  /// Of those in both, what took another time, the largest difference first.
  package let changes: [Change]
  package let onlyBefore: [WorkstreamID]
  package let onlyAfter: [WorkstreamID]

  package init(_ before: RunMetrics, _ after: RunMetrics) {
    (self.before, self.after) = (before, after)
    let earlier = Dictionary(uniqueKeysWithValues: before.workstreams.map { ($0.id, $0) })
    let later = Set(after.workstreams.map(\.id))
    onlyBefore = before.workstreams.map(\.id).filter { !later.contains($0) }
    onlyAfter = after.workstreams.map(\.id).filter { earlier[$0] == nil }
    let both = after.workstreams.compactMap { each -> Change? in
      guard let old = earlier[each.id], old.state.isFinished, each.state.isFinished,
        old.busy > 0, each.busy > 0
      else { return nil }
      return Change(id: each.id, before: old.busy, after: each.busy)
    }
    changes = both.sorted { left, right in
      let (one, other) = (abs(left.after - left.before), abs(right.after - right.before))
      return one == other ? left.id < right.id : one > other
    }
    pairs = Self.pairs(both.map(\.ratio))
    figures = Self.figures(before, after)
  }

  private static func pairs(_ ratios: [Double]) -> Pairs? {
    guard ratios.count >= 2 else { return nil }
    return Pairs(
      count: ratios.count, medianRatio: RunMetrics.median(ratios),
      faster: ratios.count { $0 < 1 }, slower: ratios.count { $0 > 1 },
      chance: SignedRanks(ratios.map { log($0) }).chance)
  }

  private static func figures(_ before: RunMetrics, _ after: RunMetrics) -> [Figure] {
    func figure(
      _ name: String, _ unit: Figure.Unit, lessIsBetter: Bool?, _ value: (RunMetrics) -> Double?
    ) -> Figure {
      Figure(
        name: name, unit: unit, before: value(before), after: value(after),
        lessIsBetter: lessIsBetter)
    }
    func priced(_ metrics: RunMetrics) -> Double? {
      metrics.usage.unpriced < metrics.usage.reports ? metrics.usage.costUSD : nil
    }
    func each(_ metrics: RunMetrics, _ value: Double?) -> Double? {
      metrics.landed + metrics.integrated > 0
        ? value.map { $0 / Double(max(metrics.integrated, metrics.landed)) } : nil
    }
    return [
      figure("time", .seconds, lessIsBetter: true) { $0.seconds },
      figure("time of workers", .seconds, lessIsBetter: true) { $0.runSeconds },
      figure("workstreams", .count, lessIsBetter: nil) { Double($0.workstreams.count) },
      figure("workstreams with a result", .count, lessIsBetter: false) {
        Double($0.workstreams.count { $0.state.isFinished })
      },
      figure("speed-up", .times, lessIsBetter: false) { $0.speedup },
      figure("of the possible speed-up", .share, lessIsBetter: false) { $0.efficiency },
      figure("worker use", .share, lessIsBetter: false) { $0.workerUse },
      figure("attempts", .count, lessIsBetter: true) { Double($0.attempts) },
      figure("attempts that failed", .count, lessIsBetter: true) {
        Double($0.failures.values.reduce(0, +))
      },
      figure("gate runs", .count, lessIsBetter: true) {
        Double($0.gates.reduce(0) { $0 + $1.runs })
      },
      figure("time of gates", .seconds, lessIsBetter: true) {
        $0.gates.reduce(0) { $0 + $1.seconds }
      },
      figure("flaky verdicts", .count, lessIsBetter: true) {
        Double($0.gates.reduce(0) { $0 + $1.flaky })
      },
      figure("wait in the queue, median", .seconds, lessIsBetter: true) { $0.queueWait?.median },
      figure("conflicts", .count, lessIsBetter: true) { Double($0.conflicts) },
      figure("set aside", .count, lessIsBetter: true) { Double($0.ejections.count) },
      figure("tokens", .tokens, lessIsBetter: true) {
        $0.usage.reports > 0
          ? Double($0.usage.inputTokens) + Double($0.usage.outputTokens) : nil
      },
      figure("cost", .dollars, lessIsBetter: true, priced),
      figure("cost of each that is in", .dollars, lessIsBetter: true) { each($0, priced($0)) },
    ].filter { ($0.before ?? 0) != 0 || ($0.after ?? 0) != 0 }
  }
}
