import UETEngine
import UETLedger
import UETModel

/// What a sync brought and sent, as lines and as JSON.
struct SyncView {
  let report: SyncReport
  let remote: String
  let isDry: Bool
  let terminal: Terminal

  /// How many runs are named; of more, only their number is said.
  private static let named = 20

  var lines: [String] {
    guard !report.received.isEmpty || !report.sent.isEmpty else {
      return report.isClean ? ["everything is up to date with '\(remote.terminalSafe)'"] : []
    }
    return runs + [""] + table + [summary]
  }

  /// One line a run, whatever of it changed.
  private var runs: [String] {
    var table = Table()
    var shown = 0
    for (title, changes) in [(received, report.received), (sent, report.sent)] {
      var byRun: [RunID: [SyncReport.Change]] = [:]
      for change in changes {
        if let run = run(of: change) { byRun[run, default: []].append(change) }
      }
      for (run, changes) in byRun.sorted(by: { $0.key > $1.key }) {
        shown += 1
        if shown > Self.named { continue }
        table.add([.init(title), .init("run \(run)"), .init(words(changes), .dim)])
      }
    }
    let width = terminal.isInteractive ? terminal.width : nil
    let more = shown > Self.named ? ["and \(shown - Self.named) more runs"] : []
    return table.lines(on: terminal, width: width) + more
  }

  private var received: String { isDry ? "would receive" : "received" }
  private var sent: String { isDry ? "would send" : "sent" }

  private func run(of change: SyncReport.Change) -> RunID? {
    if let kind = change.kind { return kind.run }
    return change.name.split(separator: "/").lazy.compactMap { RunID(String($0)) }.first
  }

  private func words(_ changes: [SyncReport.Change]) -> String {
    let chains = changes.filter { change in
      if case .chain(_, LedgerNames.mainWriter) = change.kind { return true }
      return false
    }
    var words: [String] = []
    if let chain = chains.first {
      words.append(chain.new == nil ? "archived" : chain.old == nil ? "new" : "goes on")
    }
    for (title, count) in counts(changes.filter { !chains.contains($0) }) {
      words.append(count == 1 && title == "branches" ? "1 branch" : "\(count) \(title)")
    }
    return words.joined(separator: ", ")
  }

  private func counts(_ changes: [SyncReport.Change]) -> [(title: String, count: Int)] {
    var counts: [String: Int] = [:]
    for change in changes { counts[change.kind?.title ?? "branches", default: 0] += 1 }
    return Self.titles.compactMap { title in counts[title].map { (title, $0) } }
  }

  /// All that is counted, in the order in which it is shown.
  private static let titles = [
    "runs", "inboxes", "kept work", "branches", "notes", "verdicts", "resolutions", "archive",
    "diverged", "other",
  ]

  private var table: [String] {
    let here = Dictionary(
      uniqueKeysWithValues: counts(report.received).map { ($0.title, $0.count) })
    let there = Dictionary(uniqueKeysWithValues: counts(report.sent).map { ($0.title, $0.count) })
    let width = received.count
    func right(_ text: String) -> String {
      String(repeating: " ", count: max(0, width - text.count)) + text
    }
    var table = Table()
    table.add([.init(""), .init(right(received)), .init(right(sent))])
    for title in Self.titles where here[title] != nil || there[title] != nil {
      table.add([
        .init(title), .init(right("\(here[title] ?? 0)")), .init(right("\(there[title] ?? 0)")),
      ])
    }
    return table.lines(on: terminal, width: nil)
  }

  private var summary: String {
    let name = "'\(remote.terminalSafe)'"
    if isDry { return "nothing was changed, here or on \(name)" }
    if !report.isClean { return "the rest is not shared with \(name); see below" }
    let rounds = report.rounds > 1 ? ", in \(report.rounds) rounds since others pushed as well" : ""
    let atomic = report.isAtomic ? "" : ", one by one: the host cannot change several at once"
    return "up to date with \(name)\(rounds)\(atomic)"
  }

  /// What could not be brought together, or was refused.
  func complaints(on errors: Terminal) -> [String] {
    func lines(_ fault: SyncReport.Fault, _ text: String) -> [String] {
      [errors.styled("error: ", .red) + text.terminalSafe]
        + (fault.hint.map { [errors.styled("hint: ", .yellow) + $0.terminalSafe] } ?? [])
    }
    return report.faults.flatMap { lines($0, "'\($0.name)': \($0.reason)") }
      + report.refused.flatMap { lines($0, "'\(remote)' refuses '\($0.name)': \($0.reason)") }
  }

  var json: JSONValue {
    [
      "version": 1, "remote": .string(remote), "dry_run": .bool(isDry),
      "received": .array(report.received.map(json)), "sent": .array(report.sent.map(json)),
      "faults": .array(report.faults.map(json)), "refused": .array(report.refused.map(json)),
      "rounds": .integer(Int64(report.rounds)), "atomic": .bool(report.isAtomic),
    ]
  }

  private func json(_ change: SyncReport.Change) -> JSONValue {
    var object = JSONObject([
      ("name", .string(change.name)), ("kind", .string(change.kind?.title ?? "branches")),
    ])
    object.append("run", run(of: change).map { .string($0.rawValue) })
    object.append("old", change.old.map { .string($0.hex) })
    object.append("new", change.new.map { .string($0.hex) })
    return .object(object)
  }

  private func json(_ fault: SyncReport.Fault) -> JSONValue {
    var object = JSONObject([
      ("name", .string(fault.name)), ("reason", .string(fault.reason)),
    ])
    object.append("hint", .text(fault.hint))
    return .object(object)
  }
}
