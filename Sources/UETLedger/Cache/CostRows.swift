import GRDB
import UETModel

/// The rows that sum up what was reported of the models' use.
///
/// Sums are added to in the order of the events, whether a few come or all: so floating-point
/// numbers come out the same.
struct CostRows {
  private let run: RunID
  private var totals: [Key: CostTotal] = [:]

  private struct Key: Hashable {
    var workstream: String
    var attempt: Int
    var worker: String
    var model: String
  }

  init(run: RunID) { self.run = run }

  /// Adds an event to the sum that it belongs to; the first time, to what the row holds.
  mutating func add(
    _ fact: Told<Fact.Usage>, of event: Event, _ database: Database
  ) throws {
    let key = Key(
      workstream: event.workstream?.rawValue ?? "", attempt: event.attempt ?? 0,
      worker: event.worker ?? "", model: fact.model ?? "")
    if totals[key] == nil {
      let row = try Row.fetchOne(
        database,
        sql: Self.select + " AND workstream = ? AND attempt = ? AND worker = ? AND model = ?",
        arguments: [run.rawValue, key.workstream, key.attempt, key.worker, key.model])
      totals[key] = try row.map { try Self.total(run, $0) } ?? Self.total(run, key)
    }
    totals[key]?.add(fact)
  }

  func write(_ database: Database) throws {
    for (key, total) in totals {
      try database.execute(
        sql: "INSERT OR REPLACE INTO cost_sums VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          run.rawValue, key.workstream, key.attempt, key.worker, key.model, total.reports,
          total.unpriced, total.inputTokens, total.cachedTokens, total.outputTokens, total.costUSD,
          total.leastUSD, Self.digest(total),
        ])
    }
  }

  /// A run's sums, by workstream, attempt, worker and model.
  static func all(_ run: RunID, _ database: Database) throws -> [CostTotal] {
    var totals: [CostTotal] = []
    let rows = try Row.fetchCursor(
      database, sql: select + " ORDER BY workstream, attempt, worker, model",
      arguments: [run.rawValue])
    while let row = try rows.next() { totals.append(try total(run, row)) }
    return totals
  }

  private static let select = """
    SELECT workstream, attempt, worker, model, reports, unpriced, input_tokens, cached_tokens, output_tokens,
      cost_usd, least_usd, digest
    FROM cost_sums WHERE run = ?
    """

  private static func total(_ run: RunID, _ row: Row) throws -> CostTotal {
    let key = Key(
      workstream: try row.plain(0), attempt: try row.plain(1), worker: try row.plain(2),
      model: try row.plain(3))
    var total = total(run, key)
    (total.reports, total.unpriced) = (try row.plain(4), try row.plain(5))
    (total.inputTokens, total.cachedTokens) = (try row.plain(6), try row.plain(7))
    total.outputTokens = try row.plain(8)
    (total.costUSD, total.leastUSD) = (try row.plain(9), try row.plain(10))
    let digest: Int64 = try row.plain(11)
    guard digest == self.digest(total) else { throw CacheDamage() }
    return total
  }

  private static func total(_ run: RunID, _ key: Key) -> CostTotal {
    var total = CostTotal(run: run)
    total.workstream = WorkstreamID(key.workstream)
    total.attempt = key.attempt == 0 ? nil : key.attempt
    total.worker = key.worker.isEmpty ? nil : key.worker
    total.model = key.model.isEmpty ? nil : key.model
    return total
  }

  private static func digest(_ total: CostTotal) -> Int64 {
    var sum = RowSum()
    for text in [
      total.run.rawValue, total.workstream?.rawValue ?? "", total.worker ?? "", total.model ?? "",
    ] {
      sum.add(text)
    }
    for number in [
      total.attempt ?? 0, total.reports, total.unpriced, total.inputTokens, total.cachedTokens,
      total.outputTokens,
    ] {
      sum.add(Int64(number))
    }
    for amount in [total.costUSD, total.leastUSD] {
      sum.add(Int64(bitPattern: amount.bitPattern))
    }
    return sum.value
  }
}
