import UETLedger
import UETModel
import UETReporting

extension Project {
  /// A run as a trace, of this clone or another, archived or not.
  package func trace(of run: RunID) throws -> RunTrace {
    var trace = RunTrace(run)
    try read(run) { trace.take($0) }
    return trace
  }

  /// Gives each event of a run's main chain, in order.
  func read(_ run: RunID, _ body: (Event) -> Void) throws {
    if let archived = try archived(run) {
      for entry in try Cache.events(EventQuery(run: run), of: archived, reader: reader) {
        body(entry.event)
      }
    } else {
      try reader.events(of: run) { (event) throws(LedgerError) in body(event) }
    }
  }
}
