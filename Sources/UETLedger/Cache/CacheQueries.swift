import Foundation
import GRDB
import UETGit
import UETModel

/// The questions that the cache answers, asked of one database.
struct CacheQueries {
  let database: Database

  /// Newest first.
  func runs() throws -> [RunSummary] {
    var counts: [String: [WorkstreamState: Int]] = [:]
    let states = try Row.fetchCursor(
      database, sql: "SELECT run, state, count(*) FROM workstreams GROUP BY run, state")
    while let row = try states.next() {
      guard let state = WorkstreamState(rawValue: try row.value(1)) else { throw CacheDamage() }
      counts[try row.value(0), default: [:]][state] = try row.value(2)
    }
    let progress = try CacheImport.progress(database)
    let rows = try Row.fetchAll(
      database, sql: "SELECT run, record, digest FROM runs ORDER BY run DESC")
    return try rows.map { row in
      let name: String = try row.value(0)
      let record = try CacheRows.document(try row.value(1), try row.value(2))
      let chain = progress[CacheImport.ChainKey(run: name, writer: LedgerNames.mainWriter)]
      return try Self.summary(record, counts[name] ?? [:], problem: chain?.problem)
    }
  }

  private static func summary(
    _ record: JSONValue, _ counts: [WorkstreamState: Int], problem: String?
  ) throws -> RunSummary {
    guard let run = record["run"]?.string.flatMap({ RunID($0) }),
      let status = record["status"]?.string.flatMap(RunState.Status.init)
    else { throw CacheDamage() }
    return RunSummary(
      run: run, status: status, reason: record["reason"]?.string,
      target: record["target"]?.string,
      imported: record["imported"].flatMap { ImportedRun(json: $0) },
      startedAt: record["started_at"]?.timestamp,
      endedAt: record["ended_at"]?.timestamp, sequence: record["sequence"]?.integer ?? 0,
      updatedAt: record["updated_at"]?.timestamp, counts: counts, problem: problem)
  }

  func workstream(_ id: WorkstreamID, _ run: RunID) throws -> WorkstreamDetail? {
    guard let (record, position) = try CacheRows.record(id, run, database) else { return nil }
    var query = EventQuery(run: run)
    query.workstream = id
    return WorkstreamDetail(
      run: run, record: record, position: position, events: try events(query).map(\.event))
  }
}

extension CacheQueries {
  /// In the order of time; of a run, writer after writer where times are equal.
  func events(_ query: EventQuery) throws -> [RunEvent] {
    if let run = query.run { return try events(query, run: run.rawValue) }
    var found: [RunEvent] = []
    for (run, last) in try runsByLastEvent() {
      if let tail = query.tail, found.count >= tail {
        // The runs come by their last event: from here on all are older than what was found.
        guard let oldest = found.first, last >= oldest.event.at.microseconds else { break }
      }
      found += try events(query, run: run)
      found.sort(by: Self.isBefore)
      if let tail = query.tail { found = found.suffix(tail) }
    }
    return found
  }

  /// Each run with the time of its last event in any chain, the latest first.
  private func runsByLastEvent() throws -> [(run: String, last: Int64)] {
    try Row.fetchAll(
      database,
      sql: """
        SELECT run, coalesce((SELECT max(at) FROM events WHERE events.run = names.run), 0) AS last
        FROM (SELECT DISTINCT run FROM chains) AS names ORDER BY last DESC, run
        """
    ).map { (try $0.value(0), try $0.value(1)) }
  }

  /// Those of one run, one type at a time: each is a range of an index, already in order.
  private func events(_ query: EventQuery, run: String) throws -> [RunEvent] {
    let types = query.types.isEmpty ? [nil] : query.types.map { Optional($0) }
    var found: [RunEvent] = []
    for type in types { found += try events(query, run: run, type: type) }
    if types.count > 1 { found.sort(by: Self.isBefore) }
    return query.tail.map { found.suffix($0) } ?? found
  }

