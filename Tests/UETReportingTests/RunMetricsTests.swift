import Testing
import UETModel
import UETTestSupport

@testable import UETReporting

/// The figures of a run, from events made by hand: times in seconds from the start.
@Suite struct RunMetricsTests {
  private struct Story {
    var timeline: RunTimeline
    var state: RunState
    private var seq = 0

    init(
      _ plan: KeyValuePairs<String, [String]>, conflicts: [String: [String]] = [:]
    ) {
      let run = RunID(startedAt: Timestamp(seconds: 0), salt: 1)
      var pairs: [WorkstreamID: [WorkstreamID]] = [:]
      for (name, others) in conflicts { pairs[Self.id(name)] = others.map(Self.id) }
      timeline = RunTimeline(run, conflicts: pairs)
      state = RunState(run: run)
      let entries = plan.map { name, after in
        Told<Fact.PlanEntry> { ($0.id, $0.after) = (Self.id(name), after.map(Self.id)) }
      }
      tell(0, .runStarted(.init { $0.workstreams = entries }))
    }

    static func id(_ name: String) -> WorkstreamID {
      guard let id = WorkstreamID("ws-\(name)") else { preconditionFailure(name) }
      return id
    }

    mutating func tell(
      _ at: Double, _ fact: Fact, _ name: String? = nil, worker: String? = nil, attempt: Int? = nil
    ) {
      seq += 1
      let draft = EventDraft(fact, workstream: name.map(Self.id), attempt: attempt, worker: worker)
      let time = Timestamp(seconds: 1000).advanced(bySeconds: at)
      timeline.take(Event(draft, seq: seq, writer: "main", at: time) { _ in .zero })
    }

    mutating func work(_ name: String, _ from: Double, _ to: Double, by worker: String) {
      tell(from, .taskAssigned(.init()), name, worker: worker)
      tell(to, .taskCompleted(.init()), name, worker: worker)
    }

    mutating func metrics(_ estimates: [String: Double] = [:]) -> RunMetrics {
      timeline.end(live: nil)
      var all: [WorkstreamID: Double] = [:]
      for (name, seconds) in estimates { all[Self.id(name)] = seconds }
      return RunMetrics(timeline, state, estimates: all)
    }
  }

  private func uses(_ metrics: RunMetrics, _ name: String) -> [TimeUse: Double] {
    metrics.workstreams.first { $0.id == Story.id(name) }?.uses ?? [:]
  }

  /// Two workers; "c" depends on "a", "d" overlaps with "b", "e" finds no worker.
  @Test func everyMomentCountsForOneThing() {
    var story = Story(
      ["a": [], "b": [], "c": ["a"], "d": [], "e": []], conflicts: ["d": ["b"], "b": ["d"]])
    for worker in ["w1", "w2"] { story.tell(0, .workerSpawned(.init()), worker: worker) }
    for name in ["a", "b", "d", "e"] { story.tell(0, .taskReady(.init()), name) }
    story.tell(0, .taskAssigned(.init()), "a", worker: "w1")
    story.tell(0, .taskAssigned(.init()), "b", worker: "w2")
    story.tell(10, .taskCompleted(.init()), "a", worker: "w1")
    story.tell(10, .taskReady(.init()), "c")
    story.tell(10, .taskAssigned(.init()), "e", worker: "w1")
    story.tell(14, .taskCompleted(.init()), "e", worker: "w1")
    story.tell(15, .taskAssigned(.init()), "c", worker: "w1")
    story.tell(20, .taskCompleted(.init()), "b", worker: "w2")
    story.tell(20, .taskAssigned(.init()), "d", worker: "w2")
    story.tell(25, .taskCompleted(.init()), "c", worker: "w1")
    story.tell(30, .taskCompleted(.init()), "d", worker: "w2")
    story.tell(30, .runFinished(.init { $0.status = .succeeded }))
    let metrics = story.metrics()
    #expect(uses(metrics, "a") == [.work: 10, .queue: 20])
    #expect(uses(metrics, "c") == [.dependency: 10, .worker: 4, .limit: 1, .work: 10, .queue: 5])
    #expect(uses(metrics, "d") == [.overlap: 20, .work: 10])
    #expect(uses(metrics, "e") == [.worker: 10, .work: 4, .queue: 16])
    for each in metrics.workstreams {
      #expect(each.seconds == 30, "\(each.id): the sum is the whole time")
    }
    #expect(metrics.workers == 2 && metrics.seconds == 30 && metrics.idle == 0)
    // 54 s of work in 30 s of two workers; the longest chain is a and c.
    #expect(metrics.speedup == 54.0 / 30 && metrics.possibleSpeedup == 54.0 / 27)
    #expect(abs((metrics.workerUse ?? 0) - 54.0 / 60) < 1e-9)
    #expect(metrics.criticalPath.map(\.id) == ["b", "d"].map(Story.id))
    #expect(metrics.criticalPath.map(\.cause) == [.start, .overlap])
  }

