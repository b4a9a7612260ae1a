import UETModel
import UETPlanning
import UETScheduling
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
  /// Where attempts at the workstream may be carried out with the tool, and what one takes there of
  /// what all share: of this machine, or a job of what carries it out elsewhere.
  func sites(for workstream: Workstream, tool: String) -> [DispatchPlan.Site] {
    executors(for: tool).map { name in
      var share = share(of: name) ?? resources(for: workstream, tool: tool)
      if countsJobs(of: name) { share[Resources.jobs(of: name)] = 1 }
      return DispatchPlan.Site(name, resources: share)
    }
  }

  /// What a gate takes that runs by itself.
  func share(ofGate name: String) -> Resources {
    let executor = executor(ofGate: name)
    guard var share = share(of: executor) else { return gates[name]?.resources ?? Resources() }
    if most(of: executor) != nil { share[Resources.jobs(of: executor)] = 1 }
    return share
  }

  /// nil where it runs here.
  private func share(of executor: String) -> Resources? {
    self.executor(named: executor) == nil ? nil : Resources()
  }

  /// Whether what an executor carries out at once is counted: where it has a limit, or where
  /// workers come as there is room.
  private func countsJobs(of executor: String) -> Bool {
    run.leastWorkers != nil || most(of: executor) != nil
  }

  /// How many jobs an executor takes at once, as the settings say.
  func most(of executor: String) -> Int? {
    executor == Self.localExecutor ? localJobs : self.executor(named: executor)?.jobs
  }

  /// The executors that attempts with these tools may be carried out by.
  var attemptExecutors: Set<String> {
    Set(tools.keys.flatMap(executors(for:)) + run.executors)
  }

  /// How many jobs each executor takes at once, before anything is known of the room there.
  fileprivate func jobs(cores: Double) -> Resources {
    var jobs = Resources()
    for name in attemptExecutors.union(gates.keys.map(executor(ofGate:))) {
      let usual = name == Self.localExecutor ? max(4, Int(cores)) : run.leastWorkers
      let counts = run.leastWorkers != nil && attemptExecutors.contains(name)
      jobs[Resources.jobs(of: name)] = most(of: name) ?? (counts ? usual : nil)
    }
    return jobs
  }
}

extension Project {
  /// What attempts may use together: as `run.resources` says, else what the machine has.
  func machineResources() -> Resources {
    let room = MachineRoom.now()
    var resources = Resources([Resources.cpu: Int(room.cores * 1000)])
    resources[Resources.memory] = room.memory
    resources[Resources.disk] = MachineRoom.freeDisk(at: worktreeRoot)
    return resources.overridden(by: configuration.run.resources)
      .overridden(by: configuration.jobs(cores: room.cores))
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
        configuration.tools(for: workstream).map { tool in
          // It goes elsewhere where it is too large for one of them.
          let sites = configuration.sites(for: workstream, tool: tool)
          return ("workstream '\(workstream.id)'", sites.last?.resources ?? Resources())
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
