import UETPlanning

/// What a user is told when a command fails: git's style, and the next command to type.
struct CommandFailure: Error, Sendable {
  var status: ExitStatus
  /// Lower case, no full stop, the subject in single quotes. Several for several faults.
  var messages: [String]
  var hints: [String]
  /// Messages that start with `FILE:LINE:COLUMN` stand by themselves.
  var isDiagnostic = false
  /// What is wrong with documents, for `--json`.
  var problems: [Diagnostic] = []

  init(_ status: ExitStatus, _ message: String, hint: String? = nil) {
    self.status = status
    messages = [message]
    hints = hint.map { [$0] } ?? []
  }

  init(_ status: ExitStatus, diagnostics: [String], hints: [String] = []) {
    self.status = status
    messages = diagnostics
    self.hints = hints
    isDiagnostic = true
  }

  func lines(on terminal: Terminal) -> [String] {
    let prefix = isDiagnostic ? "" : terminal.styled("error: ", .red)
    return messages.map { prefix + $0 } + hints.map { terminal.styled("hint: ", .yellow) + $0 }
  }
}
