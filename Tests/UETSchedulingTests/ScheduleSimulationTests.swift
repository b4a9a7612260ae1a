import Testing
import UETScheduling
import UETTestSupport

/// What other packages see of the dispatcher.
@Suite struct ScheduleSimulationTests {
  private typealias Work = ScheduleSimulation.Work

  @Test func playsAPlanAndSaysWhatWaits() throws {
    let simulation = try ScheduleSimulation(
      [
        Work(id: "ws-a", seconds: 10), Work(id: "ws-b", seconds: 5),
        Work(id: "ws-c", seconds: 1, dependsOn: ["ws-a"], failures: 1),
      ], conflicts: [.init(name: "src", members: ["ws-a", "ws-b"])])
    let outcome = simulation.run(workers: 2)
    #expect(
      outcome.attempts.map { "\($0.id) \($0.number) \($0.start)-\($0.end) \($0.hasSucceeded)" } == [
        "ws-a 1 0.0-10.0 true", "ws-c 1 10.0-11.0 false", "ws-c 2 11.0-12.0 true",
        "ws-b 1 10.0-15.0 true",
      ])
    #expect(outcome.end == 15 && outcome.failed.isEmpty)
    #expect(
      outcome.waits.map { "\($0.id) \($0.start)-\($0.end) \($0.reason)" }.sorted() == [
        "ws-b 0.0-10.0 may not run beside 'ws-a': both have 'src'",
        "ws-c 0.0-10.0 waits for 'ws-a'",
      ])
  }

  @Test func whatFailsTakesAlongWhatBuildsOnIt() throws {
    let simulation = try ScheduleSimulation([
      Work(id: "ws-a", seconds: 1, failures: 9), Work(id: "ws-b", seconds: 1, dependsOn: ["ws-a"]),
    ])
    let outcome = simulation.run(workers: 1, maximumAttempts: 2)
    #expect(outcome.attempts.count == 2 && outcome.end == 2)
    #expect(outcome.failed.keys.sorted() == ["ws-a", "ws-b"])
    #expect(outcome.failed["ws-a"]?.isEmpty == false)
  }

  @Test(arguments: [
    ([Work(id: "a", seconds: 1)], "'a' is no name of a workstream"),
    ([Work(id: "ws-a", seconds: -1)], "the time of 'ws-a' is not between 0 and 1000000000"),
    ([Work(id: "ws-a", seconds: .nan)], "the time of 'ws-a' is not between 0 and 1000000000"),
    ([Work(id: "ws-a", seconds: 1, dependsOn: ["ws-b"])], "there is no work 'ws-b'"),
    (
      [Work(id: "ws-a", seconds: 1), Work(id: "ws-a", seconds: 1)],
      "workstream 'ws-a' stands in the plan twice"
    ),
    (
      [Work(id: "ws-a", seconds: 1, dependsOn: ["ws-a"])], "workstreams wait for each other: 'ws-a'"
    ),
  ])
  func whatIsWrongIsSaid(_ work: [ScheduleSimulation.Work], _ message: String) {
    let failure = #expect(throws: ScheduleSimulation.Failure.self) {
      try ScheduleSimulation(work)
    }
    #expect(failure?.description == message)
  }

  /// Attempts keep to the rules, and whatever time work is not running it is said to wait.
  @Test func everyMomentIsAccountedFor() throws {
    let failure = Seeds(short: 60, long: 2_000).firstFailure(filter: "everyMomentIsAccountedFor") {
      seed in
      var random = SeededRandom(seed: seed)
      let count = Int.random(in: 1...10, using: &random)
      let work = (0..<count).map { number in
        Work(
          id: "ws-\(number)", seconds: Double(Int.random(in: 0...9, using: &random)),
          dependsOn: (0..<number).filter { _ in Int.random(in: 0..<4, using: &random) == 0 }
            .map { "ws-\($0)" }, runsAlone: Int.random(in: 0..<8, using: &random) == 0,
          failures: Int.random(in: 0..<6, using: &random) == 0 ? 2 : 0)
      }
      let workers = Int.random(in: 1...3, using: &random)
      let pairs = (0..<count / 2).map { number in
        ScheduleSimulation.Conflict(name: "pair", members: ["ws-\(number)", "ws-\(count - 1)"])
      }
      let outcome = try ScheduleSimulation(work, conflicts: pairs).run(workers: workers)
      try check(outcome, work, pairs, workers)
    }
    if let failure { Issue.record("\(failure)") }
  }

  private func check(
    _ outcome: ScheduleSimulation.Outcome, _ work: [ScheduleSimulation.Work],
    _ pairs: [ScheduleSimulation.Conflict], _ workers: Int
  ) throws {
    let alone = Set(work.filter(\.runsAlone).map(\.id))
    try Violation.unless(outcome.failed.isEmpty, "\(outcome.failed)")
    for attempt in outcome.attempts {
      let beside = outcome.attempts.filter {
        $0 != attempt && $0.start < attempt.end && attempt.start < $0.end
      }
      let atStart = beside.filter { $0.start <= attempt.start }
      try Violation.unless(atStart.count < workers, "too many beside \(attempt)")
      try Violation.unless(beside.isEmpty || !alone.contains(attempt.id), "\(attempt) is not alone")
      for pair in pairs where pair.members.contains(attempt.id) {
        try Violation.unless(
          !beside.contains { pair.members.contains($0.id) && $0.id != attempt.id },
          "\(attempt) runs beside its conflict")
      }
    }
    for one in work {
      let attempts = outcome.attempts.filter { $0.id == one.id }
      try Violation.unless(attempts.count == one.failures + 1, "attempts of \(one): \(attempts)")
      let ran = attempts.reduce(0) { $0 + $1.end - $1.start }
      let waited = outcome.waits.filter { $0.id == one.id }.reduce(0) { $0 + $1.end - $1.start }
      let end = attempts.last?.end ?? 0
      try Violation.unless(ran + waited == end, "\(one.id) ran \(ran), waited \(waited) of \(end)")
    }
  }
}
