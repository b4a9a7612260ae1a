import UETEngine
import UETModel
import UETReporting

/// What a gate reads beside what it declares, as lines for a terminal or one JSON object.
struct GateCheckView {
  let check: GateCheck
  let terminal: Terminal

  var lines: [String] {
    let name = check.gate.terminalSafe
    var lines = [
      "\(name) at \(check.commit.short): opened \(check.opened) tracked "
        + (check.opened == 1 ? "file" : "files") + " in \(Span.text(check.seconds))",
      "(under strace, which takes up to 6 times as long)",
    ]
    if !check.uncovered.isEmpty {
      lines.append(terminal.styled("error: ", .red) + "its inputs do not cover what it opened:")
      lines += check.uncovered.map { "  \($0.terminalSafe)" }
      lines.append(
        terminal.styled("hint: ", .yellow) + "add them to 'gates.\(name).inputs'")
    } else if check.failure == nil {
      lines.append("its inputs cover all of them")
    }
    if let failure = check.failure {
      lines.append(terminal.styled("error: ", .red) + "it \(failure.terminalSafe)")
      lines.append("what it reads when it is green is not known")
    }
    return lines
  }

  var json: JSONValue {
    [
      "version": 1, "gate": .string(check.gate), "commit": .commit(check.commit),
      "opened": .integer(Int64(check.opened)),
      "uncovered": .array(check.uncovered.map(JSONValue.string)),
      "seconds": .number(check.seconds), "failure": check.failure.map(JSONValue.string) ?? .null,
    ]
  }
}
