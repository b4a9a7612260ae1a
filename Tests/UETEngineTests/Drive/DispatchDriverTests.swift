import Testing
import UETLedger
import UETModel
import UETScheduling
import UETTestSupport

@testable import UETEngine

/// Whatever happens to a process at whichever step, the one after it brings the run to the same
/// end.
@Suite struct DispatchDriverTests {
  @Test func undisturbed() async throws {
    let scene = try DispatchScene()
    let fate = Fate()
    let state = try #require(try await scene.live(fate))
    #expect(state.status == .succeeded)
    try check(scene, state)
    #expect(scene.world.withLock { $0.runs.count } == 6)
    #expect(scene.world.withLock { $0.tests.count } == 1)
    // Each moment of the table is one that there is.
    for mishap in Mishap.allCases { #expect(fate.count(mishap) >= 6, "\(mishap)") }
  }

  @Test(arguments: Mishap.allCases) func everyMoment(_ mishap: Mishap) async throws {
    let calm = Fate()
    _ = try await DispatchScene().live(calm)
    for place in 1...calm.count(mishap) {
      let scene = try DispatchScene()
      let first = try await scene.live(Fate((mishap, place)))
      #expect(first == nil, "\(mishap) \(place)")
      var state = first
      for _ in 0..<3 where state == nil { state = try await scene.live() }
      let end = try #require(state, "\(mishap) \(place) does not end")
      #expect(end.status == .succeeded, "\(mishap) \(place)")
      do { try check(scene, end) } catch { Issue.record("\(mishap) \(place): \(error)") }
    }
  }

  /// Twice in a row, at every pair of a coarser grid.
  @Test func twice() async throws {
    let calm = Fate()
    _ = try await DispatchScene().live(calm)
    for (one, other) in zip(Mishap.allCases, Mishap.allCases.reversed()) {
      for place in stride(from: 1, through: calm.count(one), by: 3) {
        let scene = try DispatchScene()
        var state = try await scene.live(Fate((one, place)))
        if state == nil { state = try await scene.live(Fate((other, 2))) }
        for _ in 0..<3 where state == nil { state = try await scene.live() }
        let end = try #require(state, "\(one) \(place), \(other)")
        do { try check(scene, end) } catch { Issue.record("\(one) \(place), \(other): \(error)") }
      }
    }
  }

  /// Nothing is lost or done twice, and what the driver folded is what the record holds.
  private func check(_ scene: DispatchScene, _ state: RunState) throws {
    let world = scene.world.withLock { $0 }
    var fold = RunState(run: DispatchScene.run)
    for event in scene.durable { try fold.apply(event) }
    try Violation.unless(fold == state, "the driver's state is not that of the record")
    for (name, count) in world.runs {
      try Violation.unless(count == 1, "\(name) ran \(count) times")
    }
    for record in state.workstreams {
      let id = record.id
      let made = record.attempts.filter { $0.outcome == .succeeded }
      try Violation.unless(made.count == 1, "'\(id)' succeeded \(made.count) times")
      try Violation.unless(record.tip == made.first?.tip, "'\(id)' is not what was made")
      try Violation.unless(
        world.branches[id] == record.tip, "the branch of '\(id)' is not its result")
      try Violation.unless(
        world.moves[id]?.count == 1, "the branch of '\(id)' moved \(world.moves[id] ?? [])")
    }
    try Violation.unless(
      state.waves.contains { $0.result == .passed }, "the gate of the wave has no verdict")
  }
}

/// What is asked of a driver is answered once, when it is durable or will never be.
@Suite struct DriverAnswerTests {
  private static func driver(
    _ fate: Fate, _ mailbox: Mailbox<RunMessage>
  ) throws -> (Driver<SceneHands>, MemoryRecord) {
    let scene = try DispatchScene()
    let record = try MemoryRecord(DispatchScene.run, scene.durable, fate)
    let machine = DispatchMachine(
      plan: scene.plan, policy: DispatchPolicy(workers: 1), state: record.lend())
    let hands = SceneHands(scene: scene, mailbox: mailbox, fate: fate)
    let driver = Driver(
      machine, hands, on: record, hearing: mailbox, clock: Clock { DispatchScene.now })
    return (driver, record)
  }

  @Test func severalInputsAreOneWrite() async throws {
    let (driver, record) = try Self.driver(Fate(), Mailbox())
    let events = try await driver.once([.start, .pause(reason: nil)])
    #expect(record.writes == 1)
    #expect(events == Array(record.durable.dropFirst()))
    #expect(events.contains { $0.type == .runPaused })
  }

  @Test func whatIsRefusedChangesNothing() async throws {
    let (driver, record) = try Self.driver(Fate(), Mailbox())
    await #expect(throws: DispatchError.self) {
      try await driver.once([.cancelAll([DispatchScene.id("nobody")], reason: "x")])
    }
    #expect(record.staged.isEmpty && record.durable.count == 1)
    // It goes on after that.
    #expect(try await !driver.once([.start]).isEmpty)
  }

  @Test func aFactThatCannotFollowIsNotWritten() async throws {
    let (driver, record) = try Self.driver(Fate(), Mailbox())
    let wrong = EventDraft(.taskCompleted, workstream: DispatchScene.id("a"))
    await #expect(throws: LedgerError.self) { try await driver.once([.fact(wrong)]) }
    #expect(record.staged.isEmpty && record.durable.count == 1)
  }

  @Test func aFailureOfTheRecordIsToldToAllWhoAsked() async throws {
    let mailbox = Mailbox<RunMessage>()
    let (driver, record) = try Self.driver(Fate((.writeFails, 1)), mailbox)
    mailbox.send(.start)
    async let asked = mailbox.ask(.input(.pause(reason: nil)))
    await #expect(throws: Struck.self) { _ = try await driver.run() }
    await driver.close()
    #expect(await asked.outcome == .refused)
    #expect(await mailbox.ask(.input(.resume)) == .runIsOver)
    #expect(record.durable.count == 1)
    #expect(record.fold != nil)
  }
}
