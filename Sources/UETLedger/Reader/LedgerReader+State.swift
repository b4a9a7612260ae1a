import UETGit
import UETModel

extension LedgerReader {
  /// Who holds a chain.
  package struct Claim: Hashable, Sendable {
    /// How often the chain has been taken.
    package let epoch: Int
    /// The commit that took it last.
    package let commit: ObjectID
    package let holder: Holder?
    /// The holder gave it up with the last commit of the chain.
    package let isReleased: Bool
  }

  /// What a writer needs to go on where a chain ends.
  struct End: Sendable {
    var tip: ObjectID
    var claim: Claim
    var state: RunState
    var sequence = 0
    var lastTime: Timestamp?
    /// Sequence number of the last checkpoint; 0 where there is none.
    var checkpoint = 0
    /// Commits that are known to be reachable from the tip.
    var anchors: Set<ObjectID> = []
  }

  /// The run's state: its last checkpoint with the later events folded in.
  package func state(of run: RunID) throws(LedgerError) -> RunState {
    try state(of: run, at: try tip(of: run))
  }

  /// The state at a commit of the main chain.
  package func state(of run: RunID, at tip: ObjectID) throws(LedgerError) -> RunState {
    let (start, commits) = try sinceCheckpoint(run, tip)
    var state = start
    for commit in commits { try fold(commit, into: &state) }
    return state
  }

  /// Folds the events that one commit adds, and gives them.
  @discardableResult
  func fold(
    _ commit: ChainCommit, into state: inout RunState
  ) throws(LedgerError) -> [Event] {
    let events = try events(of: commit)
    for event in events { try apply(event, of: commit, to: &state) }
    return events
  }

  /// The state at the last checkpoint that can be read, and the commits after it, oldest first.
  private func sinceCheckpoint(
    _ run: RunID, _ tip: ObjectID
  ) throws(LedgerError) -> (state: RunState, commits: [ChainCommit]) {
    var later: [ChainCommit] = []
    var next: ObjectID? = tip
    while let id = next {
      let commit = try commit(id)
      if let state = try checkpoint(of: commit), state.run == run {
        return (state, later.reversed())
      }
      later.append(commit)
      next = commit.previous
    }
    return (RunState(run: run), later.reversed())
  }

  /// The checkpoint that a commit holds; nil when it has none, or one that a newer version wrote.
  package func checkpoint(of commit: ChainCommit) throws(LedgerError) -> RunState? {
    guard let sequence = commit.message.checkpoint,
      let entry = try entry(LedgerFile.checkpoint, in: commit.tree, of: commit.id),
      let state = try? readCheckpoint(entry.id),
      state.sequence == sequence
    else { return nil }
    return state
  }

  private func readCheckpoint(_ tree: ObjectID) throws -> RunState {
    guard let file = try repository.entry(at: LedgerFile.run, in: tree) else {
      throw JSONShapeError(LedgerFile.run)
    }
    let summary = try JSONValue(parsing: try repository.blob(file.id))
    var records: [String: ObjectID] = [:]
    if let folder = try repository.entry(at: LedgerFile.workstreams, in: tree) {
      for entry in try repository.tree(folder.id) { records[entry.name] = entry.id }
    }
    return try RunState(summary: summary) { id in
      guard let blob = records["\(id).json"], let bytes = try? repository.blob(blob) else {
        return nil
      }
      return try? JSONValue(parsing: bytes)
    }
  }

  /// Who holds a chain, read from its last commit and the claim that it names.
  package func claim(
    of run: RunID, writer: String = LedgerNames.mainWriter
  ) throws(LedgerError) -> Claim {
    try claim(at: try commit(try tip(of: run, writer: writer)))
  }

  func claim(at tip: ChainCommit) throws(LedgerError) -> Claim {
    let id = tip.message.claim ?? tip.id
    let commit = tip.message.claim == nil ? tip : try commit(id)
    let bytes = try file(LedgerFile.holder, of: commit)
    let holder = bytes.flatMap { try? Holder(json: try JSONValue(parsing: $0)) }
    return Claim(
      epoch: tip.message.epoch, commit: id, holder: holder, isReleased: tip.message.releases)
  }

  /// Everything a writer needs to go on.
  func end(of run: RunID, writer: String) throws(LedgerError) -> End {
    let tip = try commit(try tip(of: run, writer: writer))
    var end = End(tip: tip.id, claim: try claim(at: tip), state: RunState(run: run))
    let isMain = writer == LedgerNames.mainWriter
    var later: [ChainCommit] = []
    if isMain {
      (end.state, later) = try sinceCheckpoint(run, tip.id)
      end.checkpoint = end.state.sequence
      (end.sequence, end.lastTime) = (end.state.sequence, end.state.updatedAt)
    } else {
      try walk(to: tip.id) { later.append($0) }
    }
    for commit in later {
      end.anchors.formUnion(commit.anchors)
      let events = isMain ? try fold(commit, into: &end.state) : try events(of: commit)
      if let last = events.last { (end.sequence, end.lastTime) = (last.seq, last.at) }
    }
    return end
  }

  /// What the run was started with.
  package func root(
    of run: RunID, writer: String = LedgerNames.mainWriter
  ) throws(LedgerError) -> RootRecord {
    try record(try rootCommit(before: try commit(try tip(of: run, writer: writer))))
  }

  /// The same of a chain that ends at `tip`, wherever it has a reference.
  package func root(endingAt tip: ObjectID) throws(LedgerError) -> RootRecord {
    try record(try rootCommit(before: try commit(tip)))
  }

  /// The first commit of the chain that ends with `tip`.
  func rootCommit(before tip: ChainCommit) throws(LedgerError) -> ChainCommit {
    var commit = tip
    while let previous = commit.previous {
      // The claim that a commit names is the first of its epoch: one step for each time the chain
      // was taken.
      if let claim = claimed(by: commit) {
        commit = claim
      } else {
        commit = try self.commit(previous)
      }
    }
    return commit
  }

  /// The claim that a commit names; nil where it is not one of the same chain and epoch.
  private func claimed(by commit: ChainCommit) -> ChainCommit? {
    guard let id = commit.message.claim, let claim = try? self.commit(id) else { return nil }
    let (named, own) = (claim.message, commit.message)
    let fits =
      named.claim == nil && named.epoch == own.epoch && named.run == own.run
      && named.writer == own.writer
    return fits ? claim : nil
  }
}
