import GRDB
import UETGit
import UETModel

/// The rows that hold a run's folded state.
enum CacheRows {
  /// The state as the rows have it; nil when the run has none, or its rows are damaged.
  static func state(_ run: RunID, _ database: Database) throws -> RunState? {
    let row = try Row.fetchOne(
      database, sql: "SELECT record, digest FROM runs WHERE run = ?", arguments: [run.rawValue])
    guard let row else { return nil }
    let summary = try document(try row.value(0), try row.value(1))
    var records: [String: JSONValue] = [:]
    let rows = try Row.fetchCursor(
      database, sql: "SELECT workstream, record, digest FROM workstreams WHERE run = ?",
      arguments: [run.rawValue])
    while let row = try rows.next() {
      records[try row.value(0)] = try document(try row.value(1), try row.value(2))
    }
    do {
      return try RunState(summary: summary) { records[$0.rawValue] }
    } catch {
      throw CacheDamage()
    }
  }

  /// One workstream's record and its position in the plan.
  static func record(
    _ id: WorkstreamID, _ run: RunID, _ database: Database
  ) throws -> (record: WorkstreamRecord, position: Int)? {
    let row = try Row.fetchOne(
      database,
      sql: "SELECT record, digest, position FROM workstreams WHERE run = ? AND workstream = ?",
      arguments: [run.rawValue, id.rawValue])
    guard let row else { return nil }
    guard let record = try? WorkstreamRecord(json: try document(try row.value(0), try row.value(1)))
    else {
      throw CacheDamage()
    }
    return (record, try row.value(2))
  }

  /// A stored document, proven by its digest: a flipped bit must never be shown as a fact.
  static func document(_ text: String, _ digest: String) throws -> JSONValue {
    guard self.digest(text) == digest, let value = try? JSONValue(parsing: text) else {
      throw CacheDamage()
    }
    return value
  }

  static func digest(_ text: String) -> String {
    Repository.hashBlob(Array(text.utf8)).hex
  }

  /// Writes what differs from `before`, the state that the rows hold now.
  static func write(
    _ state: RunState, replacing before: RunState?, _ database: Database
  ) throws {
    let run = state.run.rawValue
    let record = state.summaryJSON.encoded()
    try database.execute(
      sql: "INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        run, state.status.rawValue, state.reason, state.base?.hex, state.target, state.workers,
        state.startedAt?.microseconds, state.endedAt?.microseconds, state.sequence,
        state.updatedAt?.microseconds, record, digest(record),
      ])
    for (position, record) in state.workstreams.enumerated() {
      // A change of the plan moves records that are the same otherwise.
      let old = before.flatMap { position < $0.workstreams.count ? $0.workstreams[position] : nil }
      if old == record { continue }
      try write(record, position, run, database)
      try writeSteps(record, run, database)
    }
    try database.execute(sql: "DELETE FROM workers WHERE run = ?", arguments: [run])
    for (position, worker) in state.pool.enumerated() {
      try database.execute(
        sql: "INSERT INTO workers VALUES (?, ?, ?, ?, ?)",
        arguments: [
          run, worker.name, position, worker.state.rawValue, worker.workstream?.rawValue,
        ])
    }
  }

  private static func write(
    _ record: WorkstreamRecord, _ position: Int, _ run: String, _ database: Database
  ) throws {
    let text = record.json.encoded()
    try database.execute(
      sql: "INSERT OR REPLACE INTO workstreams VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      arguments: [
        run, record.id.rawValue, position, record.state.rawValue, record.reason,
        record.attempts.count, record.tip?.hex, record.integrated?.hex, text, digest(text),
      ])
  }

  private static func writeSteps(
    _ record: WorkstreamRecord, _ run: String, _ database: Database
  ) throws {
    for (index, attempt) in record.attempts.enumerated() {
      try database.execute(
        sql: "INSERT OR REPLACE INTO steps VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          run, record.id.rawValue, index + 1, attempt.number, attempt.worker,
          attempt.outcome.rawValue, attempt.assignedAt.microseconds,
          attempt.startedAt?.microseconds, attempt.endedAt?.microseconds, attempt.base?.hex,
          attempt.tip?.hex, attempt.error?.rawValue, attempt.message, attempt.salvage,
        ])
    }
  }
}

/// The rows do not hold what they must: the cache is built anew.
struct CacheDamage: Error {}

/// The damaged file cannot be removed: memory does then.
struct CacheStuck: Error {}
