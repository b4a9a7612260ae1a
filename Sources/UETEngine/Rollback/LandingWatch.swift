import UETGit
import UETMergeQueue
import UETModel
import UETPlanning

/// What the gates that run after a landing came to, where one was red.
package struct Aftermath: Sendable {
  package let gate: String
  package let reason: String
  /// Full name of the branch, and the commit that was judged.
  package let branch: String
  package let commit: ObjectID
  /// How taking it out again ended; nil where a person is to decide.
  package let rollback: RollbackEnd?
}

/// Runs the gates of `integration.after_landing` on a branch that has moved, and takes out again what
/// landed last where the configuration says so.
struct LandingWatch {
  let session: RollbackSession
  let phases: [Phase]

  private var settings: Configuration.Integration { session.context.configuration.integration }

  /// nil where every gate is green. A gate that ran on this very tree before is not run again, so that
  /// after a crash this may simply be asked once more.
  func check() async throws -> Aftermath? {
    let state = session.state
    guard !settings.afterLanding.isEmpty, state.rollback == nil,
      let branch = state.integration.landedIn, let commit = state.integration.landedCommit,
      let last = state.integration.lastLanded.last, state[last]?.state == .landed
    else { return nil }
    guard let (gate, reason) = try await firstRed(on: commit, last) else { return nil }
    let end = settings.onRed == .rollback ? try await takeOut(branch, gate) : nil
    return Aftermath(gate: gate, reason: reason, branch: branch, commit: commit, rollback: end)
  }

  private func firstRed(
    on commit: ObjectID, _ id: WorkstreamID
  ) async throws -> (gate: String, reason: String)? {
    let tree = try session.context.repository.treeID(of: commit)
    let bench = TestBench(session.context)
    let found: Result<(gate: String, reason: String)?, any Error>
    do { found = .success(try await firstRed(commit, tree, id, bench)) } catch {
      found = .failure(error)
    }
    await bench.close()
    return try found.get()
  }

  private func firstRed(
    _ commit: ObjectID, _ tree: ObjectID, _ id: WorkstreamID, _ bench: TestBench
  ) async throws -> (gate: String, reason: String)? {
    let environment = GateEnvironment(session.context.project)
    for name in settings.afterLanding {
      guard let gate = Gate(named: name, configuration: session.context.configuration) else {
        continue
      }
      let key = environment.key(of: gate)
      switch session.verdict(key, tree) {
      case true?: continue
      case false?: return (name, "\(name) is red, as it was before")
      case nil: break
      }
      let (result, log) = try await session.run(gate, key, on: commit, tree, id, .landing, bench)
      if result.verdict != .passed { return (name, session.reason(gate, result.verdict, log)) }
    }
    return nil
  }

  private func takeOut(_ branch: String, _ gate: String) async throws -> RollbackEnd {
    let state = session.state
    let landed = state.integration.lastLanded.filter { state[$0]?.state == .landed }
    let order = try RollbackOrder(state: state, phases: phases)
      .order(of: landed, withDependents: true)
    guard let current = try session.context.repository.reference(branch) else {
      throw EngineError.unknownBranch(branch)
    }
    try await session.begin(
      RollbackRecord(workstreams: order, target: branch, old: current),
      reason: "\(gate) is red after landing")
    return try await session.complete()
  }
}
