import Testing
import UETModel
import UETTestSupport

@testable import UETAdvising

/// Queues of which the best setting is known, by trying every value in the world that made them.
@Suite struct QueueAdviceTests {
  static let seeds = Seeds(short: 3, long: 200)
  /// Of a few seeds less is played, unoptimised as they are.
  private static let isQuick = seeds.all.count == 3
  /// As many as the command tries.
  private static let trials = isQuick ? 96 : 480
  /// Days of the true world on which all values are tried, and others on which the two best of
  /// these, what is set and what is advised are compared: of fewer the mean is itself no surer than
  /// the 2 % that count.
  private static let sifting: Range<UInt64> = 0..<(isQuick ? 10 : 40)
  private static let judging: Range<UInt64> = 1_000..<(isQuick ? 1_040 : 1_160)

  /// What is said of a world of which one or two runs were measured.
  private func report(_ kind: Advice.Kind, _ world: QueueWorld) throws -> AdviceReport {
    let runs = try (0..<1 + world.seed % 2).map { try world.history(luck: world.seed * 10 + $0) }
    var adviser = Adviser(runs, workstreams: [], dependencies: [], settings: world.settings)
    adviser.trials = Self.trials
    return adviser.report([kind])
  }

  private func expect(
    _ kind: Advice.Kind, _ choices: [String],
    _ change: (inout PresentSettings, String) -> Void, _ now: (PresentSettings) -> String
  ) throws {
    let all = Self.seeds.all
    var (wrong, needless) = ([String](), [String]())
    for seed in all {
      let world = QueueWorld(seed: seed)
      let report = try self.report(kind, world)
      let advice = report.advice.first
      let own = now(world.settings)
      func time(_ choice: String, _ days: Range<UInt64>) throws -> Double {
        var settings = world.settings
        change(&settings, choice)
        return try world.mean(settings, days: days)
      }
      let first = try Set(choices + [own]).sorted().map {
        (choice: $0, time: try time($0, Self.sifting))
      }
      // Whichever of many is the least by its luck is judged again, on other days.
      let leading = first.sorted { $0.time < $1.time }.prefix(2).map(\.choice)
      let proposed = advice?.proposed ?? own
      let times = try Set(leading + [proposed, own]).reduce(into: [String: Double]()) {
        $0[$1] = try time($1, Self.judging)
      }
      let best = times.values.min() ?? 0
      let chosen = times[proposed] ?? .infinity
      let note =
        "seed \(seed): \(proposed) \(Int(chosen)) s, best \(Int(best)) s "
        + "\(report.silences.map(\.reason))"
      if chosen > best * 1.02 { wrong.append(note) }
      if advice != nil, chosen > (times[own] ?? 0) * 0.999 { needless.append(note) }
    }
    print(
      "\(kind.rawValue): \(all.count - wrong.count) of \(all.count) right, \(needless.count) "
        + "without need, seeds 1 to \(all.count)")
    let allowed = all.count / 10 + (all.count < 100 ? 1 : 0)
    #expect(wrong.count <= allowed, "\(wrong.joined(separator: "\n"))")
    #expect(needless.count <= allowed, "\(needless.joined(separator: "\n"))")
  }

  @Test func slotsAreTheBest() throws {
    try expect(
      .slots, ["1", "2", "3", "4", "5", "6", "7", "8"], { $0.slots = Int($1) ?? 1 },
      { "\($0.slots)" })
  }

  @Test func theWindowIsTheBest() throws {
    try expect(
      .window, ["1", "2", "3", "4", "6", "8", "12", "16", "20", "24"],
      { $0.window = Int($1) ?? 1 }, { "\($0.window)" })
  }

  /// None of 15 was red, and four are tried at once: the best is all of them, more than any smaller
  /// value of those that are tried.
  @Test func aWindowThatHoldsAllIsAdvised() throws {
    let advice = try #require(report(.window, QueueWorld(seed: 96)).advice.first)
    #expect(advice.now == "4" && advice.proposed == "16", "\(advice)")
    #expect(advice.caution == nil)
  }

  /// Two of 12 were red, and each is tried by itself: more than one at once takes a third less, or
  /// more, if much more is red.
  @Test func aWindowIsAdvisedThatGainsInMostWorlds() throws {
    let advice = try #require(report(.window, QueueWorld(seed: 86)).advice.first)
    #expect(advice.now == "1" && advice.gain.low < 0 && advice.gain.mean > 0, "\(advice)")
    let caution = try #require(advice.caution)
    #expect(advice.evidence.contains(caution))
  }

  @Test func theStrategyIsTheBest() throws {
    try expect(
      .strategy, ["auto", "serial", "batch", "speculative"], { $0.strategy = $1 },
      { $0.strategy })
  }
}
