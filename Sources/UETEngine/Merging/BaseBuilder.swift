import UETGit
import UETModel

/// Makes the one commit an attempt starts from: the run's base with the results of finished
/// workstreams merged in. One commit is made for each distinct set of inputs and shared.
actor BaseBuilder {
  /// Two results that cannot be merged into one base.
  struct Conflict: Error, Sendable {
    /// The one that does not go on top of `onto`, which holds `others`.
    let input: AttemptRecord.Input
    let onto: ObjectID
    let others: [WorkstreamID]
    let conflict: MergeConflict

    var workstream: WorkstreamID { input.workstream }
    var paths: [String] { conflict.paths.map(\.path) }
  }

  /// No base after so many seconds.
  struct Overdue: Error, Sendable { let seconds: Double }

  private let repository: Repository
  private let git: SealedGit
  private let run: RunID
  private let runBase: ObjectID
  private let names: RunNames
  /// Where it is looked up how conflicts were resolved before; nil where nobody wants that.
  private let resolutions: Resolutions?
  private var made: [[ObjectID]: Task<ObjectID, any Error>] = [:]

  init(
    repository: Repository, git: SealedGit, names: RunNames, runBase: ObjectID,
    resolutions: Resolutions?
  ) {
    self.repository = repository
    self.names = names
    self.resolutions = resolutions
    self.git = git
    run = names.run
    self.runBase = runBase
  }

  /// The base for `inputs`, which the dispatcher gives in a stable order.
  ///
  /// Throws `Conflict` when two results contradict each other, `GitError` when git fails.
  func base(for inputs: [AttemptRecord.Input]) async throws -> ObjectID {
    let heads = try independentHeads(of: inputs)
    let key = heads.map(\.commit)
    let task = made[key] ?? Task { try await merge(heads) }
    made[key] = task
    do { return try await task.value } catch {
      // What went wrong this time may go well the next, also because a conflict was resolved.
      if made[key] == task { made[key] = nil }
      throw error
    }
  }

  /// The inputs that no other input contains: merging the others would add nothing.
  private func independentHeads(
    of inputs: [AttemptRecord.Input]
  ) throws -> [AttemptRecord.Input] {
    var heads: [AttemptRecord.Input] = []
    for input in inputs where !heads.contains(where: { $0.commit == input.commit }) {
      if try heads.contains(where: { try repository.isAncestor(input.commit, of: $0.commit) }) {
        continue
      }
      try heads.removeAll { try repository.isAncestor($0.commit, of: input.commit) }
      heads.append(input)
    }
    return heads
  }

  private func merge(_ heads: [AttemptRecord.Input]) async throws -> ObjectID {
    var current = runBase
    for (position, head) in heads.enumerated() {
      if try repository.isAncestor(current, of: head.commit) {
        current = head.commit
        continue
      }
      switch try await git.mergeTree(current, head.commit) {
      case .clean(let tree):
        current = try await record(tree: tree, onto: current, merging: head)
      case .conflict(let tree, let paths, let messages):
        let text = messages.first { $0.isConflict }?.text ?? "conflict"
        let conflict = Conflict(
          input: head, onto: current, others: heads[..<position].map(\.workstream),
          conflict: MergeConflict(tree: tree, paths: paths, message: text))
        current = try await resolved(conflict)
      }
    }
    return current
  }

  /// The merge as this very conflict was resolved, or as the same places were; throws it where
  /// neither is known.
  private func resolved(_ conflict: Conflict) async throws -> ObjectID {
    let (onto, tip) = (conflict.onto, conflict.input.commit)
    if let known = try repository.reference(names.base(onto, tip)),
      try repository.commit(known).parents == [onto, tip]
    {
      return known
    }
    if let resolutions, let tree = try await resolutions.resolve(conflict.conflict) {
      return try await record(tree: tree, onto: onto, merging: conflict.input)
    }
    throw conflict
  }

  /// The merge commit; its date is the later parent's, so that equal inputs give equal ids.
  private func record(
    tree: ObjectID, onto current: ObjectID, merging head: AttemptRecord.Input
  ) async throws -> ObjectID {
    let ours = try repository.commit(current)
    let theirs = try repository.commit(head.commit)
    let signature = Signature.engine(
      at: max(ours.committer.at, theirs.committer.at))
    let message = """
      merge \(head.workstream) into a base

      UET-Run: \(run)
      UET-Candidate: \(head.commit.hex)

      """
    return try await git.writeCommit(
      tree: tree, parents: [current, head.commit], message: message, author: signature,
      committer: signature)
  }
}

extension BaseBuilder {
  /// A base, given up with `Overdue` after so many seconds; who asks again then waits for the same
  /// merge.
  nonisolated func base(
    for inputs: [AttemptRecord.Input], within seconds: Double
  ) async throws -> ObjectID {
    let (ends, end) = AsyncStream<Result<ObjectID, any Error>?>.makeStream()
    Task {
      do { end.yield(.success(try await base(for: inputs))) } catch { end.yield(.failure(error)) }
    }
    let timer = Task {
      try await Task.sleep(for: .seconds(seconds))
      end.yield(nil)
    }
    defer { timer.cancel() }
    for await result in ends {
      guard let result else { throw Overdue(seconds: seconds) }
      return try result.get()
    }
    throw CancellationError()
  }
}

extension Signature {
  /// Who makes commits that no person and no tool wrote.
  package static func engine(at time: Timestamp) -> Signature {
    Signature(name: "git-uet", email: "git-uet@localhost", at: time, offsetMinutes: 0)
  }
}
