import Foundation
import Testing
import UETModel
import UETTestSupport

@testable import UETScheduling

@Suite struct TierTests {
  private static var policy: TierPolicy {
    var policy = TierPolicy()
    (policy.focus.memoryFree, policy.critical.memoryFree) = (10, 4)
    (policy.focus.memory, policy.critical.memory) = (10, 40)
    (policy.focus.diskFree, policy.critical.diskFree) = (2_000_000_000, 500_000_000)
    (policy.focus.battery, policy.critical.battery) = (25, 8)
    return policy
  }

  private static func free(_ percent: Double) -> MachineFigures {
    var figures = MachineFigures()
    (figures.memoryTotal, figures.memoryAvailable) = (100_000, Int(percent * 1000))
    return figures
  }

  /// Reads every five seconds; gives the tiers it goes to, with the time.
  private func tiers(
    _ readings: [MachineFigures], _ machine: inout TierMachine, from start: Double = 0
  ) -> [(Double, OperatingTier)] {
    readings.enumerated().compactMap { number, figures in
      let at = start + 5 * Double(number)
      return machine.take(figures, at: at).map { (at, $0.to) }
    }
  }

  @Test func twoReadingsMakeATierAndOneDoesNot() throws {
    var machine = TierMachine(Self.policy)
    #expect(tiers([Self.free(50), Self.free(9), Self.free(50)], &machine).isEmpty)
    let first = machine.take(Self.free(9), at: 15)
    #expect(first == nil && machine.isUndecided)
    let second = machine.take(Self.free(9.4), at: 20)
    let change = try #require(second)
    #expect(change.from == .normal && change.to == .focus)
    #expect(change.reason == "9.4% of memory are free (10% are too little)")
    #expect(change.figures == Self.free(9.4))
  }

  @Test func goesDownStepByStepWhenItHasBeenWellForAWhile() {
    var machine = TierMachine(Self.policy)
    let readings =
      Array(repeating: Self.free(3), count: 2) + Array(repeating: Self.free(50), count: 20)
    let found = tiers(readings, &machine)
    #expect(found.map(\.1) == [.critical, .focus, .normal])
    #expect(found.map(\.0) == [0, 40, 70])
  }

