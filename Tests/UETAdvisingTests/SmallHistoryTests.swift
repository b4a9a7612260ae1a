import Testing
import UETModel
import UETTestSupport

@testable import UETAdvising

/// What is said where little is known, and what events say of times and money.
@Suite struct SmallHistoryTests {
  private static func id(_ name: String) -> WorkstreamID {
    guard let id = WorkstreamID("ws-\(name)") else { preconditionFailure(name) }
    return id
  }

  private struct Story {
    var run = MeasuredRun(run: RunID(startedAt: Timestamp(seconds: 0), salt: 1))
    private var seq = 0

    mutating func tell(_ at: Double, _ fact: Fact, _ name: String? = nil) {
      seq += 1
      let draft = EventDraft(fact, workstream: name.map(SmallHistoryTests.id))
      let time = Timestamp(seconds: 1000).advanced(bySeconds: at)
      run.take(Event(draft, seq: seq, writer: "main", at: time) { _ in .zero })
    }
  }

  @Test func timesAndMoneyAreReadFromEvents() throws {
    var story = Story()
    story.tell(0, .runStarted(.init { $0.workers = 3 }))
    story.tell(1, .taskAssigned(.init()), "a")
    story.tell(2, .usageRecorded(.init { $0.costUSD = 0.5 }), "a")
    story.tell(3, .taskFailed(.init { $0.kind = .toolFailure }), "a")
    story.tell(4, .taskAssigned(.init()), "a")
    story.tell(5, .usageRecorded(.init { $0.costUSD = 0.25 }), "a")
    story.tell(8, .taskCompleted(.init()), "a")
    story.tell(8, .taskAssigned(.init()), "b")
    story.tell(9, .usageRecorded(.init { $0.costUSD = 1 }), "b")
    story.tell(9, .usageRecorded(.init()), "b")
    story.tell(10, .taskFailed(.init { $0.asks = 1 }), "b")
    story.tell(11, .candidateQueued(.init()), "a")
    story.tell(
      14,
      .gatePassed(.init { ($0.gate, $0.seconds, $0.stage) = ("GATE_UNIT", 3, .integration) }), "a")
    story.tell(
      14, .gatePassed(.init { ($0.gate, $0.seconds, $0.reused) = ("GATE_UNIT", 3, 4) }), "a")
    story.tell(15, .mergeSucceeded(.init()), "a")
    story.tell(16, .runFinished(.init { $0.budget = .run }))
    let run = story.run
    #expect(run.workers == 3 && run.results == 1 && run.wasStoppedByBudget)
    let attempts = try #require(run.attempts[Self.id("a")])
    #expect(attempts.map(\.seconds) == [2, 4] && attempts.map(\.isFailure) == [true, false])
    #expect(run.attempts[Self.id("b")]?.map(\.isFailure) == [false], "it waits for an answer")
    #expect(run.costs == [Self.id("a"): 0.75], "b has a report without a price")
    #expect(run.gates.map(\.seconds) == [3, nil] && run.gates[0].isOfQueue)
    #expect(run.decisions == [Self.id("a"): true])
  }

  @Test func ofFewResultsNothingIsSaid() throws {
    let world = PlanWorld(seed: 3, count: 4...4, workers: 1)
    let report = try world.adviser([world.run(workers: 1, luck: 1)]).report()
    #expect(report.advice.isEmpty, "\(report.advice)")
    #expect(report.silences.count == Advice.Kind.allCases.count)
    let workers = report.silences.first { $0.kind == .workers }
    #expect(workers?.reason.contains("it takes 6 to say anything") == true, "\(report.silences)")
  }

  @Test func aPlanThatHardlyRanIsNotJudged() throws {
    let world = PlanWorld(seed: 4, count: 30...30, workers: 2)
    var run = world.run(workers: 2, luck: 1)
    let kept = Set(run.attempts.keys.sorted().prefix(7))
    run.attempts = run.attempts.filter { kept.contains($0.key) }
    let reason = try world.adviser([run]).report([.workers]).silences.first?.reason
    #expect(reason?.contains("only 7 of the plan's 30") == true, "\(reason ?? "")")
  }

  @Test func theSameSeedGivesTheSameReport() throws {
    let world = PlanWorld(seed: 9, areas: 2)
    let runs = [world.run(workers: 2, luck: 1), world.run(workers: 5, luck: 2)]
    let first = try world.adviser(runs).report().json
    #expect(first == (try world.adviser(runs).report().json))
  }

  @Test func aMachineThatIsFullIsSeen() throws {
    let world = PlanWorld(seed: 12, count: 30...30, isCrowded: true, workers: 8)
    let runs = [2, 8, 8].enumerated().map { world.run(workers: $1, luck: UInt64($0)) }
    let fit = ContentionFit(runs, estimates: [:])
    let capacity = try #require(fit.capacities[fit.likeliest])
    #expect(abs(capacity - world.capacity) < 1, "\(capacity) for \(world.capacity)")
    // Alone each would have taken about what it does at full speed.
    let alone = fit.alone(fit.likeliest)
    let ratios = world.work.compactMap { one in alone[one.id].map { $0.mean / one.seconds } }
    #expect(abs(ratios.median - 1) < 0.15, "\(ratios.median)")
  }

  @Test func crowdingSharesTheMachine() {
    let crowding = Crowding([0..<10, 0..<10, 0..<5], capacity: 1)
    #expect(abs(crowding.rate(in: 0..<5) - 1.0 / 3) < 1e-9)
    #expect(abs(crowding.rate(in: 5..<10) - 0.5) < 1e-9)
    #expect(abs(crowding.rate(in: 0..<10) - (5.0 / 3 + 2.5) / 10) < 1e-9)
    #expect(Crowding([0..<10], capacity: 1).rate(in: 0..<10) == 1)
    #expect(Crowding([], capacity: 1).rate(in: 0..<10) == 1)
  }
}
