import UETMergeQueue
import UETModel
import UETPlanning

extension QueuePolicy {
  /// What the configuration recorded at a run's start says of its integration.
  ///
  /// Gates of wave boundaries are none of the queue's: they ran when their wave had ended.
  init(_ project: Project, _ plan: Plan) {
    self.init()
    let configuration = project.configuration
    let environment = GateEnvironment(project)
    gates = configuration.integration.gates.compactMap {
      Gate(named: $0, configuration: configuration)
    }.map { QueueGate($0, environment.key(of: $0, on: .merges), configuration) }
    for workstream in plan.workstreams {
      let own = Gate.ofAttempt(workstream, configuration)
      if own.isEmpty { continue }
      ownGates[workstream.id] = own.map { gate in
        let key = environment.key(
          of: gate, on: .merges, declaring: workstream.environment)
        var own = QueueGate(gate, key, configuration)
        // It is known by the gate's name what it reads, and here it may be in another environment.
        if own.learns, !gates.contains(own) { own.readsPart = false }
        return own
      }
    }
    if configuration.integration.assumeDisjoint { assumeDisjoint(plan) }
    window = configuration.integration.window
    maxFaults = 2
    repair = configuration.integration.repairOrder
    slots = max(1, configuration.integration.slots)
    strategy =
      switch configuration.integration.strategy {
      case .serial: .serial
      case .speculative: .speculative
      case .batch: .batch
      // Without gates there is nothing to win by guessing ahead.
      case .auto: gates.isEmpty ? .serial : .auto
      }
  }
}

extension RecordedPlan {
  /// The queue of a run, as it stands.
  func queue(_ state: RunState) -> QueueMachine {
    QueueMachine(policy: QueuePolicy(project, plan), state: state)
  }
}

extension QueuePolicy {
  /// Those of the queue's gates that declare what they read.
  static func reading(_ configuration: Configuration, _ workstreams: some Sequence<Workstream>)
    -> [Gate]
  {
    var gates: [String: Gate] = [:]
    for name in configuration.integration.gates {
      gates[name] = Gate(named: name, configuration: configuration)
    }
    for gate in workstreams.flatMap({ Gate.ofAttempt($0, configuration) })
    where gate.inputs != nil {
      gates[gate.name] = gates[gate.name] ?? gate
    }
    return gates.values.filter(\.readsPart).sorted { $0.name < $1.name }
  }
}

extension QueueGate {
  /// One with `retries` was asked as often as it says before it is red.
  fileprivate init(_ gate: Gate, _ key: String, _ configuration: Configuration) {
    self.init(
      name: gate.name, key: key, isRequired: gate.required,
      isAskedTwice: configuration.integration.confirm && gate.retries == 0,
      readsPart: gate.readsPart, learns: gate.learns)
  }
}

extension QueuePolicy {
  /// Declared scopes, reads included; each attempt was checked to keep to its own.
  private mutating func assumeDisjoint(_ plan: Plan) {
    assumesDisjoint = true
    scoped = Set(plan.workstreams.map(\.id))
    for index in plan.workstreams.indices {
      let id = plan.workstreams[index].id
      let others = plan.conflictGraph.conflicts(with: index).map { plan.workstreams[$0].id }
      if !others.isEmpty { overlaps[id] = Set(others) }
    }
    for pair in plan.conflictGraph.readWrites {
      let (reader, writer) = (plan.workstreams[pair.reader].id, plan.workstreams[pair.writer].id)
      overlaps[reader, default: []].insert(writer)
      overlaps[writer, default: []].insert(reader)
    }
    // Not all of them are known then.
    if plan.conflictGraph.isCoarse || plan.conflictGraph.readWritesOmitted { scoped = [] }
  }
}

extension QueuePolicy {
  /// With the keys under which the gates' verdicts were recorded last, for looking at a queue that
  /// another process works on in an environment of its own.
  mutating func adoptKeys(_ events: [Event], _ verdicts: [VerdictRecord]) {
    var keys: [String: String] = [:]
    for verdict in verdicts.sorted(by: { ($0.event ?? 0) < ($1.event ?? 0) }) {
      keys[verdict.gate] = verdict.key
    }
    for event in events {
      guard case .gateStarted(let fact) = event.fact, !fact.has(\.wave), let gate = fact.gate,
        let key = fact.gateKey
      else { continue }
      keys[gate] = key
    }
    for index in gates.indices { gates[index].key = keys[gates[index].name] ?? gates[index].key }
  }
}

extension Candidate {
  /// Every finished workstream of a run as a candidate, and every one whose conflict was resolved,
  /// with the places the plan gives; what a person took out of the queue is left out. `tree` gives
  /// a commit's tree.
  static func finished(
    in state: RunState, _ plan: Plan, tree: (ObjectID) -> ObjectID? = { _ in nil }
  ) -> [Candidate] {
    var rank: [Int: Int] = [:]
    for (position, index) in plan.order.enumerated() { rank[index] = position }
    return state.workstreams.enumerated().compactMap { place, record in
      let isRepaired = record.state == .ejected && record.personsResolution != nil
      guard record.state == .succeeded || isRepaired, !record.isWithdrawn else { return nil }
      let index = plan.index(of: record.id)
      var candidate = Candidate(record, rank: index.map { rank[$0] ?? $0 } ?? place, tree: tree)
      if let index {
        candidate?.priority = plan.workstreams[index].priority == .foreground ? 0 : 1
        candidate?.dependencyCount = plan.dependencies.before[index].count
      }
      return candidate
    }
  }

  /// nil where there is no result.
  init?(_ record: WorkstreamRecord, rank: Int, tree: (ObjectID) -> ObjectID?) {
    guard let tip = record.tip else { return nil }
    let attempt = record.attempts.last { $0.outcome == .succeeded }
    let repair = record.state == .ejected ? record.personsResolution : nil
    self.init(
      id: record.id, tip: repair ?? tip,
      base: repair == nil ? attempt?.base : record.conflict?.onto,
      repairs: repair == nil ? nil : tip, inputs: attempt?.inputs ?? record.inputs,
      criticalPathRank: rank, dependencyCount: record.dependsOn.count)
    self.tree = tree(self.tip)
    if repair == nil, let base, let before = tree(base) { isEmpty = before == self.tree }
  }
}

extension WorkstreamRecord {
  /// What a person made of its conflict. What a tool made is a merge for one place in the line
  /// alone.
  fileprivate var personsResolution: ObjectID? {
    conflict?.state == .human && conflict?.isOfBase == false ? conflict?.resolution : nil
  }
}
