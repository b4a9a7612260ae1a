import Foundation
import GRDB
import Synchronization
import UETGit
import UETModel

/// A view of all runs for quick questions, derived from the chains and kept in a file that may be
/// deleted, damaged or out of date at any moment: then it is made anew.
///
/// Where the file cannot be written, questions are answered from memory. Calls block while they
/// read.
package final class Cache: Sendable {
  let reader: LedgerReader
  private let path: String
  private let store: Mutex<CacheStore?>

  /// Nothing is opened before the first question.
  package init(repository: Repository, names: LedgerNames = .standard) {
    reader = LedgerReader(repository: repository, names: names)
    path = "\(repository.commonDirectory)/uet/cache.sqlite"
    store = Mutex(nil)
  }

  /// Applies what the chains have gained. Gives the number of events that were new here.
  ///
  /// `state` is the fold of all of its run's events, where the caller has it: it is not folded a
  /// second time then, which would take as much memory again.
  @discardableResult
  package func catchUp(knowing state: RunState? = nil) throws(LedgerError) -> Int {
    let chains = try reader.chains()
    return try attempt { [reader] store in
      if try store.database.read({ try Self.isCurrent(chains, $0) }) { return 0 }
      return try store.database.write { database in
        try CacheImport(database: database, reader: reader, known: state).catchUp(chains)
      }
    }
  }

  /// Throws the file away and makes it anew. Gives the number of events in it.
  @discardableResult
  package func rebuild() throws(LedgerError) -> Int {
    store.withLock { store in
      store?.close()
      store = nil
      try? CacheStore.discard(path, ifStill: nil)
    }
    return try catchUp()
  }

  /// All runs, newest first.
  package func runs() throws(LedgerError) -> [RunSummary] {
    try ask { try $0.runs() }
  }

  /// A run's state; nil when there is no such run.
  package func state(of run: RunID) throws(LedgerError) -> RunState? {
    try ask { try CacheRows.state(run, $0.database) }
  }

  /// All that is known of a workstream; nil when the run, or the workstream in it, does not exist.
  package func workstream(
    _ id: WorkstreamID, in run: RunID
  ) throws(LedgerError) -> WorkstreamDetail? {
    try ask { try $0.workstream(id, run) }
  }

  /// What was reported of the models' use in a run, by attempt and model.
  package func cost(of run: RunID) throws(LedgerError) -> [CostTotal] {
    try ask { try CostRows.all(run, $0.database) }
  }

  package func events(_ query: EventQuery) throws(LedgerError) -> [RunEvent] {
    try ask { try $0.events(query) }
  }

  /// The events that came after `cursor`, which moves on; a fresh cursor gives all of them.
  package func events(
    _ query: EventQuery, after cursor: inout EventCursor
  ) throws(LedgerError) -> [RunEvent] {
    let start = cursor
    let (found, end) = try ask { queries in
      var moved = start
      return (try queries.follow(query, &moved), moved)
    }
    cursor = end
    return found
  }

  /// Whether answers come from memory, because no file can be written.
  package var isInMemory: Bool { store.withLock { $0?.isInMemory ?? false } }

  /// Lets go of the file, with everything in it and nothing left beside it.
  package func close() {
    store.withLock { store in
      store?.close()
      store = nil
    }
  }

  /// The chains as the repository has them now.
  func chains() throws(LedgerError) -> [LedgerReader.Chain] { try reader.chains() }

  /// The store, opened where it is not, or where the file has been removed or replaced.
  func opened(inMemory: Bool) throws -> CacheStore {
    try store.withLock { store in
      if let current = store, current.isInMemory || current.file == FileIdentity(path) {
        if current.isInMemory || !inMemory { return current }
      }
      store = nil
      let fresh = inMemory ? try CacheStore.memory() : try CacheStore.open(path)
      store = fresh
      return fresh
    }
  }

  /// Forgets the store, and removes its file where that is damaged.
  func drop(discarding: Bool) {
    store.withLock { store in
      let file = store?.file
      store = nil
      if discarding, let file { try? CacheStore.discard(path, ifStill: file) }
    }
  }

  /// Asks after catching up, in one view of the database that nothing changes meanwhile.
  private func ask<Answer: Sendable>(
    _ question: @Sendable (CacheQueries) throws -> Answer
  ) throws(LedgerError) -> Answer {
    let chains = try reader.chains()
    return try attempt { [reader] store in
      if try !store.database.read({ try Self.isCurrent(chains, $0) }) {
        try store.database.write { database in
          _ = try CacheImport(database: database, reader: reader).catchUp(chains)
        }
      }
      return try store.database.read { try question(CacheQueries(database: $0)) }
    }
  }

  private static func isCurrent(
    _ chains: [LedgerReader.Chain], _ database: Database
  ) throws -> Bool {
    let known = try CacheImport.progress(database)
    guard known.count == chains.count else { return false }
    return chains.allSatisfy { chain in
      known[CacheImport.ChainKey(run: chain.run.rawValue, writer: chain.writer)]?.tip == chain.tip
    }
  }
}
