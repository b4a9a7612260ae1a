import UETGit
import UETModel
import UETScheduling

/// The results of a wave, put together.
struct WaveCombination: Sendable {
  let commit: ObjectID
  /// Those that did not merge with the ones before them.
  let apart: [WaveGateRecord.Apart]
}

extension BaseBuilder {
  /// Merges what merges, in the given order; of one result it is that result itself.
  nonisolated func combination(
    of members: [AttemptRecord.Input], within seconds: Double
  ) async throws -> WaveCombination {
    var rest = members
    var apart: [WaveGateRecord.Apart] = []
    while true {
      do {
        let commit = try await base(for: rest, within: seconds)
        return WaveCombination(commit: commit, apart: apart)
      } catch let conflict as Conflict {
        apart.append(
          WaveGateRecord.Apart(
            workstream: conflict.workstream, paths: Array(conflict.paths.prefix(10))))
        rest.removeAll { $0.workstream == conflict.workstream }
      }
    }
  }
}

/// Runs a gate on the results of a wave.
struct WaveTester: Sendable {
  let context: Ground
  let bench: TestBench
  let gate: Gate
  let test: WaveTest

  /// Name of the output's file.
  var logName: String { "wave-\(test.wave).\(gate.name).log" }

  func run() async -> (WaveOutcome, JSONObject) {
    do {
      let combination = try await context.bases.combination(
        of: test.members, within: context.configuration.run.baseTimeout)
      return try await run(on: combination)
    } catch let overdue as BaseBuilder.Overdue {
      let limit = seconds(overdue.seconds)
      let message = "putting its results together took more than \(limit) (run.base_timeout)"
      return (WaveOutcome(.fault(message)), [:])
    } catch {
      return (WaveOutcome(.fault("its results cannot be put together: \(error)")), [:])
    }
  }

  private func run(on combination: WaveCombination) async throws -> (WaveOutcome, JSONObject) {
    let tree = try context.repository.treeID(of: combination.commit)
    let key = GateEnvironment(context.project)
      .key(of: gate, on: .commit(combination.commit))
    let inputs = try context.facts.cuts.cut(tree, for: gate, key)
    var run = Told<Fact.GateRun> { ($0.gateKey, $0.inputsTree) = (key, inputs) }
    func outcome(_ verdict: WaveOutcome.Verdict) -> WaveOutcome {
      WaveOutcome(verdict, commit: combination.commit, tree: tree, apart: combination.apart)
    }
    if let known = context.verdicts.green(on: tree, inputs: inputs, key) {
      (run.reused, run.flaky) = (known.event, known.isFlaky ? true : nil)
      run.testedTree = known.origin == tree ? nil : known.origin
      return (outcome(.passed), run.members)
    }
    let log = "\(context.logs.folder)/\(logName)"
    let result = await bench.run(gate, on: combination.commit, log: log)
    run.note(result)
    switch result.verdict {
    case .passed: return (outcome(.passed), run.members)
    case .failed(let reason):
      let words = context.logs.lastWords(log)
      return (outcome(.failed(reason + words)), run.members)
    case .fault(let reason): return (outcome(.fault(reason)), run.members)
    }
  }
}
