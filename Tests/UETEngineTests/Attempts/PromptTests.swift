import Testing
import UETModel

@testable import UETEngine

@Suite struct PromptTests {
  private func prompt() throws -> Prompt {
    let id = try #require(WorkstreamID("ws-a"))
    let scope = Workstream.Scope(
      writes: [try ScopePattern("src/a.c")],
      reads: [try ScopePattern("include")])
    var workstream = Workstream(
      id: id, tasks: ["Read it", "Write it"], tool: "claude", scope: scope)
    workstream.acceptanceTests = [.prose("it parses")]
    return Prompt(workstream: workstream, attempt: 2)
  }

  @Test func saysWhatToDoAndWhatNot() throws {
    #expect(
      try prompt().text == """
        # ws-a

        Tasks:
        1. Read it
        2. Write it

        You may change only these paths (a directory covers all below it):
        - src/a.c

        Every other path is outside your scope: with one change there the attempt fails, however
        good the rest is. Where the tasks cannot be done within the scope, leave the rest as it is
        and say which path you would need. What you change is committed for you: leave branches,
        the stash and git's settings alone.

        Read for context:
        - include

        Done means:
        - it parses

        """)
  }

  @Test func anAgentThatRemembersIsToldWhereItsWorkIs() throws {
    var prompt = try prompt()
    prompt.previous = .init(message: "GATE_UNIT is red", isResumed: true)
    let begun =
      "You remember that attempt, but your worktree has begun anew: what you changed then is not in it.\n"
    #expect(prompt.text.hasSuffix("Attempt 1 failed: GATE_UNIT is red\n" + begun))
    prompt.previous?.kept = "refs/uet/salvage/r/ws-a/1"
    #expect(
      prompt.text.hasSuffix(
        begun + """
          It is kept. See it with: git diff HEAD refs/uet/salvage/r/ws-a/1
          Take what is good of it with: git restore --source=refs/uet/salvage/r/ws-a/1 -- PATH

          """))
  }

  @Test func rulesComeFirstAndTheFailureLast() throws {
    var prompt = try prompt()
    prompt.preamble = "Use tabs.\n\n"
    let other = try #require(WorkstreamID("ws-b"))
    let paths = (1...10).map { "p\($0)" }
    prompt.inputs = [
      .init(workstream: other, task: "Sort them", paths: paths),
      .init(workstream: other, task: nil, paths: []),
    ]
    prompt.previous = .init(
      message: "GATE_UNIT is red", output: (of: "GATE_UNIT", end: "one\n\n  two\n \n"))
    let text = prompt.text
    #expect(text.hasPrefix("Use tabs.\n\n# ws-a\n"), "\(text)")
    #expect(
      text.hasSuffix(
        """
        Your work stands on what others have finished; it is all there already:
        - ws-b: Sort them (changed p1, p2, p3, p4, p5, p6, p7, p8 and 2 more)
        - ws-b:  (changed nothing)

        Attempt 1 failed: GATE_UNIT is red
        The end of what GATE_UNIT printed:

            one

              two

        """), "\(text)")
    prompt.previous = .init(message: "it did not start")
    #expect(prompt.text.hasSuffix("\n\nAttempt 1 failed: it did not start\n"))
  }

  @Test(arguments: [
    ("", 5, ""), ("one\n", 5, "one\n"), ("first line\nlast\n", 2, "last\n"),
    ("one line without an end", 2, "t an end"), ("no\n", 0, ""),
    ("\u{1B}[31mred\u{1B}[0m\n", 5, "red\n"),
  ])
  func theEndOfALogFits(log: String, tokens: Int, shown: String) {
    #expect(PromptText.end(of: Array(log.utf8), tokens: tokens) == shown)
  }

  /// A cut in the middle of a character leaves no half of it.
  @Test func noCharacterIsCutInTwo() {
    let log = String(repeating: "ä", count: 100)
    for tokens in 1..<20 {
      let end = PromptText.end(of: Array(("x" + log).utf8), tokens: tokens)
      #expect(end.allSatisfy { $0 == "ä" } && end.utf8.count <= 4 * tokens, "\(end)")
    }
  }
}
