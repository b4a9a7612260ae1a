import UETGit
import UETMergeQueue
import UETModel

/// Merges a candidate as the queue orders it, and where that conflicts tries what is ordered along
/// with it.
struct OrderedMerge: Sendable {
  let context: RunFacts
  let session: MergeSession
  let state: RunState
  /// Gates that declare what they read.
  let gates: [Gate]

  func outcome(of order: MergeOrder) async -> MergeOutcome {
    do throws(GitError) {
      try judge(order)
      return try await make(order)
    } catch {
      if case .refusedTree = error { return .refused("\(error)") }
      return .fault("\(error)")
    }
  }

  /// All that would land with the candidate, not just what it comes to.
  private func judge(_ order: MergeOrder) throws(GitError) {
    let known = [order.base ?? state.integration.start ?? state.base].compactMap { $0 }
    try session.repository.judge(order.name.tip, notIn: known)
    if let commit = order.resolved, session.repository.contains(commit) {
      try session.repository.judge(commit)
    }
  }

  private func make(_ order: MergeOrder) async throws(GitError) -> MergeOutcome {
    let name = order.name
    if let commit = order.resolved, session.repository.contains(commit) {
      return .clean(commit: commit, tree: try session.repository.treeID(of: commit))
    }
    if let stale = try stale(order) { return stale }
    let copied = try copied(order)
    if !order.outdated.isEmpty || !copied.isEmpty { return try await renewed(order, copied) }
    switch try await work.merge(
      name.workstream, tip: name.tip, onto: name.onto, base: order.base)
    {
    case .clean(let commit, let tree): return .clean(commit: commit, tree: tree)
    case .conflict(let conflict): return try await repaired(conflict, order)
    }
  }

  private var work: CandidateMerge {
    CandidateMerge(session, run: context.run, committer: context.committer)
  }

  /// A repaired candidate holds what it was repaired on top of: where that is gone, so is the
  /// repair.
  private func stale(_ order: MergeOrder) throws(GitError) -> MergeOutcome? {
    guard let record = state[order.name.workstream], record.candidate?.repairs != nil,
      let base = order.base
    else { return nil }
    if try session.isAncestor(base, of: order.name.onto) { return nil }
    return .conflict(
      paths: [],
      message: "its repair was made on top of \(base.short), which is not part of it any more")
  }

  /// Results it contains that others brought in by other commits, as a squash or a cherry-pick
  /// does.
  private func copied(_ order: MergeOrder) throws(GitError) -> [WorkstreamID] {
    var found: [WorkstreamID] = []
    for input in order.inputs {
      guard let record = state[input.workstream], record.state == .landed, record.isFound,
        try !session.isAncestor(input.commit, of: order.name.onto)
      else { continue }
      found.append(input.workstream)
    }
    return found
  }

  /// One that contains the former commits of another: its own are put on top of the new ones.
  private func renewed(
    _ order: MergeOrder, _ copied: [WorkstreamID]
  ) async throws(GitError) -> MergeOutcome {
    let names = (order.outdated + copied).map(\.rawValue).quoted(3)
    let message = "it contains \(names), which came in by other commits"
    guard order.methods.contains(.replay) else { return .conflict(paths: [], message: message) }
    switch try await replay(order) {
    case .made(let tip, let tree):
      let commit = try await work.record(order.name.workstream, tip, order.name.onto, tree)
      return .replayed(
        tip: tip, commit: commit, tree: tree, paths: [], message: message, details: JSONObject())
    case .refused(let reason):
      let tried = ConflictRecord.Try(method: .replay, reason: reason)
      return .conflict(
        paths: [], message: "\(message), and cannot be replayed itself: \(reason)",
        details: Told<Fact.MergeConflict> { $0.tried = [tried] }.members)
    }
  }

  /// What a conflict comes to: as one of the ways settles it, or as it is.
  private func repaired(
    _ conflict: MergeConflict, _ order: MergeOrder
  ) async throws(GitError) -> MergeOutcome {
    let name = order.name
    let paths = conflict.paths.map(\.path)
    var details = ConflictReport(context.repository).details(
      conflict, name, base: order.base, state)
    var tries: [ConflictRecord.Try] = []
    for method in order.methods {
      switch method {
      case .resolutions:
        let known = Resolutions(context.project)
        switch try await known.answer(to: conflict) {
        case .known(let tree, let writers):
          let commit = try await work.record(name.workstream, name.tip, name.onto, tree)
          details.resolutionsOf = writers.nonEmpty
          return .repaired(commit: commit, tree: tree, paths: paths, details: details.members)
        case .unknown(let reason):
          tries.append(ConflictRecord.Try(method: method, reason: reason))
        }
      case .replay:
        switch try await replay(order) {
        case .made(let tip, let tree):
          let commit = try await work.record(name.workstream, tip, name.onto, tree)
          return .replayed(
            tip: tip, commit: commit, tree: tree, paths: paths, message: conflict.message,
            details: details.members)
        case .refused(let reason): tries.append(ConflictRecord.Try(method: method, reason: reason))
        }
      case .resolver, .person, .quarantine: break
      }
    }
    details.tried = tries.nonEmpty
    return .conflict(paths: paths, message: conflict.message, details: details.members)
  }

