import UETEngine
import UETModel
import UETReporting

/// The gates of a run, or what decided for one workstream, as lines for a terminal or one JSON
/// object.
struct GatesView {
  let list: GateList
  let explained: (name: String, answer: (tree: ObjectID, gates: [GateList.Explanation]))?
  let terminal: Terminal

  var lines: [String] {
    if let explained { return explanation(explained.name, explained.answer) }
    if list.entries.isEmpty { return ["run '\(list.run)' has no gates"] }
    return list.entries.flatMap(block)
  }

  private func block(_ entry: GateList.Entry) -> [String] {
    var counts = ["\(entry.runs) \(entry.runs == 1 ? "run" : "runs")"]
    if entry.reused > 0 { counts.append("\(entry.reused) re-used") }
    if entry.flaky > 0 { counts.append(terminal.styled("\(entry.flaky) flaky", .yellow)) }
    if entry.runs > 0 { counts.append(Span.text(entry.seconds)) }
    if entry.traced > 0 {
      counts.append("\(entry.traced) traced (\(Span.text(entry.tracedSeconds)))")
    }
    return [
      "\(entry.name.terminalSafe)  \(counts.joined(separator: ", "))",
      "  command  \(Self.short(entry.command.joined(separator: " ")))",
      "  keyed by \(Self.short(words(entry.key)))",
    ]
  }

  /// One line of at most 80 columns together with what stands before it.
  private static func short(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).joined(separator: " ").terminalSafe
    return line.count <= 68 ? line : line.prefix(67) + "…"
  }

  private func words(_ key: GateList.Key) -> String {
    switch key {
    case .tree: "tree"
    case .commit: "commit"
    case .inputs(let patterns): "inputs: " + patterns.joined(separator: ", ")
    case .learned: "inputs: auto, what it is seen to read"
    }
  }

  private func explanation(
    _ name: String, _ answer: (tree: ObjectID, gates: [GateList.Explanation])
  ) -> [String] {
    let title = "'\(name.terminalSafe)' was judged as tree \(answer.tree.short)"
    if answer.gates.isEmpty { return [title + ", by no gate"] }
    return [title] + answer.gates.flatMap(block)
  }

  private func block(_ gate: GateList.Explanation) -> [String] {
    let result: String =
      switch gate.passed {
      case true?: terminal.styled("green", .green)
      case false?: terminal.styled("red", .red)
      case nil: "not asked"
      }
    let how =
      gate.passed == nil
      ? "" : gate.reusedFrom.map { ", same inputs as tree \($0.short)" } ?? ", ran on it"
    let event = gate.event.map { " (event \($0))" } ?? ""
    var lines = ["\(gate.gate.terminalSafe)  \(result)\(how)\(event)"]
    lines.append("  keyed by \(Self.short(words(gate.key)))")
    if let key = gate.verdictKey {
      let inputs = gate.inputs.map { ", inputs \($0.short)" } ?? ""
      lines.append("  key      \(key.prefix(10))\(inputs)".terminalSafe)
    }
    if let whole = gate.whole {
      lines.append("  counts for the whole tree: \(Self.short(whole))")
    }
    if let before = gate.before, !gate.differing.isEmpty {
      let paths = gate.differing.prefix(3).map { Self.short($0) }
      let more = gate.differing.count - paths.count
      lines.append("  differs from tree \(before.short), which it judged before, in")
      lines += paths.map { "    \($0)" }
      if more > 0 { lines.append("    and \(more) more") }
    } else if gate.before == nil, gate.passed != nil, gate.reusedFrom == nil {
      lines.append("  it had judged nothing like it before")
    }
    return lines
  }

  var json: JSONValue {
    var object: JSONObject = ["version": 1, "run": .string(list.run.rawValue)]
    if let explained {
      object.append("workstream", .string(explained.name))
      object.append("tree", .commit(explained.answer.tree))
      object.append("gates", .array(explained.answer.gates.map(json)))
    } else {
      object.append("gates", .array(list.entries.map(json)))
    }
    return .object(object)
  }

  private func json(_ entry: GateList.Entry) -> JSONValue {
    var object: JSONObject = [
      "gate": .string(entry.name), "command": .array(entry.command.map(JSONValue.string)),
    ]
    append(entry.key, to: &object)
    object.append("runs", .integer(Int64(entry.runs)))
    object.append("reused", .integer(Int64(entry.reused)))
    object.append("flaky", .integer(Int64(entry.flaky)))
    object.append("seconds", .number(entry.seconds))
    object.append("traced", .integer(Int64(entry.traced)))
    object.append("traced_seconds", .number(entry.tracedSeconds))
    return .object(object)
  }

  private func append(_ key: GateList.Key, to object: inout JSONObject) {
    switch key {
    case .tree: object.append("keyed_by", "tree")
    case .commit: object.append("keyed_by", "commit")
    case .learned:
      object.append("keyed_by", "inputs")
      object.append("inputs", "auto")
    case .inputs(let patterns):
      object.append("keyed_by", "inputs")
      object.append("inputs", .array(patterns.map(JSONValue.string)))
    }
  }

  private func json(_ gate: GateList.Explanation) -> JSONValue {
    var object: JSONObject = ["gate": .string(gate.gate)]
    append(gate.key, to: &object)
    object.append("passed", gate.passed.map(JSONValue.bool))
    object.append("gate_key", .text(gate.verdictKey))
    object.append("event", .integer(gate.event))
    object.append("inputs_tree", .commit(gate.inputs))
    object.append("tested_tree", .commit(gate.reusedFrom))
    object.append("whole_tree", .text(gate.whole))
    object.append("before", .commit(gate.before))
    object.append("differing", .array(gate.differing.map(JSONValue.string)))
    return .object(object)
  }
}
