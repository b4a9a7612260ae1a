import Testing
import UETModel
import UETTestSupport

@testable import UETReporting

@Suite struct RunComparisonTests {
  /// The example of Hollander and Wolfe (1973) that R's `wilcox.test` gives: V = 40, p = 0.03906.
  @Test func theTestSaysWhatOthersSay() {
    let before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    let after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    let chance = SignedRanks(zip(before, after).map { $0 - $1 }).chance
    #expect(abs(chance - 0.03906) < 0.00001, "\(chance)")
    // Of 64 ways to give six ranks a sign two are as extreme.
    #expect(SignedRanks([1, 2, 3, 4, 5, 6]).chance == 2.0 / 64)
    // All tied: 1.5 on either side of 3 is all there is.
    #expect(SignedRanks([1, -1]).chance == 1)
    #expect(SignedRanks([0, 0]).chance == 1 && SignedRanks([]).chance == 1)
    #expect(SignedRanks([.nan, .infinity, 1]).chance == 1)
  }

  /// Where nothing changed, about one comparison in twenty says that something did, and not more;
  /// where all takes a tenth longer, nearly all say so.
  @Test(arguments: [12, 25, 26, 60])
  func chanceIsWhatItSays(_ count: Int) {
    var random = SeededRandom(seed: 11)
    func clear(_ shift: Double) -> Double {
      let all = (0..<1_000).map { _ in
        let values = (0..<count).map { _ in
          (0..<4).reduce(shift) { sum, _ in sum + Double.random(in: -0.1...0.1, using: &random) }
        }
        return SignedRanks(values).chance
      }
      return Double(all.count { $0 < 0.05 }) / 1_000
    }
    let (none, some) = (clear(0), clear(0.1))
    #expect((0.02...0.075).contains(none), "\(none)")
    #expect(some > (count > 20 ? 0.9 : 0.6), "\(some)")
  }

  private func metrics(
    _ number: UInt16, _ busy: [(String, Double)], unfinished: String? = nil
  ) -> RunMetrics {
    let run = RunID(startedAt: Timestamp(seconds: 0), salt: number)
    var timeline = RunTimeline(run)
    var state = RunState(run: run)
    var (time, seq) = (0.0, 0)
    func tell(_ fact: Fact, _ name: String? = nil) {
      seq += 1
      let draft = EventDraft(
        fact, workstream: name.flatMap { WorkstreamID($0) }, attempt: name == nil ? nil : 1,
        worker: name == nil ? nil : "w1")
      let at = Timestamp(seconds: 1000).advanced(bySeconds: time)
      let event = Event(draft, seq: seq, writer: "main", at: at) { _ in .zero }
      timeline.take(event)
      try? state.apply(event)
    }
    tell(
      .runStarted(
        .init {
          $0.workstreams = busy.map { name, _ in
            Told<Fact.PlanEntry> { ($0.id, $0.after) = (WorkstreamID(name), []) }
          }
        }))
    for (name, seconds) in busy {
      tell(.taskReady(.init()), name)
      tell(.taskAssigned(.init()), name)
      time += seconds
      tell(
        name == unfinished
          ? .taskFailed(.init { $0.kind = .toolFailure })
          : .taskCompleted(.init { $0.tip = .zero }), name)
    }
    timeline.end(live: nil)
    return RunMetrics(timeline, state)
  }

  @Test func theSameWorkstreamsArePaired() throws {
    let names = (0..<8).map { "ws-\($0)" }
    let before = metrics(
      1, names.map { ($0, 10.0) } + [("ws-gone", 1), ("ws-broken", 5)], unfinished: "ws-broken")
    let after = metrics(2, names.map { ($0, 8.0) } + [("ws-new", 1), ("ws-broken", 9)])
    let comparison = RunComparison(before, after)
    let pairs = try #require(comparison.pairs)
    #expect(pairs.count == 8 && pairs.faster == 8 && pairs.slower == 0)
    #expect(abs(pairs.medianRatio - 0.8) < 0.001)
    #expect(pairs.isClear && pairs.chance == 2.0 / 256)
    #expect(comparison.onlyBefore.map(\.rawValue) == ["ws-gone"])
    #expect(comparison.onlyAfter.map(\.rawValue) == ["ws-new"])
    #expect(comparison.changes.count == 8)
    let time = try #require(comparison.figures.first { $0.name == "time" })
    #expect(time.before == 86 && time.after == 74 && time.lessIsBetter == true)
    // What neither run has is no figure.
    #expect(!comparison.figures.contains { $0.name == "cost" || $0.name == "conflicts" })
    #expect(RunComparison(before, metrics(3, [("ws-0", 1)])).pairs == nil)
  }
}
