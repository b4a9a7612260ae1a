import UETGit
import UETLedger
import UETModel

extension Project {
  /// Records what a merge by hand has just brought into the branch at HEAD, of the newest runs that
  /// this clone started and on which nobody works; gives those runs.
  ///
  /// What cannot be recorded now is found by the next command that looks at the run.
  package func recordHandLandings(amongNewest count: Int = 16) async throws -> [RunID] {
    guard case .branch(let name, let tip) = try repository.head() else { return [] }
    let branch = repository.branch(behind: name)
    var recorded: [RunID] = []
    for run in try reader.runs().prefix(count) where try isOwn(run) {
      guard try liveHolder(of: run) == nil, try isMerged(run, in: tip) else { continue }
      let plan = try RecordedPlan(of: run, in: self)
      let state = try reader.state(of: run)
      guard try TargetNotice.target(of: state, plan.project.configuration, repository) == branch
      else { continue }
      try await claiming(run, driving: Facts.init) { try await notice($0, plan) }
      recorded.append(run)
    }
    return recorded
  }

  /// Whether something integrated, and not landed by the record, is in a commit.
  private func isMerged(_ run: RunID, in tip: ObjectID) throws -> Bool {
    let state = try reader.state(of: run)
    guard state.integration.landing == nil, state.rollback == nil else { return false }
    return try state.integration.chain.contains { id in
      guard let commit = state[id]?.integrated else { return false }
      return try repository.isAncestor(commit, of: tip)
    }
  }
}