  /// What nobody worked on does not count: after a crash, and between run and queue.
  @Test func restIsNotCounted() {
    var story = Story(["a": []])
    story.tell(0, .workerSpawned(.init()), worker: "w1")
    story.tell(0, .taskReady(.init()), "a")
    story.tell(0, .taskAssigned(.init()), "a", worker: "w1")
    story.tell(5, .heartbeat(.init()))
    // Killed here, and taken up again two hours later.
    story.tell(7200, .recoveryStarted(.init()))
    story.tell(7200, .taskFailed(.init { $0.kind = .orchestratorCrash }), "a", worker: "w1")
    story.tell(7200, .taskRetried(.init()), "a")
    story.tell(7200, .recoveryFinished(.init()))
    story.work("a", 7201, 7211, by: "w1")
    story.tell(7212, .runFinished(.init { $0.status = .succeeded }))
    story.tell(9000, .candidateQueued(.init()), "a")
    story.tell(9000, .mergeStarted(.init()), "a")
    story.tell(9001, .mergePrepared(.init()), "a")
    let gate = Told<Fact.GateRun> { ($0.gate, $0.stage) = ("GATE", .integration) }
    story.tell(9001, .gateStarted(gate), "a")
    var ended = gate
    (ended.seconds, ended.flaky) = (30, true)
    story.tell(9031, .gatePassed(ended), "a")
    story.tell(9031, .mergeSucceeded(.init()), "a")
    story.tell(12000, .landed(.init { $0.workstreams = [Story.id("a")] }))
    let metrics = story.metrics()
    #expect(metrics.seconds == 5 + 12 + 31)
    #expect(metrics.idle == 7195 + 1788 + 2969)
    #expect(uses(metrics, "a") == [.work: 15, .limit: 1, .queue: 2, .queueGate: 30])
    #expect(metrics.workstreams[0].seconds == metrics.seconds)
    #expect(metrics.recoveries == 1 && metrics.failures == [.orchestratorCrash: 1])
    #expect(metrics.integrated == 1 && metrics.landed == 1 && metrics.queueGateRuns == 1)
    #expect(metrics.queueWait?.median == 31)
    let figures = metrics.gates.first
    #expect(figures?.runs == 1 && figures?.flaky == 1 && figures?.seconds == 30)
  }

