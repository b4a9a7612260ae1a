import UETModel

/// The runs that a database of the Python pipeline tells of, and what of it has no counterpart.
struct PipelineHistory: Sendable {
  /// The program's name in what is made of its history.
  static let program = "uet-pipeline"

  /// Seconds without a sign after which a run without an end is taken for one that broke off.
  static let patience = 3600.0

  /// Those that are over, oldest first.
  private(set) var runs: [PastRun] = []
  /// Those that may be going on.
  private(set) var open: [String] = []
  private(set) var remarks: [HistoryRemark] = []

  /// `now` tells what is over from what goes on.
  init(_ tables: PipelineTables, now: Timestamp) {
    var names = Set(tables[.runs].compactMap { $0[.run] })
    for table in PipelineTables.Table.allCases where table != .runs {
      names.formUnion(tables[table].compactMap { $0[.run] })
    }
    let rows = Dictionary(grouping: tables[.runs]) { $0[.run] ?? "" }
    let parts = PipelineParts(tables)
    // What concerns no single run is said once.
    var said: Set<HistoryRemark> = []
    for name in names.sorted() {
      var reading = PipelineRun(name, rows[name]?.first, parts, tables[.workers])
      switch reading.read(now: now) {
      case .over(let run): runs.append(run)
      case .open: open.append(name)
      case .played: break
      case .empty: reading.remarks.append(.init("empty_run", "nothing is known of it", run: name))
      }
      remarks += reading.remarks.filter { said.insert($0).inserted }
    }
    runs.sort { ($0.start, $0.origin.name) < ($1.start, $1.origin.name) }
    remarks += Self.leftOut(tables)
  }

  /// Events that no fact of a run's record says.
  private static func leftOut(_ tables: PipelineTables) -> [HistoryRemark] {
    var counts: [String: Int] = [:]
    for row in tables[.events] + tables[.busEvents] {
      guard let type = row[.event]?.lowercased(), !PipelineRun.understood.contains(type) else {
        continue
      }
      counts[type, default: 0] += 1
    }
    return counts.sorted { $0.key < $1.key }.map { type, count in
      HistoryRemark("event_left_out", "\(count.counting("event")) '\(type)' left out")
    }
  }
}

/// Something of another program's history that was not taken over as it stands.
package struct HistoryRemark: Hashable, Sendable {
  /// Stable name of the kind, in snake case.
  package let code: String
  /// One line, safe for a terminal.
  package let message: String
  /// The run's name at its source; nil where it concerns no single one.
  package let run: String?

  init(_ code: String, _ message: String, run: String? = nil) {
    (self.code, self.message, self.run) = (code, message.terminalSafe, run?.terminalSafe)
  }
}

/// The rows of all runs, by run.
struct PipelineParts: Sendable {
  typealias Rows = [String: [PipelineRow]]

  let workstreams, steps, events, bus, costs, conflicts, errors: Rows

  init(_ tables: PipelineTables) {
    func byRun(_ rows: [PipelineRow]) -> Rows { Dictionary(grouping: rows) { $0[.run] ?? "" } }
    (workstreams, steps) = (byRun(tables[.workstreams]), byRun(tables.steps))
    (events, bus) = (byRun(tables[.events]), byRun(tables[.busEvents]))
    (costs, conflicts) = (byRun(tables[.costs]), byRun(tables[.conflicts]))
    errors = byRun(tables[.errors])
  }
}
