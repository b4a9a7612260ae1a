import Synchronization
import UETGit
import UETModel
import UETScheduling
import UETWorkers

/// What carries attempts out.
protocol Executor: Sendable {
  /// Carries one out to its end, whatever comes between; a cancelled task ends it early, and what
  /// it left is kept.
  func run(_ attempt: AttemptRunner) async -> (AttemptOutcome, JSONObject)

  /// Goes on with one that a process before this one began, from `base`.
  func adopt(_ attempt: AttemptRunner, base: ObjectID?) async -> (AttemptOutcome, JSONObject)

  /// Ends one that a process before this one began, and that nobody goes on with: it can bring
  /// nothing any more. Gives what it had brought by then.
  func abandon(_ name: AttemptName, of facts: RunFacts) async -> NodeResult?

  /// Runs a gate on a commit; its output comes to `log`. Nil where that is nobody else's business.
  func run(
    _ gate: Gate, on commit: ObjectID, log: String, declaring declared: [String: String],
    isCold: Bool, stop: StopSwitch, _ facts: RunFacts
  ) async -> GateResult?

  /// Jobs go on without this process: another one takes them up.
  func leave()

  /// What came of these is durable: what was kept for it may go.
  func recorded(_ leases: [String])

  /// Takes away the leases under a prefix that nobody waits for, but for some, with their jobs:
  /// those that a process before this one left.
  func sweep(under prefix: String, keeping kept: Set<String>, jobs: String) async

  /// Nothing more is asked of it.
  func close() async
}

/// This machine: each attempt in a worktree here, under a supervisor of this process, which ends
/// with it.
struct LocalExecutor: Executor {
  func run(_ attempt: AttemptRunner) async -> (AttemptOutcome, JSONObject) {
    var attempt = attempt
    return await attempt.run()
  }

  func adopt(_ attempt: AttemptRunner, base: ObjectID?) async -> (AttemptOutcome, JSONObject) {
    let failure = AttemptFailure(
      .orchestratorCrash, "the orchestrator ended while it ran", isTransient: true)
    return (.failed(failure), [:])
  }

  func abandon(_ name: AttemptName, of facts: RunFacts) async -> NodeResult? { nil }

  func run(
    _ gate: Gate, on commit: ObjectID, log: String, declaring declared: [String: String],
    isCold: Bool, stop: StopSwitch, _ facts: RunFacts
  ) async -> GateResult? { nil }

  func leave() {}

  func recorded(_ leases: [String]) {}

  func sweep(under prefix: String, keeping kept: Set<String>, jobs: String) async {}

  func close() async {}
}

/// What carries out the attempts of a run: by tool, as its configuration says.
final class Executors: Sendable {
  private let project: Project
  private let made = Mutex<[String: any Executor]>([:])

  init(_ project: Project) { self.project = project }

  /// One that is named and that nobody configured is this machine.
  func executor(named name: String?) -> any Executor {
    guard let name, let settings = project.configuration.executor(named: name) else {
      return LocalExecutor()
    }
    return made.withLock { made in
      if let executor = made[name] { return executor }
      let executor = BatchExecutor(
        name, settings, in: project, settings.system(project))
      made[name] = executor
      return executor
    }
  }

  /// What was begun elsewhere goes on, for whoever drives the run next.
  func leave() {
    for executor in made.withLock({ Array($0.values) }) { executor.leave() }
  }

  /// Of all that were asked for.
  func recorded(_ leases: [String]) {
    for executor in made.withLock({ Array($0.values) }) { executor.recorded(leases) }
  }

  /// What is left of a run that has ended, but for attempts that still are under way.
  func sweep(_ facts: RunFacts, _ state: RunState) async {
    let running = state.workstreams.compactMap { record -> String? in
      guard record.state == .running, let last = record.lastAttempt else { return nil }
      return facts.names.lease(record.id, attempt: last.number)
    }
    for executor in made.withLock({ Array($0.values) }) {
      await executor.sweep(
        under: facts.names.leases, keeping: Set(running),
        jobs: BatchJob.name(of: facts.names.leases))
    }
  }

  /// The same of its gates alone.
  fileprivate func sweepGates(_ facts: RunFacts) async {
    for executor in made.withLock({ Array($0.values) }) {
      await executor.sweep(
        under: facts.names.gateLease(""), keeping: [],
        jobs: BatchJob.name(of: facts.names.gateLease("")))
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
    await executors.executor(named: facts.configuration.executor(ofGate: gate.name)).run(
      gate, on: commit, log: log, declaring: declared, isCold: isCold, stop: stop, facts)
  }

  func close() async {
    await executors.sweepGates(facts)
    await executors.close()
  }
}