  /// Waits by their reason: a back-off, an answer, a pause, a gate of the attempt, a review.
  @Test func waitsAreNamed() {
    var story = Story(["a": []])
    story.tell(0, .workerSpawned(.init()), worker: "w1")
    story.tell(0, .taskReady(.init()), "a")
    story.tell(0, .taskAssigned(.init()), "a", worker: "w1")
    story.tell(10, .taskFailed(.init { $0.kind = .timeout }), "a", worker: "w1")
    let until = Timestamp(seconds: 1040)
    story.tell(10, .taskRetried(.init { $0.notBefore = until }), "a")
    story.tell(40, .taskAssigned(.init()), "a", worker: "w1")
    story.tell(50, .taskFailed(.init { $0.asks = 1 }), "a", worker: "w1")
    story.tell(50, .taskRetried(.init()), "a")
    story.tell(80, .questionAnswered(.init()), "a")
    story.tell(80, .runPaused(.init()))
    story.tell(85, .runResumed(.init()))
    story.tell(85, .taskAssigned(.init()), "a", worker: "w1")
    let gate = Told<Fact.GateRun> { ($0.gate, $0.stage) = ("GATE", .attempt) }
    story.tell(90, .gateStarted(gate), "a")
    story.tell(93, .gateFailed(gate), "a")
    story.tell(95, .taskCompleted(.init()), "a", worker: "w1")
    story.tell(95, .reviewRequested(.init()), "a")
    story.tell(100, .reviewDecided(.init()), "a")
    story.tell(101, .runFinished(.init { $0.status = .succeeded }))
    let metrics = story.metrics(["a": 15])
    #expect(
      uses(metrics, "a") == [
        .work: 27, .backOff: 30, .answer: 30, .paused: 5, .gate: 3, .review: 5, .queue: 1,
      ])
    #expect(metrics.workstreams[0].asked == 1 && metrics.failures == [.timeout: 1])
    #expect(metrics.gates.first?.red == 1)
    #expect(metrics.workstreams[0].attempts == 3)
  }

  /// Whatever the record says, the parts sum up to the whole, and no figure is negative.
  @Test(arguments: 1...60) func partsSumUp(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let names = ["a", "b", "c", "d"]
    var story = Story(["a": [], "b": ["a"], "c": [], "d": ["c"]], conflicts: ["a": ["c"]])
    var at = 0.0
    for _ in 0..<200 {
      at += Double(Int.random(in: 0...8, using: &random)) / 2
      let name = names.randomElement(using: &random) ?? "a"
      let facts: [Fact] = [
        .taskReady(.init()), .taskAssigned(.init()), .taskCompleted(.init()),
        .taskFailed(.init { $0.kind = .toolFailure }), .taskRetried(.init()),
        .taskQuarantined(.init()), .candidateQueued(.init()), .mergeStarted(.init()),
        .mergeSucceeded(.init()), .candidateEjected(.init()), .recoveryStarted(.init()),
        .runFinished(.init()), .runPaused(.init()), .runResumed(.init()),
        .landed(.init { $0.workstreams = [Story.id(name)] }), .workerSpawned(.init()),
        .workerTerminated(.init()),
        .gateStarted(.init { ($0.gate, $0.stage) = ("G", .integration) }),
        .gatePassed(.init { ($0.gate, $0.stage) = ("G", .integration) }),
      ]
      guard let fact = facts.randomElement(using: &random) else { continue }
      story.tell(at, fact, name, worker: "w\(Int.random(in: 1...3, using: &random))")
    }
    let metrics = story.metrics()
    #expect(abs(metrics.seconds + metrics.idle - at) < 1e-6, "seed \(seed)")
    for each in metrics.workstreams {
      #expect(each.uses.values.allSatisfy { $0 > 0 }, "seed \(seed)")
      #expect(each.seconds <= metrics.seconds + 1e-6, "seed \(seed): \(each.id)")
    }
    #expect((metrics.workerUse ?? 0) <= 1 && (metrics.efficiency ?? 0) >= 0)
  }

  /// Workers and clocks may say anything: nothing overflows.
  @Test func anythingMayBeReported() {
    var story = Story(["a": []])
    for number in 0..<100 { story.tell(0, .workerSpawned(.init()), worker: "w\(number)") }
    let usage = Told<Fact.Usage> { ($0.input, $0.cacheRead, $0.output) = (.max, .max, .max) }
    for _ in 0..<3 { story.tell(1, .usageRecorded(usage), "a") }
    story.tell(250_000_000_000, .runFinished(.init { $0.status = .failed }))
    let metrics = story.metrics()
    #expect(metrics.usage.inputTokens == .max && metrics.usage.reports == 3)
    #expect(metrics.workerUse == 0 && metrics.seconds == 250_000_000_000)
  }
}
