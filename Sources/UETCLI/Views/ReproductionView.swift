import UETEngine
import UETModel
import UETReporting

/// A reproduction as lines for a terminal.
struct ReproductionView {
  let reproduction: Reproduction
  let terminal: Terminal

  var heading: [String] {
    let record = reproduction.record
    var lines = ["\(record.id) is \(record.state.rawValue)" + reason(record)]
    var merge = "  merge \(reproduction.commit.short), tree \(reproduction.tree.short)"
    if let onto = reproduction.onto { merge += ", onto \(onto.short)" }
    lines.append(merge)
    let names = reproduction.predecessors
    if !names.isEmpty { lines.append("  after " + names.listed(5)) }
    if reproduction.gates.isEmpty { lines.append("  no gate judges it") }
    return lines
  }

  private func reason(_ record: WorkstreamRecord) -> String {
    record.reason.map { ": \($0.terminalSafe)" } ?? ""
  }

  func lines(of result: Reproduction.Result) -> [String] {
    let verdict: String
    let style: Terminal.Style
    switch result.passed {
    case true?: (verdict, style) = ("green", .green)
    case false?: (verdict, style) = ("red", .red)
    case nil: (verdict, style) = ("no verdict", .yellow)
    }
    let said = result.passed == true ? "" : " (\(result.message.terminalSafe))"
    var lines = [
      "\(result.gate) on it: " + terminal.styled(verdict, style)
        + " after \(Span.text(result.seconds))\(said)"
    ]
    switch (result.reproduces, result.recorded) {
    case (true?, _): lines.append("as recorded: it reproduces")
    case (false?, let recorded):
      lines.append(
        "recorded was \(recorded == true ? "green" : "red"): it does not reproduce, so the gate "
          + "depends on more than the tree")
    case (nil, nil): lines.append("nothing is on record for this gate on this tree")
    case (nil, _): lines.append("the gate could not be carried out, which says nothing of the tree")
    }
    lines.append("hint: read its output: less '\(result.log.terminalSafe)'")
    return lines
  }

  func json(_ results: [Reproduction.Result], path: String?) -> JSONValue {
    var object = JSONObject([
      ("version", 1), ("run", .string(reproduction.run.rawValue)),
      ("workstream", .string(reproduction.record.id.rawValue)),
      ("state", .string(reproduction.record.state.rawValue)),
      ("commit", .string(reproduction.commit.hex)), ("tree", .string(reproduction.tree.hex)),
    ])
    object.append("onto", reproduction.onto.map { .string($0.hex) })
    object.append(
      "predecessors", .array(reproduction.predecessors.map { .string($0.rawValue) }))
    object.append("worktree", path.map(JSONValue.string))
    object.append("results", .array(results.map(json)))
    return .object(object)
  }

  private func json(_ result: Reproduction.Result) -> JSONValue {
    var object = JSONObject([("gate", .string(result.gate))])
    object.append("passed", result.passed.map(JSONValue.bool))
    object.append("recorded", result.recorded.map(JSONValue.bool))
    object.append("reproduces", result.reproduces.map(JSONValue.bool))
    object.append("message", .string(result.message))
    object.append("seconds", .number(result.seconds.roundedToThousandths))
    object.append("log", .string(result.log))
    return .object(object)
  }
}
