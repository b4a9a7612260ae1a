import Testing
import UETModel

@testable import UETMergeQueue

@Suite struct SerialQueueTests {
  @Test func integratesOneAfterTheOther() throws {
    var stage = QueueStage(["a", "b"])
    try stage.enqueue([candidate("a"), candidate("b")])
    #expect(stage.open.count == 1)
    #expect(stage.why("b") == "1 are taken before it")
    try stage.answer()
    #expect(stage.why("a") == "in line at 1, GATE_UNIT runs")
    try stage.run()
    #expect(stage.integrated == ["a", "b"])
    #expect(stage.branch == stage.machine.tip)
    #expect(stage.gateRuns == 2)
  }

  /// Dependencies first, then critical path, priority, fewest dependencies, age, name.
  @Test func ordersAsStated() throws {
    var stage = QueueStage(["a", "b", "c", "d", "e", "f"])
    var urgent = candidate("e", rank: 2)
    urgent.priority = -1
    try stage.enqueue([
      candidate("f", rank: 2), candidate("d", rank: 2), urgent,
      candidate("c", after: ["b"], rank: 0), candidate("b", rank: 3), candidate("a", rank: 1),
    ])
    try stage.run()
    #expect(stage.integrated == ["a", "e", "f", "d", "b", "c"])
  }

