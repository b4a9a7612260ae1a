import Testing
import UETModel

@testable import UETMergeQueue

/// What tests beside the line have shown outlives the process that ran them.
@Suite struct ProbeRecallTests {
  /// Twenty candidates, some red, with several tests at once; killed after every so many verdicts,
  /// 0 for never.
  private func live(killedEvery period: Int) throws -> (stage: QueueStage, kills: Int) {
    let names = (10...29).map(String.init)
    var stage = QueueStage(names) { policy in
      (policy.strategy, policy.slots) = (.adaptive, 4)
    }
    stage.world.red = [["11"], ["15"], ["16", "12"], ["22"]]
    try stage.enqueue(names.map { candidate($0) })
    var kills = 0
    while stage.machine.outcome == nil, stage.gateRuns < 500 {
      let before = stage.gateRuns
      try stage.answer()
      guard period > 0, stage.gateRuns > before, stage.gateRuns % period == 0,
        stage.machine.outcome == nil
      else { continue }
      kills += 1
      stage.open = []
      stage.machine = QueueMachine(policy: stage.machine.policy, state: stage.machine.state)
      try stage.take(.start)
    }
    return (stage, kills)
  }

  /// At most what was under test at the kill runs once more.
  @Test(arguments: [2, 3, 5, 8])
  func aKillCostsWhatWasUnderTest(period: Int) throws {
    let calm = try live(killedEvery: 0).stage
    let (killed, kills) = try live(killedEvery: period)
    #expect(kills > 0 && killed.integrated == calm.integrated, "\(killed.integrated)")
    #expect(
      killed.gateRuns <= calm.gateRuns + 4 * kills,
      "\(killed.gateRuns) gates, \(calm.gateRuns) undisturbed, \(kills) kills")
  }

  @Test func aRestartKnowsWhatWasKnown() throws {
    let names = ["a", "b", "c", "d", "e", "f", "g", "h"]
    var stage = QueueStage(names) { policy in
      (policy.strategy, policy.slots) = (.adaptive, 4)
    }
    stage.world.red = [["c"]]
    try stage.enqueue(names.map { candidate($0) })
    while stage.machine.outcome == nil {
      try stage.answer()
      let again = QueueMachine(policy: stage.machine.policy, state: stage.machine.state)
      let (known, recalled) = (stage.machine.evidence, again.evidence)
      #expect(known.cleared.isSubset(of: recalled.cleared))
      for group in known.red { #expect(recalled.red.contains { Set($0).isSubset(of: group) }) }
    }
    #expect(stage.state("c") == .ejected && stage.integrated.count == 7)
    #expect(stage.machine.state.integration.probes.isEmpty, "nothing is kept of what is decided")
  }
}