  @Test func whatIsHardlyBetterIsNotWell() {
    var machine = TierMachine(Self.policy)
    _ = tiers(Array(repeating: Self.free(9), count: 2), &machine)
    #expect(tiers(Array(repeating: Self.free(11), count: 100), &machine, from: 10).isEmpty)
    #expect(
      tiers(Array(repeating: Self.free(13), count: 7), &machine, from: 510).map(\.1) == [.normal])
  }

  @Test func sleepIsNoTimeOfBeingWell() {
    var machine = TierMachine(Self.policy)
    _ = tiers([Self.free(9), Self.free(9), Self.free(50)], &machine)
    let changes = [10_000.0, 10_029, 10_030].map { machine.take(Self.free(50), at: $0)?.to }
    #expect(changes == [nil, nil, .normal])
  }

  @Test func eachFigureCounts() {
    var figures = MachineFigures()
    figures.diskFree = 400_000_000
    var machine = TierMachine(Self.policy)
    #expect(tiers([figures, figures], &machine).map(\.1) == [.critical])

    figures = MachineFigures()
    (figures.battery, figures.isOnBattery) = (20, false)
    machine = TierMachine(Self.policy)
    #expect(tiers([figures, figures], &machine).isEmpty)
    figures.isOnBattery = true
    #expect(tiers([figures, figures], &machine, from: 10).map(\.1) == [.focus])

    figures = MachineFigures()
    figures.memory = 41
    machine = TierMachine(Self.policy)
    #expect(tiers([figures, figures], &machine).map(\.1) == [.critical])
    machine = TierMachine(TierPolicy())
    #expect(tiers([figures, figures], &machine).isEmpty, "nothing is limited")
  }

  private static let seeds =
    ProcessInfo.processInfo.environment["UET_SIMULATIONS"].flatMap { UInt64($0) } ?? 10_000

  /// Noise around a limit changes the tier at most so often in any hour.
  private static let mostAnHour = 24

  /// Figures that wander, jump and lie around the limits, with gaps: no flapping, and when they are
  /// good the machine is put to full use again.
  @Test func wandersWithoutFlappingAndAlwaysComesBack() {
    for seed in 1...Self.seeds {
      var random = SeededGenerator(seed: seed)
      var machine = TierMachine(Self.policy)
      var (now, level) = (0.0, Double.random(in: 0...20, using: &random))
      var changes: [Double] = []
      let noise = Double.random(in: 0...6, using: &random)
      let jumps = Int.random(in: 2...200, using: &random)
      while now < 3 * 3600 {
        now += random.oneIn(400) ? 4000 : Double.random(in: 0.5...6, using: &random)
        if random.oneIn(jumps) { level = Double.random(in: 0...20, using: &random) }
        let free = max(0, level + Double.random(in: -noise...noise, using: &random))
        if let change = machine.take(Self.free(free), at: now) {
          #expect(change.from != change.to)
          changes.append(now)
        }
      }
      for (index, at) in changes.enumerated() {
        let hour = changes[index...].prefix { $0 < at + 3600 }
        if hour.count > Self.mostAnHour {
          Issue.record("seed \(seed): \(hour.count) changes in an hour")
          return
        }
      }
      let end = now
      while now < end + 1300, machine.tier != .normal {
        now += 5
        _ = machine.take(Self.free(50), at: now)
      }
      if machine.tier != .normal {
        Issue.record("seed \(seed): still \(machine.tier) \(now - end) s after all is well")
        return
      }
    }
  }

  @Test func focusHalvesAndCriticalPauses() throws {
    var stage = Stage(try plan(["a": [], "b": [], "c": [], "d": [], "e": []]), workers: 4)
    try stage.take(.start)
    #expect(stage.running == ["a", "b", "c", "d"])
    func change(_ tier: OperatingTier) -> DispatchInput {
      .tier(TierChange(from: .normal, to: tier, reason: "full", figures: Self.free(3)))
    }
    try stage.take(change(.critical))
    try stage.take(change(.critical))
    #expect(stage.events.count { $0.type == "os_mode_changed" } == 1)
    #expect(stage.running == ["a", "b", "c", "d"], "what runs goes on")
    for name in ["a", "b", "c", "d"] { try stage.succeed(name) }
    #expect(stage.running.isEmpty && stage.machine.state.status == .running)
    #expect(
      stage.why("e")
        == "the machine is in tier critical, in which nothing is started; what runs goes on: full")
    try stage.take(change(.focus))
    #expect(stage.running == ["e"])
    #expect(stage.machine.state.mode?.figures == Self.free(3))
    try stage.take(change(.normal))
    #expect(stage.machine.state.mode == nil)
    try stage.succeed("e")
    #expect(stage.machine.state.status == .succeeded)
  }

  @Test func sleepMakesNoWorkerStaleAndEndsNothing() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 2) { $0.stale = 30 }
    stage.preparesWorkers = false
    try stage.take(.start)
    try stage.take(.workerReady("w1"))
    #expect(stage.running == ["a"])
    stage.now = stage.now.advanced(bySeconds: 8 * 3600)
    stage.machine.slept(8 * 3600 - 10, until: stage.now)
    try stage.take(.timerFired)
    #expect(stage.machine.state.pool.map(\.state) == [.busy, .spawning])
    try stage.take(.drain)
    let end = try #require(stage.machine.deadline)
    stage.now = stage.now.advanced(bySeconds: 7200)
    stage.machine.slept(7200, until: stage.now)
    try stage.take(.timerFired)
    #expect(stage.machine.deadline == end.advanced(bySeconds: 7200))
    #expect(stage.machine.state[ws("a")]?.lastAttempt?.stop == nil)
  }

  @Test func anotherProcessBeginsAnew() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 1)
    try stage.take(.start)
    try stage.take(
      .tier(TierChange(from: .normal, to: .critical, reason: "full", figures: Self.free(1))))
    try stage.take(.recover(ended: [:], adopted: []))
    #expect(stage.machine.state.tier == .normal)
    #expect(stage.running == ["a"] || stage.running == ["b"])
  }

  /// A machine that stays short of something holds nobody for ever, and nothing at work is ended.
  @Test func aRunThatCannotStartAnythingEndsToBeResumed() throws {
    var stage = Stage(try plan(["a": [], "b": []]), workers: 1)
    try stage.take(.start)
    let change = TierChange(
      from: .normal, to: .critical, reason: "1% of the disk is free", figures: MachineFigures())
    try stage.take(.tier(change))
    try stage.take(.yield)
    #expect(stage.machine.state.status == .running && stage.running == ["a"])
    try stage.succeed("a")
    #expect(stage.running.isEmpty)
    let effects = try stage.take(.yield)
    #expect(effects.last == .runEnded(.interrupted))
    let reason = stage.machine.state.reason ?? ""
    #expect(
      reason.hasPrefix("the machine is in tier critical since ")
        && reason.hasSuffix(": 1% of the disk is free; stopped with 1 of 2 to do"), "\(reason)")
    try stage.take(.recover(ended: [:], adopted: []))
    #expect(stage.running == ["b"], "the next one looks anew")
    try stage.take(.yield)
    #expect(stage.machine.state.status == .running)
  }

  /// An attempt that found no room was none.
  @Test func anAttemptWithoutRoomDoesNotCount() throws {
    var stage = Stage(
      try plan(["a": []], limits: DispatchPlan.Limits(maxAttempts: 1)), workers: 1)
    try stage.take(.start)
    for number in 1...4 {
      try stage.fail("a", number, .osModeFailure, "no worktree is made", isTransient: true)
      #expect(stage.running.isEmpty)
      stage.now = try #require(stage.machine.nextWake)
      try stage.take(.timerFired)
      #expect(stage.running == ["a"])
    }
    try stage.fail("a", 5)
    #expect(stage.state("a") == .quarantined, "its one attempt failed")
  }
}
