import Testing
import UETMergeQueue
import UETTestSupport

/// What other packages see of the queue.
@Suite struct QueuePlayTests {
  private typealias Candidate = QueueSimulation.Candidate

  @Test func saysWhatBecomesOfEach() throws {
    let simulation = try QueueSimulation(
      [
        Candidate(id: "ws-late", arrival: 100, gateSeconds: [10, 20]),
        Candidate(id: "ws-a", gateSeconds: [10, 20]),
        Candidate(id: "ws-red", arrival: 5, gateSeconds: [10, 20], redGate: "UNIT"),
      ], gates: ["LINT", "UNIT"])
    let outcome = simulation.run(strategy: .serial, slots: 1)
    #expect(outcome.decisions.map(\.id) == ["ws-a", "ws-red", "ws-late"])
    #expect(outcome.decisions.map(\.time) == [30, 60, 130] && outcome.end == 130)
    #expect(outcome.decisions.map(\.wait) == [30, 55, 30])
    #expect(outcome.decisions.map(\.isIntegrated) == [true, false, true])
    #expect(outcome.decisions[1].reason == "UNIT failed on top of 'ws-a': red")
    #expect(outcome.gateRuns == 6)
  }

  /// Whatever the strategy, just those are set aside that are red by themselves, or together with
  /// an earlier one that is in.
  @Test(arguments: QueueSimulation.Strategy.allCases)
  func everyStrategyFindsTheSame(_ strategy: QueueSimulation.Strategy) throws {
    let failure = Seeds(short: 30, long: 1_000).firstFailure(filter: "everyStrategyFindsTheSame") {
      seed in
      var random = SeededRandom(seed: seed)
      let count = Int.random(in: 1...20, using: &random)
      let candidates = (0..<count).map { number in
        Candidate(
          id: "ws-\(number)", arrival: Double(number * 60),
          gateSeconds: [Double(Int.random(in: 1...200, using: &random))],
          redGate: Int.random(in: 0..<5, using: &random) == 0 ? "GATE" : nil,
          clashesWith: number > 0 && Int.random(in: 0..<8, using: &random) == 0
            ? "ws-\(Int.random(in: 0..<number, using: &random))" : nil)
      }
      let outcome = try QueueSimulation(candidates, gates: ["GATE"]).run(
        strategy: strategy, slots: 3)
      let decisions = Dictionary(uniqueKeysWithValues: outcome.decisions.map { ($0.id, $0) })
      try Violation.unless(decisions.count == count, "\(decisions.count) decisions")
      for candidate in candidates {
        let clashes = candidate.clashesWith.flatMap { decisions[$0]?.isIntegrated } ?? false
        let isGood = candidate.redGate == nil && !clashes
        try Violation.unless(
          decisions[candidate.id]?.isIntegrated == isGood, "\(candidate): \(decisions)")
      }
    }
    if let failure { Issue.record("\(failure)") }
  }

  @Test(arguments: [
    ([Candidate(id: "a", gateSeconds: [1])], "'a' is no name of a candidate"),
    ([Candidate(id: "ws-a", gateSeconds: [])], "'ws-a' has 0 times for 1 gates"),
    (
      [Candidate(id: "ws-a", gateSeconds: [-1])], "a time of 'ws-a' is not between 0 and 1000000000"
    ),
    (
      [Candidate(id: "ws-a", gateSeconds: [1], redGate: "other")],
      "'ws-a' is red for a gate that there is not"
    ),
    (
      [Candidate(id: "ws-a", gateSeconds: [1], clashesWith: "ws-a")],
      "'ws-a' clashes with a candidate that does not come before it"
    ),
    (
      [Candidate(id: "ws-a", gateSeconds: [1]), Candidate(id: "ws-a", gateSeconds: [1])],
      "there are two candidates 'ws-a'"
    ),
  ])
  func whatIsWrongIsSaid(_ candidates: [QueueSimulation.Candidate], _ message: String) {
    let failure = #expect(throws: QueueSimulation.Failure.self) {
      try QueueSimulation(candidates, gates: ["GATE"])
    }
    #expect(failure?.description == message)
  }
}
