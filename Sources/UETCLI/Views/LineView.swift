import UETEngine
import UETModel
import UETReporting
import UETServer

/// The lines of a host as lines for a terminal, or as one JSON object.
struct LineView {
  /// One branch.
  struct Line {
    let state: LineState
    let candidates: [PushedCandidate]
    let outlook: LineOutlook

    init(_ state: LineState, _ candidates: [PushedCandidate], now: Timestamp) {
      (self.state, self.candidates) = (state, candidates)
      outlook = LineOutlook(state, candidates, now: now)
    }
  }

  private let all: [Line]
  private let isServed: Bool?
  private let now: Timestamp
  private let terminal: Terminal

  /// `isServed` is nil where it cannot be told, as from a clone.
  init(_ lines: [Line], isServed: Bool?, now: Timestamp, terminal: Terminal) {
    (all, self.isServed, self.now, self.terminal) = (lines, isServed, now, terminal)
  }

  var lines: [String] {
    if all.isEmpty { return ["nothing is queued"] }
    var result: [String] = []
    for line in all {
      if !result.isEmpty { result.append("") }
      result += text(line)
    }
    if isServed == false { result.append("hint: nobody serves the queue; do it: git uet serve") }
    return result
  }

  private func text(_ line: Line) -> [String] {
    let branch = line.state.branch.terminalSafe
    var lines = ["line of '\(branch)': \(count(line))"]
    if let reason = line.state.frozen {
      let by = line.state.frozenBy.map { " (\($0.terminalSafe))" } ?? ""
      lines.append(
        terminal.styled("  landing is frozen", .yellow) + ": \(reason.terminalSafe)\(by)")
    }
    var table = Table(indent: 2)
    for candidate in line.candidates where candidate.state == .waiting {
      table.add(row(candidate, line))
    }
    lines += table.lines(on: terminal, width: terminal.width - 1)
    let aside = line.candidates.filter { $0.state == .aside }
    if !aside.isEmpty {
      lines.append("set aside:")
      var table = Table(indent: 2)
      for candidate in aside {
        table.add([
          .init(candidate.topic.terminalSafe), .init((candidate.by ?? "").terminalSafe, .dim),
          .init((candidate.reason ?? "").terminalSafe),
        ])
      }
      lines += table.lines(on: terminal, width: terminal.width - 1)
    }
    return lines
  }

  private func count(_ line: Line) -> String {
    let waiting = line.outlook.waiting.count
    guard let current = line.state.current else {
      return waiting == 0 ? "nothing waits" : "\(waiting) in line"
    }
    let time = Span.text(now.seconds(since: current.startedAt))
    return "run \(current.run) tests \(current.members.count) since \(time), \(waiting) in line"
  }

  private func row(_ candidate: PushedCandidate, _ line: Line) -> [Table.Cell] {
    let isTested = line.outlook.isUnderWay(candidate)
    let place = isTested ? "*" : line.outlook.rank(of: candidate).map(String.init) ?? "-"
    let time = line.outlook.seconds(until: candidate).map { "~\(Span.text($0))" } ?? ""
    let text: String =
      if isTested {
        "is tested"
      } else {
        line.state.held[candidate.topic].map(\.terminalSafe) ?? candidate.subject.terminalSafe
      }
    return [
      .init(place, .dim), .init(candidate.topic.terminalSafe), .init(time, .dim),
      .init((candidate.by ?? "").terminalSafe, .dim), .init(text),
    ]
  }
}

extension LineView {
  var json: JSONValue {
    var object = JSONObject([("version", 1)])
    object.append("served", isServed.map(JSONValue.bool))
    object.append("lines", .array(all.map { .object(json($0)) }))
    return .object(object)
  }

  private func json(_ line: Line) -> JSONObject {
    var object = JSONObject([("branch", .string(line.state.branch))])
    object.append("run", (line.state.current?.run.rawValue).map(JSONValue.string))
    object.append("frozen", line.state.frozen.map(JSONValue.string))
    object.append("run_seconds", line.state.runSeconds.map(JSONValue.number))
    object.append("candidates", .array(line.candidates.map { .object(json($0, line)) }))
    return object
  }

  private func json(_ candidate: PushedCandidate, _ line: Line) -> JSONObject {
    let isTested = line.outlook.isUnderWay(candidate)
    var object = JSONObject([
      ("topic", .string(candidate.topic)),
      ("state", .string(isTested ? "testing" : candidate.state.rawValue)),
      ("commit", .string(candidate.tip.hex)), ("subject", .string(candidate.subject)),
      ("author", .string(candidate.author)), ("pushed_at", .string(candidate.pushedAt.description)),
    ])
    object.append("by", candidate.by.map(JSONValue.string))
    object.append("position", line.outlook.rank(of: candidate).map { .integer(Int64($0)) })
    object.append(
      "expected_seconds",
      line.outlook.seconds(until: candidate).map { .number(($0 * 10).rounded() / 10) })
    object.append(
      "reason", (candidate.reason ?? line.state.held[candidate.topic]).map(JSONValue.string))
    object.append("run", (candidate.run?.rawValue).map(JSONValue.string))
    object.append("workstream", (candidate.workstream?.rawValue).map(JSONValue.string))
    if !candidate.approvals.isEmpty {
      object.append("approvals", .array(candidate.approvals.map(JSONValue.string)))
    }
    return object
  }
}
