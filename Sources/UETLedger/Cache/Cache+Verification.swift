import GRDB
import UETModel

extension Cache {
  /// How many differences are listed at most.
  package static let differenceLimit = 100

  /// Compares every row with those of a cache that is built anew from the chains.
  package func verify() throws(LedgerError) -> [CacheDifference] {
    try catchUp()
    return try compareAfresh()
  }

  /// Compares the rows without catching up first.
  func compareAfresh() throws(LedgerError) -> [CacheDifference] {
    let chains = try chains()
    return try attempt { store in
      let fresh = try CacheStore.temporary()
      try fresh.write { database in
        _ = try CacheImport(database: database, reader: self.reader).catchUp(chains)
      }
      return try store.database.read { found in
        try fresh.read { expected in try Self.differences(found, expected) }
      }
    }
  }

  private static func differences(
    _ found: Database, _ expected: Database
  ) throws -> [CacheDifference] {
    var list: [CacheDifference] = []
    for table in CacheSchema.tables {
      let sql = "SELECT * FROM \(table.name) ORDER BY \(table.key)"
      let left = try Row.fetchCursor(found, sql: sql)
      let right = try Row.fetchCursor(expected, sql: sql)
      while list.count < differenceLimit {
        let (one, other) = (try left.next(), try right.next())
        if one == nil, other == nil { break }
        guard one != other else { continue }
        list.append(
          CacheDifference(
            table: table.name, found: one?.description, expected: other?.description))
      }
    }
    return list
  }
}

extension Cache {
  /// The version of SQLite that is linked; nil where it cannot be asked.
  package static var sqliteVersion: String? {
    try? DatabaseQueue().read { try String.fetchOne($0, sql: "SELECT sqlite_version()") }
  }
}
