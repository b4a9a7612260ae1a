import UETModel

extension Refusal {
  func lines(on terminal: Terminal) -> [String] {
    let prefix = isDiagnostic ? "" : terminal.styled("error: ", .red)
    return messages.map { prefix + $0 } + hints.map { terminal.styled("hint: ", .yellow) + $0 }
  }

  /// A name of a form that no workstream has.
  static func notAWorkstream(_ name: String) -> Refusal {
    Refusal(
      .usage, "'\(name.terminalSafe)' is no workstream's name",
      hint: "names begin with 'ws-'; list them: git uet status")
  }
}
