import Synchronization
import UETGit
import UETModel
import UETScheduling
import UETWorkers

/// What carries out the attempts of a run: by tool, as its configuration says.
final class Executors: Sendable {
  private let project: Project
  private let made = Mutex<[String: BatchExecutor]>([:])

  init(_ project: Project) { self.project = project }

  /// This machine, unless a batch system is declared under the name.
  func executor(named name: String?) -> any Executor { batch(named: name) ?? LocalExecutor() }

  /// nil for this machine.
  func batch(named name: String?) -> BatchExecutor? {
    guard let name, let settings = project.configuration.executor(named: name) else { return nil }
    return made.withLock { made in
      if let executor = made[name] { return executor }
      let executor = BatchExecutor(name, settings, in: project, settings.system(project))
      made[name] = executor
      return executor
    }
  }

  /// What was begun elsewhere goes on, for whoever drives the run next.
  func leave() {
    for executor in made.withLock({ Array($0.values) }) { executor.leave() }
  }

  /// What is left of a run that has ended, but for attempts that still are under way.
  func sweep(_ facts: RunFacts, _ state: RunState) async {
    let running = state.workstreams.compactMap { record -> String? in
      guard record.state == .running, let last = record.lastAttempt else { return nil }
      return facts.names.lease(record.id, attempt: last.number)
    }
    for executor in made.withLock({ Array($0.values) }) {
      await executor.sweep(under: facts.names.leases, keeping: Set(running))
    }
  }

  /// The same of a run whose process was ended before it could: at all places that it may have
  /// used.
  static func sweepLeft(_ facts: RunFacts, _ state: RunState) async {
    let executors = Executors(facts.project)
    let configuration = facts.configuration
    let names = configuration.attemptExecutors.union(
      configuration.gates.keys.map(configuration.executor(ofGate:)))
    for name in names { _ = executors.batch(named: name) }
    await executors.sweep(facts, state)
    await executors.close()
  }

  /// The same of its gates alone.
  fileprivate func sweepGates(_ facts: RunFacts) async {
    for executor in made.withLock({ Array($0.values) }) {
      await executor.sweep(under: facts.names.gateLease(""))
    }
  }

  func close() async {
    for executor in made.withLock({ Array($0.values) }) { await executor.close() }
  }
}

/// The gates of a run that are to run on other machines.
struct NodeGates: GatesElsewhere {
  private let facts: RunFacts
  private let executors: Executors

  init(_ facts: RunFacts) {
    self.facts = facts
    executors = Executors(facts.project)
  }

  func run(
    _ gate: Gate, on commit: ObjectID, log: String, declaring declared: [String: String],
    isCold: Bool, stop: StopSwitch
  ) async -> GateResult? {
    await executors.batch(named: facts.configuration.executor(ofGate: gate.name))?.run(
      gate, on: commit, log: log, declaring: declared, isCold: isCold, stop: stop, facts)
  }

  func close() async {
    await executors.sweepGates(facts)
    await executors.close()
  }
}
