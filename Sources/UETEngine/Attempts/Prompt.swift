import UETModel

/// What a worker is asked to do, as text for an agent or a person.
struct Prompt: Sendable {
  var workstream: Workstream
  var attempt: Int
  /// The end of the last attempt's log, and why it failed.
  var previous: (message: String, log: String)?

  var text: String {
    var lines = ["# \(workstream.id)", ""]
    lines += ["Tasks:"] + workstream.tasks.enumerated().map { "\($0.offset + 1). \($0.element)" }
    lines += ["", "You may change only these paths (a directory covers all below it):"]
    lines += (workstream.scope.writes + workstream.scope.creates).map { "- \($0.text)" }
    if !workstream.scope.reads.isEmpty {
      lines += ["", "Read for context:"] + workstream.scope.reads.map { "- \($0.text)" }
    }
    let tests = workstream.acceptanceTests.map { test in
      switch test {
      case .prose(let text): "- \(text)"
      case .command(let command): "- run: \(command.argv.joined(separator: " "))"
      }
    }
    if !tests.isEmpty { lines += ["", "Done means:"] + tests }
    if let previous {
      lines += [
        "", "Attempt \(attempt - 1) failed: \(previous.message)", "The end of its log:", "",
      ]
      lines += previous.log.split(separator: "\n", omittingEmptySubsequences: false)
        .map { "    \($0)" }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}
