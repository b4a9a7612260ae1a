import Testing
import UETModel

@testable import UETMergeQueue

/// Gates that declare what they read, in the queue: by hand.
@Suite struct GateInputTests {
  /// `GATE_A` reads what candidates change whose names begin with `a`, `GATE_B` likewise.
  private func stage(
    _ names: [String], _ strategy: QueuePolicy.Strategy = .speculative, slots: Int = 2
  ) throws -> QueueStage {
    var stage = QueueStage(names) { policy in
      policy.strategy = strategy
      policy.slots = slots
      policy.gates = [
        QueueGate(name: "GATE_A", key: "a", readsPart: true),
        QueueGate(name: "GATE_B", key: "b", readsPart: true),
      ]
    }
    try stage.take(
      .enqueue(
        names.enumerated().map { candidate($1, rank: $0) }, start: stage.start, tree: tree(of: []),
        inputs: inputs([])))
    return stage
  }

  private func inputs(_ names: Set<String>) -> GateInputs {
    func cut(_ letter: String) -> ObjectID {
      object("cut \(letter) \(names.filter { $0.hasPrefix(letter) }.sorted())")
    }
    return GateInputs(["GATE_A": cut("a"), "GATE_B": cut("b")])
  }

  /// Makes all merges that are asked for; leaves the gates.
  private func merge(_ stage: inout QueueStage) throws {
    while let place = stage.open.firstIndex(where: {
      if case .test = $0 { false } else { true }
    }) {
      switch stage.open.remove(at: place) {
      case .merge(let order):
        let outcome = stage.merge(order.name)
        try stage.take(.mergeDone(order.name, outcome, inputs: inputs(of: outcome, stage)))
      case .probe(let order):
        var commits: [ObjectID] = []
        var last = MergeOutcome.fault("nothing")
        for one in order.merges {
          last = stage.merge(one.onto(commits.last ?? order.name.onto).name)
          if case .clean(let commit, _) = last { commits.append(commit) }
        }
        try stage.take(
          .probeDone(order.name, last, commits: commits, inputs: inputs(of: last, stage)))
      default: break
      }
    }
  }

  private func inputs(of outcome: MergeOutcome, _ stage: QueueStage) -> GateInputs {
    guard case .clean(let commit, _) = outcome else { return GateInputs() }
    return inputs(stage.contents[commit] ?? [])
  }

  private func tests(_ stage: QueueStage) -> [String] {
    stage.open.compactMap {
      if case .test(let name) = $0 { "\(name.gate) on \(name.workstream)" } else { nil }
    }
  }

  private func answer(_ stage: inout QueueStage, _ test: String, _ outcome: GateOutcome = .passed)
    throws
  {
    for (place, effect) in stage.open.enumerated() {
      guard case .test(let name) = effect, "\(name.gate) on \(name.workstream)" == test else {
        continue
      }
      stage.open.remove(at: place)
      try stage.take(.gateDone(name, outcome, details: JSONObject()))
      return try merge(&stage)
    }
    Issue.record("\(test) does not run: \(tests(stage))")
  }

  @Test func whatNoGateReadsDoesNotWait() throws {
    var stage = try stage(["a1", "a2", "d1", "b1", "d2"])
    try merge(&stage)
    #expect(tests(stage) == ["GATE_A on ws-a1", "GATE_A on ws-a2"])
    try answer(&stage, "GATE_A on ws-a1")
    #expect(tests(stage) == ["GATE_A on ws-a2", "GATE_B on ws-a1"])
    try answer(&stage, "GATE_B on ws-a1")
    // Its inputs are those of the start but for a1, so what comes behind a2 has all it needs.
    #expect(stage.integrated == ["a1", "d1", "d2"])
    // a2's gate goes on, though what it is merged onto is another.
    #expect(tests(stage) == ["GATE_A on ws-a2", "GATE_B on ws-b1"])
    #expect(stage.events.count { $0.type == .gateStarted } == 4)
    try answer(&stage, "GATE_B on ws-b1")
    #expect(stage.integrated == ["a1", "d1", "d2", "b1"])
    try answer(&stage, "GATE_A on ws-a2")
    #expect(stage.integrated == ["a1", "d1", "d2", "b1", "a2"])
    #expect(stage.events.count { $0.type == .gateStarted } == 4)
  }

