import GRDB
import UETModel

/// Prepares a database for the cache, and tells whether one is the cache of this version.
enum CacheSchema {
  /// "uet1" as a number: SQLite's mark of the application that a file belongs to.
  static let applicationID: Int64 = 0x7565_7431

  /// Raised when what is derived from the same events changes: an older cache is then built anew.
  private static let derivation = 2

  /// The version that a cache of this program has.
  static var version: Int64 {
    Int64(derivation * 1_000_000 + RunState.jsonVersion * 1000 + CacheMigrations.all.count)
  }

  enum Finding: Sendable {
    case empty, current, foreign
  }

  static func inspect(_ database: Database) throws -> Finding {
    let application = try Int64.fetchOne(database, sql: "PRAGMA application_id") ?? 0
    let version = try Int64.fetchOne(database, sql: "PRAGMA user_version") ?? 0
    if application == applicationID, version == self.version { return .current }
    let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    return application == 0 && version == 0 && tables == 0 ? .empty : .foreign
  }

  /// The size up to which a file is looked through when it is opened, in pages.
  private static let checkedPages = 1024

  /// That size in bytes.
  static let checkedBytes = checkedPages * 4096

  /// Whether the file's structure, every index with its table, and the tables with each other
  /// agree. A large file is not looked through, for that would take longer than any question: there
  /// the digests of the rows must do.
  static func isSound(_ database: Database) throws -> Bool {
    let pages = try Int.fetchOne(database, sql: "PRAGMA page_count") ?? 0
    if pages > checkedPages { return true }
    guard try String.fetchOne(database, sql: "PRAGMA integrity_check(1)") == "ok" else {
      return false
    }
    return try contradictions.allSatisfy { try Int.fetchOne(database, sql: $0) == nil }
  }

  /// Questions with an answer only where a row's key was damaged: it is then found nowhere, and its
  /// digest is never looked at.
  private static let contradictions = [
    """
    SELECT 1 FROM chains WHERE sequence <>
      (SELECT count(*) FROM events WHERE events.run = chains.run AND events.writer = chains.writer)
    """,
    """
    SELECT 1 FROM events WHERE NOT EXISTS
      (SELECT 1 FROM chains WHERE chains.run = events.run AND chains.writer = events.writer)
    """,
    """
    SELECT 1 FROM runs WHERE json_array_length(record, '$.workstreams') <>
      (SELECT count(*) FROM workstreams AS w WHERE w.run = runs.run
        AND json_extract(w.record, '$.id') = w.workstream AND json_extract(w.record, '$.state') = w.state)
    """,
    "SELECT 1 FROM workstreams WHERE run NOT IN (SELECT run FROM runs)",
    "SELECT 1 FROM runs WHERE run NOT IN (SELECT run FROM chains WHERE writer = 'main')",
    "SELECT 1 FROM chains WHERE writer = 'main' AND run NOT IN (SELECT run FROM runs)",
    """
    SELECT 1 FROM chains WHERE writer = 'main' AND
      (SELECT count(*) FROM cost_tracking AS t WHERE t.run = chains.run AND t.writer = chains.writer)
      <> (SELECT coalesce(sum(reports), 0) FROM cost_sums AS c WHERE c.run = chains.run)
    """,
    "SELECT 1 FROM cost_sums WHERE run NOT IN (SELECT run FROM chains)",
  ]

  static func create(in database: Database) throws {
    for migration in CacheMigrations.all { try database.execute(sql: migration.sql) }
    try database.execute(sql: "PRAGMA application_id = \(applicationID)")
    try database.execute(sql: "PRAGMA user_version = \(version)")
  }

  /// Every table with the columns that order it.
  static let tables: [(name: String, key: String)] = [
    ("chains", "run, writer"), ("runs", "run"), ("workstreams", "run, workstream"),
    ("steps", "run, workstream, position"), ("workers", "run, worker"),
    ("events", "run, writer, seq"), ("cost_tracking", "run, writer, seq"),
    ("cost_sums", "run, workstream, attempt, worker, model"),
    ("merge_conflicts", "run, seq"), ("gates", "run, seq"),
    ("execution_checkpoints", "run, seq"),
  ]

  /// The schema as the database has it, for `schema/schema.sql`.
  static func dump(_ database: Database) throws -> String {
    let statements = try String.fetchAll(
      database,
      sql: "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC, rowid")
    return statements.map { $0 + ";\n" }.joined(separator: "\n")
  }
}
