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
    while let id = next {
      let commit = try commit(id)
      if let found = try checkpoint(of: commit), moment.includes(found) {
        state = found
        break
      }
      // Checkpoints bound what is kept here; a commit that is later as a whole need not be kept.
      if case .sequence(let last) = moment, let range = commit.message.events,
        range.lowerBound > last
      {
        later.removeAll()
      } else {
        later.append(commit)
      }
      next = commit.previous
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