  /// It is never merged, and who contains it inherits what it was made on.
  @Test func whatChangesNothingTakesNoPlace() throws {
    for isRed in [false, true] {
      var stage = QueueStage(["a", "n", "z"])
      if isRed { stage.world.red = [["a"]] }
      var empty = candidate("n", after: ["a"])
      empty.isEmpty = true
      try stage.enqueue([candidate("a"), empty, candidate("z", after: ["n"])])
      try stage.run()
      #expect(stage.integrated == (isRed ? [] : ["a", "z"]))
      #expect(stage.state("n") == .landed && stage.machine.state[ws("n")]?.hasNothing == true)
      if isRed { #expect(stage.why("z")?.hasPrefix("contains 'ws-a' at") == true) }
    }
  }

  @Test func aConflictSetsAsideAndGoesOn() throws {
    var stage = QueueStage(["a", "b", "c"])
    stage.world.conflicts = [["a", "b"]]
    try stage.enqueue([candidate("a"), candidate("b"), candidate("c")])
    try stage.run()
    #expect(stage.integrated == ["a", "c"])
    #expect(stage.state("b") == .ejected)
    #expect(stage.reason("b") == "conflicts in 'a.txt' with 'ws-a'")
    #expect(stage.machine.outcome?.ejected.map(\.id) == [ws("b")])
  }

  @Test func aRedGateSetsAside() throws {
    var stage = QueueStage(["a", "b", "c"])
    stage.world.red = [["a", "c"]]
    try stage.enqueue([candidate("a"), candidate("b"), candidate("c")])
    try stage.run()
    #expect(stage.integrated == ["a", "b"])
    #expect(stage.reason("c") == "GATE_UNIT failed on top of 'ws-b' and 1 before it: a+c is red")
    #expect(stage.machine.state[ws("c")]?.candidate?.ejection?.tree == tree(of: ["a", "b", "c"]))
  }

  @Test func anEjectedOneNeverComesInThroughAnother() throws {
    var stage = QueueStage(["a", "b", "c"])
    stage.world.red = [["a"]]
    try stage.enqueue([candidate("a"), candidate("b", after: ["a"]), candidate("c")])
    try stage.run()
    #expect(stage.integrated == ["c"])
    #expect(stage.state("b") == .queued)
    let held = try #require(stage.reason("b"))
    #expect(held.hasPrefix("contains 'ws-a' at \(object("a").short), which is EJECTED: GATE_UNIT"))
    #expect(stage.machine.outcome?.held.map(\.reason) == [held])
  }

  @Test func aReplacedInputHolds() throws {
    var stage = QueueStage(["a", "b"])
    var other = candidate("b")
    other.inputs = [AttemptRecord.Input(workstream: ws("a"), commit: object("older"))]
    try stage.enqueue([candidate("a"), other])
    try stage.run()
    #expect(stage.integrated == ["a"])
    #expect(stage.why("b")?.hasSuffix("but that is at \(object("a").short) now") == true)
  }

  @Test func aSecondGateRunsAfterTheFirstAndAnOptionalOneDoesNotEject() throws {
    var stage = QueueStage(["a"]) { policy in
      policy.gates.append(QueueGate(name: "GATE_STYLE", key: "style", isRequired: false))
    }
    try stage.enqueue([candidate("a")])
    try stage.answer()
    try stage.answer()
    guard case .test(let name) = stage.open.first else { return #expect(Bool(false)) }
    #expect(name.gate == "GATE_STYLE")
    try stage.take(.gateDone(name, .failed("long lines"), details: JSONObject()))
    #expect(stage.integrated == ["a"])
    #expect(stage.machine.state[ws("a")]?.gates.map(\.result) == [.passed, .failed])
  }

  @Test func knownVerdictsAreUsed() throws {
    let known = [
      VerdictRecord(tree: tree(of: ["a"]), gate: "GATE_UNIT", key: "unit", passed: true),
      VerdictRecord(tree: tree(of: ["a", "b"]), gate: "GATE_UNIT", key: "unit", passed: false),
      VerdictRecord(tree: tree(of: ["a", "c"]), gate: "GATE_UNIT", key: "other", passed: false),
    ]
    var stage = QueueStage(["a", "b", "c"])
    stage.machine = QueueMachine(
      policy: stage.machine.policy, state: stage.machine.state, known: known)
    try stage.enqueue([candidate("a"), candidate("b"), candidate("c")])
    try stage.run()
    #expect(stage.integrated == ["a", "c"])
    #expect(stage.gateRuns == 1)
    #expect(stage.reason("b") == "GATE_UNIT failed on top of 'ws-a': this very tree was red before")
  }
}

@Suite struct QueueFaultTests {
  @Test func faultsAreTriedAgainAndNeverBlamed() throws {
    var stage = QueueStage(["a"])
    stage.world.faults = ["a": 3]
    try stage.enqueue([candidate("a")])
    try stage.run()
    #expect(stage.integrated == ["a"])
    #expect(stage.machine.state.integration.faults == 0)
  }

  @Test func tooManyFaultsStopTheQueue() throws {
    var stage = QueueStage(["a"])
    stage.world.faults = ["a": 9]
    try stage.enqueue([candidate("a")])
    try stage.run()
    #expect(stage.state("a") == .queued)
    #expect(stage.machine.outcome?.pause?.intent == .fault)
    stage.world.faults = [:]
    try stage.take(.start)
    try stage.run()
    #expect(stage.integrated == ["a"])
  }

  @Test func nothingIsTriedAgainUnchanged() throws {
    var stage = QueueStage(["a", "b"])
    stage.world.red = [["a"]]
    try stage.enqueue([candidate("a")])
    try stage.run()
    #expect(throws: QueueError.nothingChanged(ws("a"), reason: stage.reason("a"))) {
      try stage.machine.decide(.requeue(ws("a"), reason: "again", force: false), at: stage.now)
    }
    let count = stage.events.count
    try stage.enqueue([candidate("a")])
    #expect(stage.events.count == count)
    stage.world.red = []
    try stage.enqueue([candidate("b")])
    try stage.run()
    try stage.take(.requeue(ws("a"), reason: "b may help", force: false))
    try stage.run()
    #expect(stage.integrated == ["b", "a"])
  }

  @Test func pauseDrainAndDequeue() throws {
    var stage = QueueStage(["a", "b", "c"])
    try stage.enqueue([candidate("a"), candidate("b"), candidate("c")])
    try stage.take(.pause(reason: "release"))
    try stage.run()
    #expect(stage.integrated == [])
    #expect(stage.why("b") == "the queue is paused: release")
    try stage.take(.start)
    #expect(stage.machine.outcome?.pause?.intent == .person)
    try stage.take(.dequeue(ws("b"), reason: "not yet"))
    try stage.take(.resume)
    try stage.take(.drain)
    try stage.run()
    #expect(stage.integrated == ["a"] || stage.integrated == [])
    try stage.take(.start)
    try stage.run()
    #expect(stage.integrated == ["a", "c"])
    #expect(stage.state("b") == .succeeded)
  }

  @Test func stopNowEndsGates() throws {
    var stage = QueueStage(["a"])
    try stage.enqueue([candidate("a")])
    try stage.answer()
    #expect(stage.open.count == 1)
    try stage.take(.stopNow)
    #expect(stage.open.isEmpty)
    #expect(stage.machine.outcome?.pause?.intent == .stop)
    try stage.take(.start)
    try stage.run()
    #expect(stage.integrated == ["a"])
  }

  @Test func afterACrashNoFinishedGateRunsAgain() throws {
    var stage = QueueStage(["a", "b"]) { policy in
      policy.gates.append(QueueGate(name: "GATE_LINT", key: "lint"))
    }
    try stage.enqueue([candidate("a"), candidate("b")])
    try stage.answer()
    try stage.answer()
    #expect(stage.gateRuns == 1)
    stage.open = []
    stage.machine = QueueMachine(policy: stage.machine.policy, state: stage.machine.state)
    try stage.take(.start)
    try stage.run()
    #expect(stage.integrated == ["a", "b"])
    #expect(stage.gateRuns == 4)
  }
}

@Suite struct LandingTests {
  @Test func landsTheTestedCommit() throws {
    var stage = QueueStage(["a", "b"])
    try stage.enqueue([candidate("a"), candidate("b")])
    #expect(throws: QueueError.nothingToLand) {
      try stage.machine.decide(.land(target: "refs/heads/main", at: stage.start), at: stage.now)
    }
    try stage.run()
    let tip = try #require(stage.machine.tip)
    try stage.take(.land(target: "refs/heads/main", at: stage.start))
    #expect(stage.open == [.land(target: "refs/heads/main", old: stage.start, new: tip)])
    try stage.run()
    #expect(stage.state("a") == .landed)
    #expect(stage.machine.state.integration.landedCommit == tip)
    #expect(stage.machine.state.integration.chain == [])
  }

