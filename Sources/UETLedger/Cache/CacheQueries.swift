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
      guard let state = WorkstreamState(rawValue: row[1]) else { throw CacheDamage() }
      counts[row[0], default: [:]][state] = row[2]
    }
    let rows = try Row.fetchAll(
      database,
      sql: """
        SELECT runs.run, status, reason, target, started_at, ended_at, runs.sequence, updated_at,
          problem FROM runs JOIN chains ON chains.run = runs.run AND writer = 'main'
        ORDER BY runs.run DESC
        """)
    return try rows.map { row in
      let name: String = row[0]
      guard let run = RunID(name), let status = RunState.Status(rawValue: row[1]) else {
        throw CacheDamage()
      }
      return RunSummary(
        run: run, status: status, reason: row[2], target: row[3],
        startedAt: Self.time(row[4]), endedAt: Self.time(row[5]), sequence: row[6],
        updatedAt: Self.time(row[7]), counts: counts[name] ?? [:], problem: row[8])
    }
  }

  func workstream(_ id: WorkstreamID, _ run: RunID) throws -> WorkstreamDetail? {
    guard let (record, position) = try CacheRows.record(id, run, database) else { return nil }
    var query = EventQuery(run: run)
    query.workstream = id
    return WorkstreamDetail(
      run: run, record: record, position: position, events: try events(query).map(\.event))
  }

  private static func time(_ microseconds: Int64?) -> Timestamp? {
    microseconds.map { Timestamp(microseconds: $0) }
  }
}

extension CacheQueries {
  /// In the order of time; of a run, writer after writer where times are equal.
  func events(_ query: EventQuery) throws -> [RunEvent] {
    let runs: [String]
    if let run = query.run {
      runs = [run.rawValue]
    } else {
      runs = try String.fetchAll(database, sql: "SELECT DISTINCT run FROM chains ORDER BY run")
    }
    var found: [RunEvent] = []
    for run in runs {
      // One type at a time: each is a range of an index, already in order.
      let types = query.types.isEmpty ? [nil] : query.types.map { Optional($0) }
      for type in types { found += try events(query, run: run, type: type) }
    }
    if runs.count > 1 || query.types.count > 1 { found.sort(by: Self.isBefore) }
    return query.tail.map { Array(found.suffix($0)) } ?? found
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
    let chains = try Row.fetchAll(
      database, sql: "SELECT run, writer, sequence FROM chains ORDER BY run, writer")
    var found: [RunEvent] = []
    for row in chains {
      let chain = EventCursor.Chain(run: row[0], writer: row[1])
      if let run = query.run, run.rawValue != chain.run { continue }
      let last: Int = row[2]
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
    let writer: String = row[1]
    let type: String = row[4]
    let workstream: String? = row[5]
    let id: Data = row[8]
    let text: String = row[9]
    guard let run = RunID(row[0]), let recorded = ObjectID(bytes: id),
      let data = (try? JSONValue(parsing: text))?.object
    else { throw CacheDamage() }
    let event = Event(
      seq: row[2], writer: writer, id: recorded, at: Timestamp(microseconds: row[3]),
      type: EventType(rawValue: type), workstream: workstream.flatMap { WorkstreamID($0) },
      attempt: row[6], worker: row[7], data: data)
    guard EventRows.digest(run.rawValue, event, text) == row[10] as Int64 else {
      throw CacheDamage()
    }
    return RunEvent(run: run, event: event)
  }
}