  /// A red one takes nothing along that its gate does not read, and what shares it is tested anew.
  @Test func aRedOneSpoilsOnlyWhatItsGateReads() throws {
    var stage = try stage(["a1", "a2", "b1"], slots: 3)
    try merge(&stage)
    #expect(tests(stage) == ["GATE_A on ws-a1", "GATE_A on ws-a2", "GATE_B on ws-b1"])
    try answer(&stage, "GATE_B on ws-b1")
    try answer(&stage, "GATE_A on ws-a1", .failed("red"))
    // a2 without a1 is something else to read; the start is asked, since all is red so far.
    #expect(stage.events.last { $0.type == .gateStarted }?.text(.stage) == "target")
    try answer(&stage, "GATE_A on ws-a1")
    #expect(stage.state("a1") == .ejected)
    #expect(stage.reason("a1")?.contains("GATE_A failed") == true)
    while let next = tests(stage).first { try answer(&stage, next) }
    #expect(Set(stage.integrated) == ["a2", "b1"])
    let runs = stage.events.filter { $0.type == .gatePassed || $0.type == .gateFailed }
    #expect(runs.count { $0.text(.gate) == "GATE_B" } == 2, "b1, and the start")
  }

  /// A merge that brings another's inputs along is run; the same inputs again, red or green, are
  /// not.
  @Test func theSameInputsGiveTheSameVerdict() throws {
    var stage = try stage(["a1", "b1"], .serial, slots: 1)
    try merge(&stage)
    while let next = tests(stage).first { try answer(&stage, next) }
    #expect(stage.integrated == ["a1", "b1"])
    let success = try #require(stage.events.last { $0.type == .mergeSucceeded })
    let reused = try #require(success.data["reused"]?.array)
    #expect(reused.map { $0["gate"]?.string } == ["GATE_A"])
    #expect(reused.first?["tested_tree"]?.objectID == tree(of: ["a1"]))
    try stage.take(
      .land(
        target: "refs/heads/main", at: stage.start, tree: tree(of: []), inputs: inputs([])))
    let landing = try #require(stage.events.last { $0.type == .landingStarted })
    let gates = try #require(landing.data[.gates]?.array)
    #expect(
      gates.map { $0["inputs_tree"]?.objectID } == [
        inputs(["a1", "b1"])["GATE_A"], inputs(["a1", "b1"])["GATE_B"],
      ])
    #expect(gates.map { $0["tested_tree"]?.objectID } == [tree(of: ["a1"]), nil])
  }

  /// A process that starts anew knows what was said of the inputs, whatever tree it was.
  @Test func aRestartKnowsTheInputs() throws {
    var stage = try stage(["a1", "d1"], .serial, slots: 1)
    try merge(&stage)
    while let next = tests(stage).first, stage.integrated.isEmpty { try answer(&stage, next) }
    let before = stage.events.count
    let state = stage.machine.state
    let again = try RunState(summary: state.summaryJSON) { state[$0]?.json }
    #expect(again == state)
    stage.machine = QueueMachine(policy: stage.machine.policy, state: again)
    stage.open = []
    try stage.take(.start)
    try stage.take(.timerFired)
    try merge(&stage)
    #expect(stage.integrated == ["a1", "d1"])
    #expect(!stage.events[before...].contains { $0.type == .gateStarted })
  }

  /// Verdicts of a version that knew nothing of inputs count for their trees.
  @Test func verdictsWithoutInputsCountForTheirTrees() throws {
    var stage = try stage(["a1"], .serial, slots: 1)
    var state = stage.machine.state
    let old = ["GATE_A", "GATE_B"].map { gate in
      VerdictRecord(
        tree: tree(of: ["a1"]), gate: gate, key: gate == "GATE_A" ? "a" : "b", passed: true,
        event: 1)
    }
    state.update(ws("a1")) { $0.verdicts = old }
    stage.machine = QueueMachine(policy: stage.machine.policy, state: state)
    stage.open = []
    try stage.take(.start)
    try stage.take(.timerFired)
    try merge(&stage)
    #expect(stage.integrated == ["a1"])
    #expect(!stage.events.contains { $0.type == .gateStarted })
  }

  /// One gate that may read all is enough to make everybody wait.
  @Test func aGateThatReadsAllIsWaitedFor() throws {
    var stage = QueueStage(["a1", "d1"]) { policy in
      policy.strategy = .speculative
      policy.slots = 1
      policy.gates = [
        QueueGate(name: "GATE_A", key: "a", readsPart: true), QueueGate(name: "GATE_ALL", key: "c"),
      ]
    }
    try stage.take(
      .enqueue(
        [candidate("a1"), candidate("d1", rank: 1)], start: stage.start, tree: tree(of: []),
        inputs: inputs([])))
    try merge(&stage)
    while let next = tests(stage).first { try answer(&stage, next) }
    #expect(stage.integrated == ["a1", "d1"])
    #expect(!stage.events.contains { $0.data[.ahead] != nil })
    let runs = stage.events.filter { $0.type == .gateStarted }.compactMap { $0.text(.gate) }
    #expect(runs.sorted() == ["GATE_A", "GATE_ALL", "GATE_ALL"])
  }
}
