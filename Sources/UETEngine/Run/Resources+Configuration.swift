import UETModel
import UETPlanning
import UETSystem

extension Configuration {
  /// What an attempt at the workstream with the tool needs at once: what its bundle asks for, for
  /// other names what the tool's entry does, and no less than each gate that runs in the attempt,
  /// as they follow each other.
  func resources(for workstream: Workstream, tool: String) -> Resources {
    let own = (tools[tool]?.resources ?? Resources()).overridden(by: workstream.resources)
    return workstream.gates.reduce(own) { sum, request in
      guard let gate = gates[request.name], !gate.waveBoundary, !request.waveBoundary else {
        return sum
      }
      return sum.covering(gate.resources)
    }
  }
}

extension Configuration {
  /// What an attempt takes of what all attempts share: of this machine, or one job of what carries
  /// it out elsewhere.
  func share(for workstream: Workstream, tool: String) -> Resources {
    share(of: executor(for: tool)) ?? resources(for: workstream, tool: tool)
  }

  /// The same for a gate that runs by itself.
  func share(ofGate name: String) -> Resources {
    share(of: executor(ofGate: name)) ?? gates[name]?.resources ?? Resources()
  }

  /// nil where it runs here.
  private func share(of executor: String) -> Resources? {
    guard let settings = self.executor(named: executor) else { return nil }
    return settings.jobs == nil ? Resources() : Resources([Self.jobs(of: executor): 1])
  }

  /// How many jobs each executor that is asked for takes at once.
  fileprivate var jobs: Resources {
    var jobs = Resources()
    for name in Set(tools.keys.map(executor(for:)) + gates.keys.map(executor(ofGate:))) {
      if let most = executor(named: name)?.jobs { jobs[Self.jobs(of: name)] = most }
    }
    return jobs
  }

  private static func jobs(of executor: String) -> String { "jobs of \(executor)" }
}

extension Project {
  /// What attempts may use together: as `run.resources` says, else what the machine has.
  func machineResources() -> Resources {
    let room = MachineRoom.now()
    var resources = Resources([Resources.cpu: Int(room.cores * 1000)])
    resources[Resources.memory] = room.memory
    resources[Resources.disk] = MachineRoom.freeDisk(at: worktreeRoot)
    return resources.overridden(by: configuration.run.resources).overridden(by: configuration.jobs)
  }
}

/// Workstreams and gates that ask for more of something than there is.
struct ResourceExcess: Refusing {
  private struct Excess {
    let asker: String
    let name: String
    let amount: Int
    /// nil where nobody has said that there is any.
    let most: Int?
    let isConfigured: Bool
  }

  private let first: Excess
  private let others: Int

  /// nil where each could run, if alone.
  init?(_ workstreams: [Workstream], gates names: [String] = [], _ project: Project) {
    let configuration = project.configuration
    let gates = Set(workstreams.flatMap(\.gates).map(\.name) + names).sorted()
    let asks =
      workstreams.flatMap { workstream in
        configuration.tools(for: workstream).map {
          ("workstream '\(workstream.id)'", configuration.share(for: workstream, tool: $0))
        }
      }
      + gates.compactMap { name in
        configuration.gates[name].map { ("gate '\(name.terminalSafe)'", $0.resources) }
      }
    if asks.allSatisfy(\.1.isEmpty) { return nil }
    let most = project.machineResources()
    var found: [Excess] = []
    for (asker, ask) in asks {
      for name in ask.names {
        guard let amount = ask[name], amount > most[name] ?? 0 else { continue }
        found.append(
          Excess(
            asker: asker, name: name, amount: amount, most: most[name],
            isConfigured: configuration.run.resources[name] != nil))
      }
    }
    guard let first = found.first else { return nil }
    self.first = first
    others = Set(found.map(\.asker)).count - 1
  }

  var refusal: Refusal {
    let more = others > 0 ? " (and \(others) more ask for too much)" : ""
    let asked = "\(first.asker) needs \(Resources.text(first.amount, of: first.name))"
    guard let most = first.most else {
      return Refusal(
        .usage, "\(asked), of which nobody has said that there is any\(more)",
        hint: "say how many there are in .uet/config.yaml, as: run: {resources: {\(first.name): 1}}"
      )
    }
    let has = first.isConfigured ? "'run.resources' has" : "this machine has"
    return Refusal(
      .usage, "\(asked), and \(has) \(Resources.text(most, of: first.name))\(more)",
      hint: "ask for less, or say what there is: git config uet.run.resources "
        + "\(first.name)=\(Self.typed(first.amount, first.name))")
  }

  private static func typed(_ amount: Int, _ name: String) -> String {
    switch name {
    case Resources.cpu: "\((amount + 999) / 1000)"
    case Resources.memory, Resources.disk: "\((amount + 999_999) / 1_000_000)MB"
    default: "\(amount)"
    }
  }
}
