import UETModel
import UETPlanning
import UETScheduling

/// The waves of a plan that have gates of their own, for all who need them: the dispatcher, those
/// who run the gates, and those who hold work back.
struct WavePlan: Sendable {
  struct Wave: Sendable {
    /// From 1, as the plan shows it.
    let number: Int
    /// Sorted by id.
    let members: [WorkstreamID]
    let gates: [Gate]
    /// Names of those for whose verdict what follows waits.
    let blocking: Set<String>
  }

  let waves: [Wave]
}

extension WavePlan {
  /// Made from the plan with as many workers as the run was started with: with others the waves are
  /// others.
  init(_ plan: Plan, _ configuration: Configuration) {
    waves = plan.waves.enumerated().compactMap { index, members in
      Wave(
        number: index + 1, members.map { plan.workstreams[$0] }.sorted { $0.id < $1.id },
        configuration)
    }
  }

  /// The wave that is meant by its number or by one of its workstreams.
  func wave(named name: String) -> Wave? {
    waves.first { wave in
      String(wave.number) == name || wave.members.contains { $0.rawValue == name }
    }
  }

  func gate(of test: WaveTest) -> Gate? {
    let ids = Set(test.members.map(\.workstream))
    let wave = waves.first { !ids.isDisjoint(with: $0.members) }
    return wave?.gates.first { $0.name == test.gate }
  }
}

extension WavePlan.Wave {
  /// nil where none of them asks for such a gate that has a command.
  init?(number: Int, _ workstreams: [Workstream], _ configuration: Configuration) {
    let requests = workstreams.flatMap(\.gates).filter { request in
      request.waveBoundary || configuration.gates[request.name]?.waveBoundary == true
    }
    var gates: [String: Gate] = [:]
    for request in requests {
      guard let gate = Gate(request, configuration: configuration) else { continue }
      // One who asks for it as required is enough.
      if gates[gate.name]?.required != true { gates[gate.name] = gate }
    }
    if gates.isEmpty { return nil }
    self.number = number
    members = workstreams.map(\.id)
    self.gates = gates.values.sorted { $0.name < $1.name }
    blocking = Set(requests.filter { $0.blocking && $0.required }.map(\.name))
  }
}

extension DispatchPlan {
  /// With what the dispatcher needs of the waves.
  func with(_ plan: WavePlan) -> DispatchPlan {
    let places = Dictionary(
      items.enumerated().map { ($1.id, $0) }, uniquingKeysWith: { first, _ in first })
    var copy = self
    copy.waves = plan.waves.map { wave in
      Wave(
        number: wave.number, members: wave.members.compactMap { places[$0] },
        gates: wave.gates.map {
          WaveGate(name: $0.name, isRequired: $0.required, resources: $0.resources)
        })
    }
    return copy
  }
}