  private func replay(_ order: MergeOrder) async throws(GitError) -> Replay.Outcome {
    let name = order.name
    return try await Replay(session: session, scope: context.workstreams[name.workstream]?.scope)
      .outcome(
        of: name.tip, base: order.base, inputs: order.inputs.map(\.commit), onto: name.onto)
  }
}

extension OrderedMerge {
  func answer(to order: MergeOrder) async -> QueueInput {
    let outcome = await outcome(of: order)
    do throws(GitError) {
      return .mergeDone(order.name, outcome, inputs: try inputs(of: outcome.tree))
    } catch {
      return .mergeDone(order.name, .fault("\(error)"))
    }
  }

  /// What the gates read of a tree that was made here.
  private func inputs(of tree: ObjectID?) throws(GitError) -> GateInputs {
    guard let tree, !gates.isEmpty else { return GateInputs() }
    return try context.cuts.inputs(of: tree, for: gates, in: session.stash)
  }

  /// Merges its members one onto the other, as they would be in line.
  func answer(to order: ProbeOrder) async -> QueueInput {
    var onto = order.name.onto
    var last = MergeOutcome.fault("there is nothing to merge")
    var commits: [ObjectID] = []
    for merge in order.merges {
      last = await outcome(of: merge.onto(onto))
      switch last {
      case .clean(let commit, _), .repaired(let commit, _, _, _):
        onto = commit
        commits.append(commit)
      case .conflict, .replayed, .refused, .fault: return .probeDone(order.name, last)
      }
    }
    do throws(GitError) {
      return .probeDone(
        order.name, last, commits: commits, inputs: try inputs(of: last.tree))
    } catch {
      return .probeDone(order.name, .fault("\(error)"))
    }
  }
}

extension MergeOutcome {
  /// What was made; nil where nothing was.
  fileprivate var tree: ObjectID? {
    switch self {
    case .clean(_, let tree), .repaired(_, let tree, _, _), .replayed(_, _, let tree, _, _, _): tree
    case .conflict, .refused, .fault: nil
    }
  }
}

/// Merges candidates onto commits; what is made is on the disk once the session is settled.
package struct CandidateMerge: Sendable {
  package enum Outcome: Sendable {
    case clean(commit: ObjectID, tree: ObjectID)
    case conflict(MergeConflict)
  }

  private let session: MergeSession
  private let run: RunID
  private let committer: String?

  /// `committer` is `NAME <EMAIL>`; nil for who committed the candidate.
  package init(_ session: MergeSession, run: RunID, committer: String? = nil) {
    (self.session, self.run, self.committer) = (session, run, committer)
  }

  /// The merge base is the recorded `base`, where there is one. The merge commit's author and dates
  /// are the candidate's, so that equal inputs give equal ids.
  package func merge(
    _ id: WorkstreamID, tip: ObjectID, onto target: ObjectID, base: ObjectID?
  ) async throws(GitError) -> Outcome {
    // Where nothing is to be merged there is still a merge commit: each candidate is one step on
    // the branch's first-parent line.
    switch try await session.merge(target, tip, base: base) {
    case .clean(let tree):
      return .clean(commit: try await record(id, tip, target, tree), tree: tree)
    case .conflict(let tree, let paths, let messages):
      return .conflict(
        MergeConflict(
          tree: tree, paths: paths, message: Self.text(messages, paths.map(\.path))))
    }
  }

  /// The first thing git says of a conflict, on one line.
  private static func text(_ messages: [MergeMessage], _ paths: [String]) -> String {
    let first = messages.first { $0.isConflict }?.text ?? "conflict in \(paths.first ?? "?")"
    return first.split(whereSeparator: \.isNewline).first.map(String.init) ?? first
  }

  /// The merge commit with a tree that did not come of itself.
  func record(
    _ id: WorkstreamID, _ tip: ObjectID, _ target: ObjectID, _ tree: ObjectID
  ) async throws(GitError) -> ObjectID {
    let candidate = try session.repository.commit(tip)
    let message = """
      merge \(id)

      UET-Run: \(run)
      UET-Workstream: \(id)
      UET-Candidate: \(tip.hex)

      """
    return try await session.writeCommit(
      tree: tree, parents: [target, tip], message: message, author: candidate.author,
      committer: candidate.committer.named(committer))
  }
}

extension Signature {
  /// This one's moment with another's name, given as `NAME <EMAIL>`.
  fileprivate func named(_ text: String?) -> Signature {
    guard let text, text.hasSuffix(">"), let mark = text.lastIndex(of: "<") else { return self }
    let name = text[..<mark].drop { $0 == " " }
    return Signature(
      name: String(name.last == " " ? name.dropLast() : name),
      email: String(text[mark...].dropFirst().dropLast()), at: at, offsetMinutes: offsetMinutes)
  }
}
