import UETGit
import UETModel

extension LedgerReader {
  /// Calls `body` with the commits of a chain that come after `base`, the oldest first.
  ///
  /// The chain links backwards: it is walked once to note every 1,024th commit, then piece by piece
  /// from the oldest, so that memory stays flat however long it is. What libgit2 keeps of what it
  /// has read it lets go of between the pieces. Gives false, having called nothing, when `base` is
  /// not in the chain.
  @discardableResult
  package func walk(
    to tip: ObjectID, after base: ObjectID? = nil,
    _ body: (ChainCommit) throws(LedgerError) -> Void
  ) throws(LedgerError) -> Bool {
    if tip == base { return true }
    var marks: [ObjectID] = []
    var piece: [ChainCommit] = []
    var next: ObjectID? = tip
    var count = 0
    while let id = next, id != base {
      if count % pieceLength == 0 {
        marks.append(id)
        piece.removeAll(keepingCapacity: true)
        if count > 0 { repository.renew() }
      }
      count += 1
      let commit = try commit(id)
      piece.append(commit)
      next = commit.previous
    }
    if base != nil, next == nil { return false }
    for commit in piece.reversed() { try body(commit) }
    for index in stride(from: marks.count - 2, through: 0, by: -1) {
      repository.renew()
      for commit in try self.piece(from: marks[index], to: marks[index + 1]) { try body(commit) }
    }
    return true
  }

  /// Walks over the commits with the events of each; `readsAhead` is worth a thread where there are
  /// many.
  func walkEvents(
    to tip: ObjectID, after base: ObjectID?, readsAhead: Bool,
    _ body: (ChainCommit, [Event]) -> Void
  ) throws(LedgerError) -> Bool {
    guard readsAhead else {
      return try walk(to: tip, after: base) { (commit) throws(LedgerError) in
        body(commit, try events(of: commit))
      }
    }
    let ahead = ReadAhead(self, to: tip, after: base)
    while let piece = ahead.next() { for (commit, events) in piece { body(commit, events) } }
    return try ahead.end()
  }

  /// The commits from `first` back to, and without, `last`; the oldest first.
  private func piece(
    from first: ObjectID, to last: ObjectID
  ) throws(LedgerError) -> [ChainCommit] {
    var result: [ChainCommit] = []
    var next: ObjectID? = first
    while let id = next, id != last {
      let commit = try commit(id)
      result.append(commit)
      next = commit.previous
    }
    return result.reversed()
  }

  /// Calls `body` with the events of a chain after `sequence`, in order.
  package func events(
    of run: RunID, writer: String = LedgerNames.mainWriter, after sequence: Int = 0,
    _ body: (Event) throws(LedgerError) -> Void
  ) throws(LedgerError) {
    try walk(to: try tip(of: run, writer: writer)) { (commit) throws(LedgerError) in
      guard let range = commit.message.events, range.upperBound > sequence else { return }
      for event in try events(of: commit) where event.seq > sequence { try body(event) }
    }
  }
}
