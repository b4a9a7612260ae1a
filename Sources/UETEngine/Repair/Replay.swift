import UETGit
import UETModel

/// Puts a candidate's own commits one by one on top of a commit, as a rebase would: that often
/// succeeds where merging the whole does not, as when some of its changes are there already. No
/// branch moves.
struct Replay: Sendable {
  enum Outcome: Sendable {
    /// The last of the new commits, and its tree.
    case made(tip: ObjectID, tree: ObjectID)
    /// Why it cannot be done, for people.
    case refused(String)
  }

  let session: MergeSession
  /// What it may write; nil where nothing was declared.
  let scope: Workstream.Scope?

  /// At most so many: a longer history is for a person to look at.
  private static let limit = 500

  func outcome(
    of tip: ObjectID, base: ObjectID?, inputs: [ObjectID], onto: ObjectID
  ) async throws(GitError) -> Outcome {
    let repository = session.repository
    let own = try ownCommits(tip, base, inputs, onto)
    guard own.count <= Self.limit else {
      return .refused("it has \(own.count) commits, and \(Self.limit) are replayed at most")
    }
    var (current, tree) = (onto, try session.stash.treeID(of: onto))
    for (position, id) in own.enumerated() {
      let commit = try repository.commit(id)
      guard commit.parents.count == 1 else {
        return .refused("its commit \(id.short) is a merge, which cannot be replayed")
      }
      switch try await session.merge(current, id, base: commit.parents[0]) {
      case .conflict(_, let paths, _):
        let place = own.count > 1 ? " (\(position + 1) of \(own.count))" : ""
        return .refused(
          "its commit \(id.short)\(place) conflicts in \(paths.map(\.path).quoted(3))")
      case .clean(let merged):
        // What is there already is left out, as in a rebase.
        if merged == tree { continue }
        (current, tree) = (try await write(commit, merged, on: current), merged)
      }
    }
    // What it builds on and what builds on it go by commits: there is always one.
    if current == onto { current = try await write(repository.commit(tip), tree, on: onto) }
    if let path = try outOfScope(onto, current) {
      return .refused("it would change '\(path)' then, which is not in its scope")
    }
    return .made(tip: current, tree: tree)
  }

  /// Oldest first.
  private func ownCommits(
    _ tip: ObjectID, _ base: ObjectID?, _ inputs: [ObjectID], _ onto: ObjectID
  ) throws(GitError) -> [ObjectID] {
    if base == nil { try session.expose() }
    return try session.repository.commits(in: tip, notIn: base.map { [$0] } ?? inputs + [onto])
  }

  /// Writes a commit anew elsewhere, with its author, date and message, and what it was made of.
  private func write(
    _ commit: Commit, _ tree: ObjectID, on parent: ObjectID
  ) async throws(GitError) -> ObjectID {
    var message = commit.message
    while message.last?.isNewline == true { message.removeLast() }
    let last = message.split(separator: "\n", omittingEmptySubsequences: false).last ?? ""
    let hasTrailers = last.hasPrefix("UET-") || last.hasPrefix("Signed-off-by: ")
    message += (hasTrailers ? "\n" : "\n\n") + "UET-Replays: \(commit.id.hex)\n"
    return try await session.writeCommit(
      tree: tree, parents: [parent], message: message, author: commit.author,
      committer: commit.committer)
  }

  /// A rename on the other side may lead a change astray.
  private func outOfScope(_ base: ObjectID, _ tip: ObjectID) throws(GitError) -> String? {
    guard let scope else { return nil }
    try session.expose()
    return try ScopeCheck(repository: session.repository, scope: scope)
      .violations(base: base, tip: tip).first
  }
}
