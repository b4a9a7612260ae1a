import GRDB
import UETModel

/// Brings one run's rows up to what its chains say; everything it writes follows from the chains.
struct CacheImport {
  let database: Database
  let reader: LedgerReader

  /// Applies what is new in all chains, drops what is gone. Gives the number of new events.
  func catchUp(_ chains: [LedgerReader.Chain]) throws -> Int {
    let known = try Self.known(database)
    let present = Set(chains.map { ChainKey(run: $0.run.rawValue, writer: $0.writer) })
    for key in known.keys where !present.contains(key) { try forget(key) }
    var count = 0
    for chain in chains {
      let key = ChainKey(run: chain.run.rawValue, writer: chain.writer)
      if known[key] != chain.tip { count += try apply(chain, key, after: known[key]) }
    }
    return count
  }

  struct ChainKey: Hashable, Sendable {
    let run: String
    let writer: String
  }

  /// The tip up to which each chain has been read.
  static func known(_ database: Database) throws -> [ChainKey: ObjectID] {
    var known: [ChainKey: ObjectID] = [:]
    let rows = try Row.fetchCursor(database, sql: "SELECT run, writer, tip FROM chains")
    while let row = try rows.next() {
      known[ChainKey(run: row[0], writer: row[1])] = ObjectID(row[2] as String) ?? .zero
    }
    return known
  }

  private func apply(
    _ chain: LedgerReader.Chain, _ key: ChainKey, after known: ObjectID?
  ) throws -> Int {
    if let known {
      if !known.isZero, let before = try self.before(chain) {
        var fold = ChainFold(self, chain, before)
        if try fold.run(after: known), fold.problem == nil {
          return try finish(fold, chain, before)
        }
      }
      // Another chain than the one that was read, or one with a problem: told from its start.
      try forget(key)
    }
    var fold = ChainFold(self, chain, RunState(run: chain.run))
    _ = try fold.run(after: nil)
    return try finish(fold, chain, nil)
  }

  /// The state up to which a chain has been read; nil where the rows do not have it.
  private func before(_ chain: LedgerReader.Chain) throws -> RunState? {
    guard chain.writer == LedgerNames.mainWriter else { return RunState(run: chain.run) }
    return try CacheRows.state(chain.run, database)
  }

  private func finish(
    _ fold: ChainFold, _ chain: LedgerReader.Chain, _ before: RunState?
  ) throws -> Int {
    if chain.writer == LedgerNames.mainWriter {
      try CacheRows.write(fold.state, replacing: before, database)
    }
    try database.execute(
      sql: "INSERT OR REPLACE INTO chains VALUES (?, ?, ?, ?, ?)",
      arguments: [
        chain.run.rawValue, chain.writer,
        // A chain with a problem is read again each time: it may have been repaired.
        fold.problem == nil ? chain.tip.hex : ObjectID.zero.hex, fold.sequence, fold.problem,
      ])
    return fold.count
  }

  /// Drops all rows that follow from one chain.
  private func forget(_ key: ChainKey) throws {
    let tables =
      key.writer == LedgerNames.mainWriter
      ? [
        "runs", "workstreams", "steps", "workers", "merge_conflicts", "gates",
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
