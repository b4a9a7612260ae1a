import Testing
import UETModel
import UETPlanning
import UETTestSupport

@testable import UETAdvising

/// Simulated histories of which the best is known, by trying everything in the world that made
/// them: advice has to find it, or what is within 2 % of it, in nine of ten.
@Suite struct KnownBestTests {
  static let seeds = Seeds(short: 5, long: 200)

  /// Says how many are right, and of the others what was wrong.
  private func expect(
    _ name: String, atLeast share: Double = 0.9, _ body: (UInt64) throws -> String?
  ) rethrows {
    let all = Self.seeds.all
    let wrong = try all.compactMap { seed in try body(seed).map { "seed \(seed): \($0)" } }
    print("\(name): \(all.count - wrong.count) of \(all.count) right, seeds 1 to \(all.count)")
    // Of a few one more may be wrong than of many.
    let allowed = Int((Double(all.count) * (1 - share)).rounded()) + (all.count < 100 ? 1 : 0)
    #expect(wrong.count <= allowed, "\(wrong.joined(separator: "\n"))")
  }

  private func judge(_ chosen: String, _ times: [String: Double]) -> String? {
    let best = times.values.min() ?? 0
    guard let time = times[chosen], time > best * 1.02 else { return nil }
    return "'\(chosen)' takes \(Int(time)) s, the best \(Int(best)) s"
  }

  private func workers(_ seed: UInt64, isCrowded: Bool) throws -> String? {
    let world = PlanWorld(seed: seed, areas: Int(seed % 3), isCrowded: isCrowded)
    let most = min(16, max(world.workers, world.work.count))
    // What many do to each other is seen only where few and many were at work.
    let counts = isCrowded ? [world.workers, 2, 8, world.workers] : [world.workers]
    let runs = counts.enumerated().map { place, count in
      world.run(workers: count, luck: seed * 10 + UInt64(place))
    }
    let report = try world.adviser(runs).report([.workers])
    let chosen = report.advice.first?.proposed ?? "\(world.workers)"
    var times: [String: Double] = [:]
    for count in 1...most { times["\(count)"] = world.mean(workers: count) }
    return judge(chosen, times)
  }

  @Test func workersAreTheBest() throws {
    try expect("workers") { try workers($0, isCrowded: false) }
  }

  @Test func workersAreTheBestWhereTheMachineIsSmall() throws {
    try expect("workers on a small machine") { try workers($0, isCrowded: true) }
  }

  @Test func nothingIsAdvisedWhereTheWorkersAreRight() throws {
    try expect("workers that are right") { seed in
      let first = PlanWorld(seed: seed, areas: Int(seed % 3))
      let times = (1...16).map { first.mean(workers: $0) }
      let best = times.min() ?? 0
      let knee = (times.firstIndex { $0 <= best * 1.005 } ?? 15) + 1
      let world = PlanWorld(seed: seed, areas: Int(seed % 3), workers: knee)
      let report = try world.adviser([world.run(workers: knee, luck: seed)]).report([.workers])
      return report.advice.first.map { "\($0.proposed) for \(knee), \($0.gain)" }
    }
  }

  @Test func theScopeIsTheOneToSplit() throws {
    try expect("scopes") { seed in
      let areas = 1 + Int(seed % 3)
      let world = PlanWorld(seed: seed, areas: areas)
      let runs = (0..<1 + seed % 2).map { world.run(workers: world.workers, luck: seed * 10 + $0) }
      let report = try world.adviser(runs).report([.scope])
      var times = ["none": world.mean(workers: world.workers)]
      for area in 0..<areas {
        times[world.pattern(area)] = world.mean(workers: world.workers, narrowed: [area])
      }
      return judge(report.advice.first?.subject ?? "none", times)
    }
  }

  @Test func noScopeIsSplitThatIsReallyShared() throws {
    try expect("scopes that are shared") { seed in
      let world = PlanWorld(seed: seed, areas: 2)
      let report = try world.adviser([world.run(workers: world.workers, luck: seed)])
        .report([.scope])
      let before = world.mean(workers: world.workers)
      let wrong = report.advice.first { one in
        let area = (0..<2).first { world.pattern($0) == one.subject }
        return world.mean(workers: world.workers, narrowed: Set([area].compactMap(\.self)))
          > 0.99 * before
      }
      return wrong.map { "\($0.subject) gains nothing" }
    }
  }
}
