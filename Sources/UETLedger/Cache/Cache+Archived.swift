import GRDB
import UETModel

extension Cache {
  /// The events of an archived run, read from its chains into memory: the file has what is not archived.
  package static func events(
    _ query: EventQuery, of archived: ArchivedRun, reader: LedgerReader
  ) throws(LedgerError) -> [RunEvent] {
    let chains = archived.writers.compactMap { writer in
      archived.tip(of: writer).map {
        LedgerReader.Chain(run: archived.run, writer: writer, tip: $0)
      }
    }
    do {
      return try CacheStore.memory().database.write { database in
        _ = try CacheImport(database: database, reader: reader).catchUp(chains)
        return try CacheQueries(database: database).events(query)
      }
    } catch let error as LedgerError {
      throw error
    } catch {
      throw .cache("\(error)")
    }
  }
}