  private func events(
    _ query: EventQuery, run: String, type: EventType?
  ) throws -> [RunEvent] {
    var conditions = ["run = ?"]
    var arguments: [(any DatabaseValueConvertible)?] = [run]
    func add(_ condition: String, _ argument: (any DatabaseValueConvertible)?) {
      guard let argument else { return }
      conditions.append(condition)
      arguments.append(argument)
    }
    add("type = ?", type?.rawValue)
    add("workstream = ?", query.workstream?.rawValue)
    add("worker = ?", query.worker)
    add("at >= ?", query.since?.microseconds)
    let order = query.tail == nil ? "at, writer, seq" : "at DESC, writer DESC, seq DESC"
    var sql = Self.select + " " + conditions.joined(separator: " AND ") + " ORDER BY " + order
    if let tail = query.tail {
      sql += " LIMIT ?"
      arguments.append(tail)
    }
    let found = try fetch(sql, arguments)
    return query.tail == nil ? found : found.reversed()
  }

  /// What came after `cursor` in the chains that the query covers; moves the cursor there.
  func follow(_ query: EventQuery, _ cursor: inout EventCursor) throws -> [RunEvent] {
    var found: [RunEvent] = []
    for (key, progress) in try CacheImport.progress(database) {
      let chain = EventCursor.Chain(run: key.run, writer: key.writer)
      let last = progress.sequence
      if let run = query.run, run.rawValue != chain.run { continue }
      let seen = cursor.seen[chain] ?? 0
      cursor.seen[chain] = last
      guard last > seen else { continue }
      found += try fetch(
        Self.select + " run = ? AND writer = ? AND seq > ? AND seq <= ? ORDER BY seq",
        [chain.run, chain.writer, seen, last])
    }
    return found.filter { Self.matches($0.event, query) }.sorted(by: Self.isBefore)
  }

  /// Whether an event is one of those asked for, `run` and `tail` aside.
  static func matches(_ event: Event, _ query: EventQuery) -> Bool {
    (query.types.isEmpty || query.types.contains(event.type))
      && (query.workstream == nil || event.workstream == query.workstream)
      && (query.worker == nil || event.worker == query.worker)
      && (query.since.map { event.at >= $0 } ?? true)
  }

  static func isBefore(_ left: RunEvent, _ right: RunEvent) -> Bool {
    (left.event.at, left.run, left.event.writer, left.event.seq)
      < (right.event.at, right.run, right.event.writer, right.event.seq)
  }
}

extension CacheQueries {
  private static let select = """
    SELECT run, writer, seq, at, type, workstream, attempt, worker, id, data, digest
    FROM events WHERE
    """

  private func fetch(
    _ sql: String, _ arguments: [(any DatabaseValueConvertible)?]
  ) throws -> [RunEvent] {
    let statement = try database.cachedStatement(sql: sql)
    let rows = try Row.fetchCursor(statement, arguments: StatementArguments(arguments))
    var found: [RunEvent] = []
    while let row = try rows.next() { found.append(try event(row)) }
    return found
  }

  /// An event from its row, proven by its digest.
  private func event(_ row: Row) throws -> RunEvent {
    let text: String = try row.value(9)
    let workstream: String? = try row.optional(5)
    let id: Data = try row.value(8)
    guard let run = RunID(try row.value(0)), let recorded = ObjectID(bytes: [UInt8](id)),
      let data = (try? JSONValue(parsing: text))?.object
    else { throw CacheDamage() }
    let event = Event(
      seq: try row.value(2), writer: try row.value(1), id: recorded,
      at: Timestamp(microseconds: try row.value(3)), type: EventType(rawValue: try row.value(4)),
      workstream: workstream.flatMap { WorkstreamID($0) }, attempt: try row.optional(6),
      worker: try row.optional(7), data: data)
    let digest: Int64 = try row.value(10)
    guard EventRows.digest(run.rawValue, event, text) == digest else {
      throw CacheDamage()
    }
    return RunEvent(run: run, event: event)
  }
}
