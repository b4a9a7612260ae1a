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
    var model: String
  }

  init(run: RunID) { self.run = run }

  /// Adds an event to the sum that it belongs to; the first time, to what the row holds.
  mutating func add(
    _ fact: Told<Fact.Usage>, of workstream: WorkstreamID?, _ database: Database
  ) throws {
    let model = fact.model
    let key = Key(workstream: workstream?.rawValue ?? "", model: model ?? "")
    if totals[key] == nil {
      let row = try Row.fetchOne(
        database, sql: Self.select + " AND workstream = ? AND model = ?",
        arguments: [run.rawValue, key.workstream, key.model])
      totals[key] =
        try row.map { try Self.total(run, $0) }
        ?? CostTotal(run: run, workstream: workstream, model: model)
    }
    totals[key]?.add(fact)
  }

  func write(_ database: Database) throws {
    for (key, total) in totals {
      try database.execute(
        sql: "INSERT OR REPLACE INTO cost_totals VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        arguments: [
          run.rawValue, key.workstream, key.model, total.reports, total.unpriced, total.inputTokens,
          total.outputTokens, total.costUSD, Self.digest(total),
        ])
    }
  }

  /// A run's sums, by workstream and model.
  static func all(_ run: RunID, _ database: Database) throws -> [CostTotal] {
    try Row.fetchAll(
      database, sql: select + " ORDER BY workstream, model", arguments: [run.rawValue]
    ).map { try total(run, $0) }
  }

  private static let select = """
    SELECT workstream, model, reports, unpriced, input_tokens, output_tokens, cost_usd, digest
    FROM cost_totals WHERE run = ?
    """

  private static func total(_ run: RunID, _ row: Row) throws -> CostTotal {
    let (workstream, model): (String, String) = (try row.value(0), try row.value(1))
    var total = CostTotal(
      run: run, workstream: WorkstreamID(workstream), model: model.isEmpty ? nil : model)
    total.reports = try row.value(2)
    total.unpriced = try row.value(3)
    total.inputTokens = try row.value(4)
    total.outputTokens = try row.value(5)
    total.costUSD = try row.value(6)
    let digest: String = try row.value(7)
    guard digest == self.digest(total) else { throw CacheDamage() }
    return total
  }

  private static func digest(_ total: CostTotal) -> String {
    let numbers = [total.reports, total.unpriced, total.inputTokens, total.outputTokens]
    return CacheRows.digest(
      "\(total.run) \(total.workstream?.rawValue ?? "") \(total.model ?? "") \(numbers) "
        + "\(total.costUSD.bitPattern)")
  }
}
