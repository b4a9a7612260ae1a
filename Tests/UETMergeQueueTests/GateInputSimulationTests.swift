import Testing
import UETModel
import UETTestSupport

@testable import UETMergeQueue

/// The rules of every queue, where gates declare what they read.
@Suite struct GateInputSimulationTests {
  /// All rules hold as for gates that read all: what is integrated and lands is green for every
  /// gate, and no gate runs twice on what it reads.
  @Test func everyQueueWithInputsKeepsTheRulesAndRests() {
    let failure = Seeds(short: 1000, long: 100_000).firstFailure(
      filter: "everyQueueWithInputsKeepsTheRulesAndRests"
    ) { seed in
      var world = QueueWorld(seed: seed)
      world.declareInputs()
      world.crashRate = seed % 2 == 0 ? 30 : 0
      world.faultRate = seed % 3 == 0 ? 12 : 0
      world.flakeRate = seed % 5 == 0 ? 10 : 0
      world.trouble.isRandom = world.faultRate > 0
      try world.live(upTo: 100)
      try world.rest()
      try world.checkRest()
    }
    #expect(failure == nil, "\(failure ?? "")")
  }

  /// The same where it is only learned what gates read, as they run.
  @Test func everyQueueThatLearnsInputsKeepsTheRulesAndRests() {
    var learned = 0
    let failure = Seeds(short: 1000, long: 100_000).firstFailure(
      filter: "everyQueueThatLearnsInputsKeepsTheRulesAndRests"
    ) { seed in
      var world = QueueWorld(seed: seed)
      world.declareInputs(learning: true)
      world.crashRate = seed % 2 == 0 ? 30 : 0
      world.faultRate = seed % 3 == 0 ? 12 : 0
      world.flakeRate = seed % 5 == 0 ? 10 : 0
      world.trouble.isRandom = world.faultRate > 0
      try world.live(upTo: 100)
      try world.rest()
      try world.checkRest()
      learned += world.learned.count
    }
    #expect(failure == nil, "\(failure ?? "")")
    #expect(learned > 0)
  }

  /// What a gate dies on is set aside alone.
  @Test func whatAFaultWithInputsFollowsIsSetAsideAlone() {
    let failure = Seeds(short: 700, long: 100_000).firstFailure(
      filter: "whatAFaultWithInputsFollowsIsSetAsideAlone"
    ) { seed in
      var world = QueueWorld(seed: seed, candidates: 2...9)
      // What no gate of all reads comes in, and would be deadly to one that reads all.
      world.policy.ownGates = [:]
      world.declareInputs()
      world.crashRate = seed % 3 == 0 ? 40 : 0
      world.makeDeadly()
      try world.live(upTo: 100)
      try world.rest()
      try world.checkRest()
      try Violation.unless(
        world.machine.outcome?.pause == nil, "\(String(describing: world.machine.outcome?.pause))")
    }
    #expect(failure == nil, "\(failure ?? "")")
  }

  /// A target that is red itself is told, and nobody goes for it.
  @Test func aRedTargetWithInputsEjectsNobody() {
    let failure = Seeds(short: 400, long: 50_000).firstFailure(
      filter: "aRedTargetWithInputsEjectsNobody"
    ) { seed in
      var world = QueueWorld(seed: seed)
      world.declareInputs()
      try world.checkRedTarget()
    }
    #expect(failure == nil, "\(failure ?? "")")
  }

  /// While a machine is broken for all nobody is set aside for that.
  @Test func aBrokenMachineWithInputsIsNobodysFault() {
    let failure = Seeds(short: 200, long: 50_000).firstFailure(
      filter: "aBrokenMachineWithInputsIsNobodysFault"
    ) { seed in
      var world = QueueWorld(seed: seed)
      world.declareInputs()
      try world.checkBrokenMachine(after: Int(seed % 60))
    }
    #expect(failure == nil, "\(failure ?? "")")
  }

  /// Where all is green, no gate is begun twice on what it reads, whoever goes ahead of whom.
  @Test func noGateWithInputsIsBegunTwice() {
    var starts = 0
    let failure = Seeds(short: 700, long: 50_000).firstFailure(
      filter: "noGateWithInputsIsBegunTwice"
    ) { seed in
      var world = QueueWorld(seed: seed)
      (world.red, world.conflicts, world.policy.ownGates) = ([:], [], [:])
      world.policy.assumesDisjoint = false
      // A probe that is of no more use may ask what is asked again in line.
      world.policy.strategy = [.serial, .speculative, .batch][Int(seed % 3)]
      world.declareInputs()
      try world.work()
      try world.checkRest()
      let begun = world.durable.filter { $0.type == .gateStarted }.compactMap { event in
        event.commit(.inputsTree).map { "\($0) \(event.text(.gateKey) ?? "")" }
      }
      starts += begun.count
      try Violation.unless(begun.count == Set(begun).count, "begun twice: \(begun)")
    }
    #expect(failure == nil, "\(failure ?? "")")
    #expect(starts > 0)
  }

  /// Who goes ahead changes when, not what: the same candidates are integrated as one at a time,
  /// and those that a gate reads in the same order.
  @Test func theResultWithInputsIsThatOfOneAtATime() {
    var overtakings = 0
    let failure = Seeds(short: 700, long: 50_000).firstFailure(
      filter: "theResultWithInputsIsThatOfOneAtATime"
    ) { seed in
      var world = QueueWorld(seed: seed)
      world.dropPatience()
      world.policy.assumesDisjoint = false
      world.conflicts = []
      world.declareInputs()
      let expected = world.oracle()
      world.crashRate = seed % 2 == 0 ? 15 : 0
      let start = world.target
      while world.machine.state.sequence == 0 {
        try world.take(
          .enqueue(
            world.candidates, start: start, tree: world.knownTree, inputs: world.knownInputs))
      }
      var steps = 0
      while world.machine.outcome == nil {
        steps += 1
        try Violation.unless(steps < 2000, "does not come to rest")
        if steps > 500 { world.crashRate = 0 }
        try world.answer()
      }
      overtakings += world.durable.count { $0.data[.ahead]?.bool == true }
      let chain = world.machine.state.integration.chain
      try Violation.unless(
        Set(chain) == Set(expected), "\(chain), one at a time \(expected)")
      for gate in world.policy.gates where gate.isRequired {
        func read(_ ids: [WorkstreamID]) -> [WorkstreamID] {
          ids.filter { id in
            guard let tip = world.machine.state[id]?.candidate?.tip else { return false }
            return !gate.readsPart || world.reads(gate.name, tip)
          }
        }
        try Violation.unless(
          read(chain) == read(expected), "\(gate.name): \(chain), one at a time \(expected)")
      }
    }
    #expect(failure == nil, "\(failure ?? "")")
    #expect(overtakings > 0)
  }
}
