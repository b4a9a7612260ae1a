import Testing
import UETMergeQueue
import UETModel
import UETTestSupport

@testable import UETEngine

/// Whatever happens to a process at whichever step, the one after it lands the same work, once.
@Suite struct QueueDriverTests {
  @Test(arguments: [true, false]) func undisturbed(mergesEarly: Bool) async throws {
    let scene = QueueScene(mergesEarly: mergesEarly)
    let fate = Fate()
    let state = try #require(try await scene.live(fate))
    try check(scene, state)
    for mishap in Mishap.allCases { #expect(fate.count(mishap) >= 5, "\(mishap)") }
  }

  @Test(arguments: Mishap.allCases, [true, false])
  func everyMoment(_ mishap: Mishap, mergesEarly: Bool) async throws {
    let calm = Fate()
    _ = try await QueueScene(mergesEarly: mergesEarly).live(calm)
    for place in 1...calm.count(mishap) {
      let scene = QueueScene(mergesEarly: mergesEarly)
      var state = try await scene.live(Fate((mishap, place)))
      #expect(state == nil, "\(mishap) \(place)")
      for _ in 0..<3 where state == nil { state = try await scene.live() }
      let end = try #require(state, "\(mishap) \(place) does not end")
      do { try check(scene, end) } catch { Issue.record("\(mishap) \(place): \(error)") }
    }
  }

  private func check(_ scene: QueueScene, _ state: RunState) throws {
    let world = scene.world.withLock { $0 }
    var fold = RunState(run: QueueScene.run)
    for event in scene.durable { try fold.apply(event) }
    try Violation.unless(fold == state, "the driver's state is not that of the record")
    let states = QueueScene.names.map { state[DispatchScene.id($0)]?.state }
    try Violation.unless(
      states == [.landed, .landed, .landed, .ejected, .ejected], "they are \(states)")
    try Violation.unless(
      world.contents[world.target] == ["a", "b", "c"], "something else has landed")
    try Violation.unless(world.landings.count == 1, "landed \(world.landings.count) times")
    try Violation.unless(world.branch == world.target, "the integration branch is elsewhere")
    var verdicts: Set<String> = []
    for event in scene.durable {
      guard let verdict = VerdictRecord(event) else { continue }
      try Violation.unless(
        verdicts.insert("\(verdict.tree) \(verdict.key)").inserted, "a gate judged a tree twice")
    }
  }
}
