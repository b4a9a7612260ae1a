import Foundation
import Testing

/// `git uet add`: one line becomes a bundle that fits to the rest.
@Suite struct AddTests {
  private func project(_ more: String = "", bundles: [String: String] = [:]) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml", "version: 1\ntools: {agent: {command: [sh, -c, \"echo x > a\"]}}\n" + more
    )
    for (name, text) in bundles { try scratch.write("workstreams/\(name)", text) }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  private static let first = """
    id: ws-first
    tasks: [First]
    files_scope: [src/**]
    tool: agent

    """

  @Test func aPromptBecomesABundle() throws {
    let scratch = try project(bundles: ["first.yml": Self.first])
    let prompt = "Fix the off-by-one error in the parser: it's \"#1\"\nand add a test\n"
    let shown = try scratch.uet(
      "add", prompt, "--scope", "src/parser/**", "--create", "tests/p.c", "--after", "ws-first",
      "--dry-run")
    #expect(shown.status == 0 && shown.text.contains("would write"), "\(shown)")
    let name = "workstreams/ws-fix-the-off-by-one-error-in-the-parser.yml"
    #expect(scratch.read(name) == nil)
    let output = try scratch.uet(
      "add", prompt, "--scope", "src/parser/**", "--create", "tests/p.c", "--after", "ws-first")
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("wrote \(name)\n"), "\(output)")
    #expect(output.text.contains("must not run side by side with 1 workstream:"), "\(output)")
    #expect(output.text.contains("ws-first: 'src/**' and 'src/parser/**'"), "\(output)")
    #expect(output.text.contains("next: git uet plan --explain ws-fix"), "\(output)")
    let text = try #require(scratch.read(name))
    #expect(
      text == """
        id: ws-fix-the-off-by-one-error-in-the-parser
        tasks:
          - |-
            Fix the off-by-one error in the parser: it's "#1"
            and add a test
        files_scope: ["src/parser/**"]
        files_create: [tests/p.c]
        depends_on: [ws-first]
        tool: agent

        """, "\(text)")
    #expect(try scratch.uet("validate").status == 0)
    // The same once more: the id is taken.
    let again = try scratch.uet("add", prompt, "--scope", "x")
    #expect(again.status == 2 && again.errors.contains("is declared already, in \(name)"))
    #expect(again.errors.contains("--id ws-fix-the-off-by-one-error-in-the-parser-2"), "\(again)")
  }

  @Test func nothingIsWrittenThatDoesNotFit() throws {
    let scratch = try project(bundles: [
      "first.json":
        #"{"id": "ws-first", "tasks": ["First"], "files_scope": ["src/**"], "tool": "agent"}"#
    ])
    func refused(_ words: String, _ arguments: String...) throws {
      let output = try scratch.running(["add"] + arguments).finish()
      #expect(output.status == 2, "\(arguments): \(output)")
      #expect(output.errors.contains(words), "\(arguments): \(output)")
    }
    try refused("'ws-none', which no file declares", "Do it", "--scope", "a", "--after", "ws-none")
    try refused("ws-do-it.json", "Do it", "--scope", "../a")
    try refused("there is no tool 'robot'", "Do it", "--scope", "a", "--tool", "robot")
    try refused("reads no prompt", "Do it", "--scope", "a", "--tool", "shell")
    try refused("the prompt is empty", " \n", "--scope", "a")
    try refused("no id can be made of", "!?", "--scope", "a")
    try refused("is no id", "Do it", "--scope", "a", "--id", "do it")
    try refused("'ws-first' is declared already", "Do it", "--scope", "a", "--id", "ws-first")
    #expect(try scratch.uet("add", "Do it").status == 64 || scratch.uet("add", "Do it").status == 2)
    try scratch.write("workstreams/ws-do-it.json", "[]")
    try refused("is there already, and stays as it is", "Do it", "--scope", "a")
    #expect(scratch.read("workstreams/ws-do-it.json") == "[]")
    try scratch.write("workstreams/broken.yaml", "id: ws-b\n")
    try refused("broken.yaml", "Do that", "--scope", "a")
    #expect(scratch.read("workstreams/ws-do-that.json") == nil)
  }

  @Test func theFirstBundleNeedsNoFolder() throws {
    let scratch = try project()
    let output = try scratch.uet("add", "Do it", "--scope", "a", "--json")
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("\"path\": \"workstreams/ws-do-it.yaml\""), "\(output)")
    let run = try scratch.uet("run")
    #expect(run.status == 0, "\(run)")
    #expect(try scratch.uet("status").text.contains("ws-do-it"))
  }

  /// A run that is going on gets it only where that is asked for.
  @Test func aRunThatGoesOnGetsIt() throws {
    let wait = """
      id: ws-wait
      tasks: [Wait]
      files_scope: [w]
      tool: shell
      command: "until test -e $TMPDIR/go; do sleep 0.1; done"

      """
    let scratch = try project(bundles: ["wait.yaml": wait])
    let running = try scratch.running(["run"])
    func isWorking() throws -> Bool {
      try scratch.uet("status", "--json").text.contains("RUNNING")
    }
    let end = ContinuousClock().now + .seconds(60)
    while try !isWorking(), ContinuousClock().now < end { usleep(100_000) }
    let run = try scratch.onlyRun()
    let beside = try scratch.uet("add", "Do it", "--scope", "a")
    #expect(beside.status == 0 && beside.errors.contains("goes on without it"), "\(beside)")
    #expect(beside.text.contains("next: git uet replan \(run)"), "\(beside)")
    // The plan differs in another way as well now: that is for a person to look at.
    let other = try scratch.uet("add", "Do more", "--scope", "a", "--run", run)
    #expect(other.status == 2 && other.errors.contains("other bundles differ"), "\(other)")
    #expect(try scratch.uet("replan", run, "--yes").status == 0)
    let added = try scratch.uet("add", "Do this", "--scope", "a", "--run", "@")
    #expect(added.status == 0 && added.text.contains("1 added"), "\(added)")
    try Data().write(to: URL(fileURLWithPath: (scratch.environment["TMPDIR"] ?? "") + "/go"))
    let output = running.finish()
    #expect(output.status == 0, "\(output)")
    #expect(try scratch.uet("show", run, "ws-do-this").text.contains("SUCCEEDED"))
  }
}
