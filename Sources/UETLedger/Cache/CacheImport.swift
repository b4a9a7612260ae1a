import GRDB
import UETModel

/// Brings one run's rows up to what its chains say; everything it writes follows from the chains.
struct CacheImport {
  let database: Database
  let reader: LedgerReader
  /// The state of a run at its end, where it is at hand.
  var known: RunState?

  /// Applies what is new in all chains, drops what is gone. Gives the number of new events.
  func catchUp(_ chains: [LedgerReader.Chain]) throws -> Int {
    let known = try Self.progress(database)
    let present = Set(chains.map { ChainKey(run: $0.run.rawValue, writer: $0.writer) })
    for key in known.keys where !present.contains(key) { try forget(key) }
    var count = 0
    for chain in chains {
      let key = ChainKey(run: chain.run.rawValue, writer: chain.writer)
      let before = known[key]
      if before?.tip != chain.tip { count += try apply(chain, key, after: before) }
    }
    return count
  }

  struct ChainKey: Hashable, Sendable {
    let run: String
    let writer: String
  }

  /// How far a chain has been read.
  struct Progress: Sendable {
    let tip: ObjectID
    let sequence: Int
    let problem: String?
  }

  /// How far each chain has been read.
  static func progress(_ database: Database) throws -> [ChainKey: Progress] {
    var known: [ChainKey: Progress] = [:]
    let rows = try Row.fetchCursor(
      database, sql: "SELECT run, writer, tip, sequence, problem, digest FROM chains")
    while let row = try rows.next() {
      let key = ChainKey(run: try row.value(0), writer: try row.value(1))
      let tip: String = try row.value(2)
      let digest: String = try row.value(5)
      let progress = Progress(
        tip: ObjectID(tip) ?? .zero, sequence: try row.value(3), problem: try row.optional(4))
      guard digest == self.digest(key, progress.tip, progress.sequence, progress.problem) else {
        throw CacheDamage()
      }
      known[key] = progress
    }
    return known
  }

  private static func digest(
    _ key: ChainKey, _ tip: ObjectID, _ sequence: Int, _ problem: String?
  ) -> String {
    CacheRows.digest("\(key.run) \(key.writer) \(tip.hex) \(sequence) \(problem ?? "-")")
  }

  private func apply(
    _ chain: LedgerReader.Chain, _ key: ChainKey, after known: Progress?
  ) throws -> Int {
    if let state = self.known, state.run == chain.run, chain.writer == LedgerNames.mainWriter,
      let count = try apply(chain, key, upTo: state, after: known)
    {
      return count
    }
    if let known {
      if !known.tip.isZero, let before = try self.before(chain) {
        var fold = ChainFold(self, chain, before, from: known.sequence)
        if try fold.run(after: known.tip), fold.problem == nil {
          return try finish(fold, chain, before, fold.state)
        }
      }
      // Another chain than the one that was read, or one with a problem: told from its start.
      try forget(key)
    }
    var fold = ChainFold(self, chain, RunState(run: chain.run), from: 0)
    _ = try fold.run(after: nil)
    return try finish(fold, chain, nil, fold.state)
  }

  /// Puts the events in without folding them; nil, and no row of the run, where they do not lead to
  /// `state`.
  private func apply(
    _ chain: LedgerReader.Chain, _ key: ChainKey, upTo state: RunState, after known: Progress?
  ) throws -> Int? {
    if known?.tip.isZero ?? false { return nil }
    var fold = ChainFold(self, chain, nil, from: known?.sequence ?? 0)
    if try fold.run(after: known?.tip), fold.problem == nil, fold.sequence == state.sequence {
      return try finish(fold, chain, nil, state)
    }
    try forget(key)
    return nil
  }

  /// The state up to which a chain has been read; nil where the rows do not have it.
  private func before(_ chain: LedgerReader.Chain) throws -> RunState? {
    guard chain.writer == LedgerNames.mainWriter else { return RunState(run: chain.run) }
    return try CacheRows.state(chain.run, database)
  }

  private func finish(
    _ fold: ChainFold, _ chain: LedgerReader.Chain, _ before: RunState?, _ state: RunState?
  ) throws -> Int {
    if chain.writer == LedgerNames.mainWriter, let state {
      try CacheRows.write(state, replacing: before, database)
    }
    // A chain with a problem is read again each time: it may have been repaired.
    let tip = fold.problem == nil ? chain.tip : .zero
    let key = ChainKey(run: chain.run.rawValue, writer: chain.writer)
    try database.execute(
      sql: "INSERT OR REPLACE INTO chains VALUES (?, ?, ?, ?, ?, ?)",
      arguments: [
        key.run, key.writer, tip.hex, fold.sequence, fold.problem,
        Self.digest(key, tip, fold.sequence, fold.problem),
      ])
    return fold.count
  }

  /// Drops all rows that follow from one chain.
  private func forget(_ key: ChainKey) throws {
    let tables =
      key.writer == LedgerNames.mainWriter
      ? [
        "runs", "workstreams", "steps", "workers", "merge_conflicts", "gates", "cost_sums",
        "execution_checkpoints",
      ] : []
    for table in tables {
      try database.execute(sql: "DELETE FROM \(table) WHERE run = ?", arguments: [key.run])
    }
    for table in ["chains", "events", "cost_tracking"] {
      try database.execute(
        sql: "DELETE FROM \(table) WHERE run = ? AND writer = ?", arguments: [key.run, key.writer])
    }
  }
}
