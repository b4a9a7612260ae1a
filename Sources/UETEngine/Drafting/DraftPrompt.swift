import UETModel
import UETPlanning

/// What an agent is asked that drafts bundles.
struct DraftPrompt {
  let goal: String
  /// Where it writes, from the root.
  let folder: String
  var preamble: String?
  /// Names with what is said of them.
  var tools: [(name: String, words: String)] = []
  var gates: [String] = []
  var map: [String] = []
  /// The ids of bundles that are there.
  var known: [WorkstreamID] = []
  /// What is wrong with its last draft; nil for the first.
  var problems: [String]?

  var text: String {
    let rules = preamble.map { $0.trimmedLines + [""] } ?? []
    let sections = [
      asked, wrong, how, BundleBrief.lines, toolLines, gateLines, knownLines, mapLines,
    ]
    return (rules + sections.filter { !$0.isEmpty }.joined(separator: [""])).joined(separator: "\n")
      + "\n"
  }

  private var asked: [String] {
    ["# Plan, do not do", "", "Plan how this goal is reached in this repository:", ""]
      + goal.trimmedLines.map { $0.isEmpty ? "" : "    \($0)" }
  }

  private var wrong: [String] {
    guard let problems else { return [] }
    return [
      "Your last draft is in \(folder)/. It cannot be taken as it is; mend those files, and take",
      "away what is too much:", "",
    ] + problems.map { "- \($0)" }
  }

  private var how: [String] {
    [
      "Read what you need. Then write the workstreams that reach the goal together as bundles, a file",
      "each, into \(folder)/. Write nowhere else: whatever else you change is thrown away. Run none of",
      "them.", "",
      "- Each workstream is done by an agent of its own, in a checkout of its own, that knows its",
      "  tasks and what those before it have left, and nothing else.",
      "- Scopes decide: a change outside of them makes a workstream fail. Two whose scopes overlap do",
      "  not run side by side; so cut the work so that scopes do not overlap where that is natural.",
      "- What builds on another's result names it in `depends_on`; nothing else does. No cycles.",
      "- As few as make sense, each of a size that one agent does in one sitting.",
    ]
  }

  private var toolLines: [String] {
    ["Tools:"] + tools.map { "- \($0.name)" + ($0.words.isEmpty ? "" : ": \($0.words)") }
  }

  private var gateLines: [String] {
    gates.isEmpty
      ? ["Gates: none are configured; leave `test_gates` out."]
      : ["Gates:"] + gates.map { "- \($0)" }
  }

  private var knownLines: [String] {
    let shown = 60
    if known.isEmpty { return [] }
    let more = known.count > shown ? ["- and \(known.count - shown) more"] : []
    return ["Workstreams that are declared already; leave them, and do not use their ids:"]
      + known.prefix(shown).map { "- \($0)" } + more
  }

  private var mapLines: [String] {
    ["The repository, files counted with all below:", ""] + map.map { "    \($0)" }
  }
}
