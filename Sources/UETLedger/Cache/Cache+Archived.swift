import GRDB
import UETModel

extension Cache {
  /// The events of an archived run, read from its chains into a file that vanishes: the cache has
  /// what is not archived.
  package static func events(
    _ query: EventQuery, of archived: ArchivedRun, reader: LedgerReader
  ) throws(LedgerError) -> [RunEvent] {
    try ask(archived, reader) { try $0.events(query) }
  }

  /// What was reported of the models' use in an archived run.
  package static func cost(
    of archived: ArchivedRun, reader: LedgerReader
  ) throws(LedgerError) -> [CostTotal] {
    try ask(archived, reader) { try CostRows.all(archived.run, $0.database) }
  }

  private static func ask<Answer>(
    _ archived: ArchivedRun, _ reader: LedgerReader, _ question: (CacheQueries) throws -> Answer
  ) throws(LedgerError) -> Answer {
    let chains = archived.writers.compactMap { writer in
      archived.tip(of: writer).map {
        LedgerReader.Chain(run: archived.run, writer: writer, tip: $0)
      }
    }
    do {
      return try CacheStore.temporary().write { database in
        _ = try CacheImport(database: database, reader: reader).catchUp(chains)
        return try question(CacheQueries(database: database))
      }
    } catch let error as LedgerError {
      throw error
    } catch {
      throw .cache("\(error)")
    }
  }
}
