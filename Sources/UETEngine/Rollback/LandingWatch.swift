import UETGit
import UETModel
import UETPlanning

/// What the gates that run after a landing came to, where one was red.
package struct Aftermath: Sendable {
  package let gate: String
  package let reason: String
  /// Full name of the branch, and the commit that was judged.
  package let branch: String
  package let commit: ObjectID
}

/// Runs the gates of `integration.after_landing` on a branch that has moved. What a red one means
/// for what landed, a policy says.
struct LandingWatch {
  let session: RollbackSession

  private var settings: Configuration.Integration { session.context.configuration.integration }

  /// nil where every gate is green. A gate that ran on this very tree before is not run again, so
  /// that after a crash this may simply be asked once more.
  func check() async throws -> Aftermath? {
    let state = await session.state
    guard !settings.afterLanding.isEmpty, state.rollback == nil,
      let branch = state.integration.landedIn, let commit = state.integration.landedCommit,
      let last = state.integration.lastLanded.last, state[last]?.state == .landed
    else { return nil }
    guard let (gate, reason) = try await firstRed(on: commit, last) else { return nil }
    return Aftermath(gate: gate, reason: reason, branch: branch, commit: commit)
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
      guard !session.control.isDraining,
        let gate = Gate(named: name, configuration: session.context.configuration)
      else {
        continue
      }
      let key = environment.key(of: gate, on: .merges)
      switch try await session.verdict(gate, key, tree) {
      case true?: continue
      case false?: return (name, "\(name) is red, as it was before")
      case nil: break
      }
      let (result, log) = try await session.run(gate, key, on: commit, tree, id, .landing, bench)
      if result.verdict != .passed, !session.control.isEnded {
        return (name, session.reason(gate, result.verdict, log))
      }
    }
    return nil
  }
}
