import UETGit
import UETModel

extension Reviews {
  /// Refuses where one of the workstreams has no result to send back, or not the one that was
  /// looked at.
  package func requireResults(
    of workstreams: [WorkstreamID], at commit: String?, in run: RunID
  ) throws {
    guard try project.isOwn(run) else {
      throw Refusal(
        .usage, "run '\(run)' is held by another clone, which alone can have its work done again",
        hint: "say so to its holder: git uet review \(run) --reject --note TEXT")
    }
    let state = try project.reader.state(of: run)
    for id in workstreams {
      guard let record = state[id], let tip = record.tip else {
        throw Refusal.nothingToReview(id, state[id]?.state ?? .pending)
      }
      guard let commit, try project.repository.resolve(commit) != tip else { continue }
      throw Refusal(
        .usage, "the result of '\(id)' is not '\(commit.terminalSafe)'; it is \(tip.short) by now",
        hint: "look at it: git uet review")
    }
  }
}

extension Project {
  /// Who reviews, as git names them.
  package var reviewer: String {
    let identity = identity()
    return "\(identity.name) <\(identity.email)>"
  }
}
