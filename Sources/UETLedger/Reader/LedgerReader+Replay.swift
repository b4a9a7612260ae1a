import UETModel

extension LedgerReader {
  /// A moment in a run's past.
  package enum Moment: Hashable, Sendable {
    /// After the event of that number.
    case sequence(Int)
    /// After the last event that is not later than that.
    case time(Timestamp)

    /// Whether an event had happened at the moment.
    package func includes(_ event: Event) -> Bool {
      switch self {
      case .sequence(let last): event.seq <= last
      case .time(let time): event.at <= time
      }
    }

    /// Whether the last event of a commit is surely later; its time there is in whole seconds.
    fileprivate func isBeforeEnd(of commit: ChainCommit) -> Bool {
      switch self {
      case .sequence(let last): commit.message.events.map { $0.upperBound > last } ?? false
      case .time(let time): commit.at > time
      }
    }

    fileprivate func includes(_ state: RunState) -> Bool {
      switch self {
      case .sequence(let last): state.sequence <= last
      case .time(let time): state.updatedAt.map { $0 <= time } ?? true
      }
    }
  }

  /// The state as it was at a moment: that of the last checkpoint before it with the later events.
  package func state(of run: RunID, at moment: Moment) throws(LedgerError) -> RunState {
    var later: [ChainCommit] = []
    var state = RunState(run: run)
    var next: ObjectID? = try tip(of: run)
    var count = 0
    while let id = next {
      let commit = try commit(id)
      next = commit.previous
      count += 1
      if count % pieceLength == 0 { repository.renew() }
      if moment.isBeforeEnd(of: commit) {
        // What is behind it is later as a whole, and so is what it has for a checkpoint.
        later = [commit]
        continue
      }
      if let found = try checkpoint(of: commit), moment.includes(found) {
        state = found
        break
      }
      later.append(commit)
    }
    for commit in later.reversed() {
      for event in try events(of: commit) where moment.includes(event) {
        try apply(event, of: commit, to: &state)
      }
    }
    return state
  }

  /// Folds a run step by step from its start: calls `body` with each event and the state after it.
  package func replay(
    _ run: RunID, until moment: Moment? = nil,
    _ body: (Event, RunState) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    var state = RunState(run: run)
    try walk(to: try tip(of: run)) { (commit) throws(LedgerError) in
      for event in try events(of: commit) where moment?.includes(event) ?? true {
        try apply(event, of: commit, to: &state)
        try body(event, state)
      }
    }
  }

  func apply(
    _ event: Event, of commit: ChainCommit, to state: inout RunState
  ) throws(LedgerError) {
    do {
      try state.apply(event)
    } catch {
      throw .broken(commit: commit.id, reason: "event \(error.seq): \(error.message)")
    }
  }
}