  @Test func aTargetThatMovedIsBuiltOnAndTestedAgain() throws {
    var stage = QueueStage(["a", "b"])
    try stage.enqueue([candidate("a"), candidate("b")])
    try stage.run()
    let moved = object("moved")
    stage.contents[moved] = ["other"]
    stage.world.red = [["other", "b"]]
    try stage.take(.land(target: "refs/heads/main", at: moved))
    try stage.run()
    #expect(stage.integrated == ["a"])
    #expect(stage.state("b") == .ejected)
    try stage.take(.land(target: "refs/heads/main", at: moved))
    try stage.answer()
    #expect(stage.state("a") == .landed)
  }

  @Test func aTargetThatKeepsMovingIsGivenUp() throws {
    var stage = QueueStage(["a"])
    try stage.enqueue([candidate("a")])
    for number in 0...4 {
      try stage.run()
      let moved = object("moved \(number)")
      stage.contents[moved] = []
      if stage.machine.state.integration.pause != nil { break }
      try stage.take(.land(target: "refs/heads/main", at: moved))
    }
    #expect(stage.machine.outcome?.pause?.reason?.hasPrefix("the target moved 4 times") == true)
  }

  @Test func aLandingThatACrashHidIsRecognised() throws {
    var stage = QueueStage(["a"])
    try stage.enqueue([candidate("a")])
    try stage.run()
    let tip = try #require(stage.machine.tip)
    try stage.take(.land(target: "refs/heads/main", at: stage.start))
    stage.machine = QueueMachine(policy: stage.machine.policy, state: stage.machine.state)
    try stage.take(.landingDone(object("another"), .landed))
    #expect(stage.state("a") == .integrated)
    try stage.take(.landingDone(tip, .moved(to: tip)))
    #expect(stage.state("a") == .landed)
  }
}
