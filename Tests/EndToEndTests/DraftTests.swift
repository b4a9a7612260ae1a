import Foundation
import Testing

/// `git uet draft`, with scripts that play the agent.
@Suite struct DraftTests {
  private static let usage = """
    {"claude-sonnet-5":{"inputTokens":1000,"outputTokens":50,"cacheReadInputTokens":0,"cacheCreationInputTokens":0}}
    """

  /// `claude` is a script that counts its rounds in `$TMPDIR/round` and keeps each input.
  private func project(_ script: String, bundle: String? = nil) throws -> Scratch {
    let scratch = try Scratch()
    let text = """
      #!/bin/sh
      echo x >> $TMPDIR/rounds; round=$(wc -l < $TMPDIR/rounds | tr -d ' ')
      cat > $TMPDIR/input.$round; echo "$@" > $TMPDIR/arguments.$round; pwd > $TMPDIR/place
      draft=workstreams/draft; mkdir -p $draft
      \(script)
      echo '{"type":"result","subtype":"success","is_error":false,"session_id":"s-1","result":"ok","model_usage_since_last_result":\(Self.usage)}'

      """
    let program = try scratch.program("agent", text)
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates: {GATE_UNIT: {command: ["true"]}}
      tools: {claude: {command: [\(program.path)], model: claude-sonnet-5}}
      """)
    try scratch.write("src/a.c", "int a;\n")
    if let bundle { try scratch.write("workstreams/old.yaml", bundle) }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=first")
    return scratch
  }

  private static let good = """
    printf 'id: ws-one\\ntasks: [One]\\nfiles_scope: [src/**]\\ntool: claude\\nestimated_context_tokens: 50000\\nmax_cost_usd: 2\\n' > $draft/one.yaml
    printf 'id: ws-two\\ntasks: [Two]\\nfiles_scope: [docs/]\\ntool: claude\\ndepends_on: [ws-one]\\n' > $draft/two.yaml
    """

  /// Nothing is left behind but the bundles.
  private func expectClean(_ scratch: Scratch, sourceLocation: SourceLocation = #_sourceLocation)
    throws
  {
    #expect(
      try scratch.git("worktree", "list").split(separator: "\n").count == 1,
      sourceLocation: sourceLocation)
    #expect(try scratch.git("for-each-ref", "refs/uet").isEmpty, sourceLocation: sourceLocation)
    let place = scratch.kept("place").trimmingCharacters(in: .whitespacesAndNewlines)
    #expect(
      !place.isEmpty && !FileManager.default.fileExists(atPath: place),
      sourceLocation: sourceLocation)
    let runs = scratch.path + "/.git/uet/runs"
    let left = (try? FileManager.default.contentsOfDirectory(atPath: runs)) ?? []
    #expect(left.isEmpty, "\(left)", sourceLocation: sourceLocation)
    let branches = try scratch.git("for-each-ref", "--format=%(refname)", "refs/heads")
    #expect(branches.split(separator: "\n").count == 1, sourceLocation: sourceLocation)
  }

  @Test func aDraftThatIsValidAtOnceIsShownAsAPlan() throws {
    let scratch = try project(
      Self.good, bundle: "id: ws-old\ntasks: [Old]\nfiles_scope: [src/a.c]\ntool: claude\n")
    let output = try scratch.uet("draft", "Split a.c\ninto parts")
    #expect(output.status == 0, "\(output)")
    for words in [
      "drafted 2 workstreams in workstreams/draft/: ws-one, ws-two", "must not run side by side: 1",
      "context: about 50000 tokens (1 of 2 say)", "cost: at most $2.00 (1 of 2 say)",
      "it used 1000 tokens in, 50 out, $0.0025", "next:",
    ] { #expect(output.text.contains(words), "\(words): \(output)") }
    #expect(output.errors.contains("round 1 of 3: 'claude' drafts"), "\(output)")
    #expect(scratch.read("workstreams/draft/one.yaml")?.hasPrefix("id: ws-one") == true)
    let prompt = scratch.kept("input.1")
    for words in [
      "    Split a.c\n    into parts\n", "- `files_scope` (required)",
      "- claude: asks claude-sonnet-5",
      "- GATE_UNIT\n", "- ws-old\n", "src/: 1 file (1 .c)", "into workstreams/draft/.",
    ] { #expect(prompt.contains(words), "\(words): \(prompt)") }
    #expect(!prompt.contains("HANDOFF"))
    // It ran nothing, and the folder of bundles has what it had.
    #expect(try scratch.uet("runs").status != 0 || scratch.uet("runs").text.contains("no runs"))
    #expect(try scratch.uet("plan", "--json").text.contains("ws-one") == false)
    #expect(try scratch.uet("plan", "workstreams", "workstreams/draft").status == 0)
    try expectClean(scratch)
    // Once more: what is there is not overwritten, and no agent is asked in vain.
    let again = try scratch.uet("draft", "Split a.c")
    #expect(again.status == 2 && again.errors.contains("holds bundles already"), "\(again)")
    #expect(again.errors.contains("--into") && scratch.kept("input.2").isEmpty, "\(again)")
    let elsewhere = try scratch.uet("draft", "x", "--into", "plans", "--json")
    #expect(elsewhere.status == 1, "\(elsewhere)")
  }

  @Test func whatIsWrongGoesBackToTheAgent() throws {
    let scratch = try project(
      """
      if test $round = 1; then
        printf 'id: ws-one\\ntasks: [One]\\nfiles_scope: [src/**]\\ntool: robot\\ndepends_on: [ws-two]\\n' > $draft/one.yaml
        printf 'id: ws-two\\ntasks: [Two]\\nfiles_scope: [docs/]\\ntool: claude\\ndepends_on: [ws-one]\\n' > $draft/two.yaml
      else
        cat $draft/one.yaml > $TMPDIR/found
        \(Self.good)
      fi
      """)
    let output = try scratch.uet("draft", "Split a.c", "--json")
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("\"rounds\": 2") && output.text.contains("\"input_tokens\": 2000"))
    #expect(output.errors.contains("the loader does not take the draft:"), "\(output)")
    let prompt = scratch.kept("input.2")
    #expect(prompt.contains("Your last draft is in workstreams/draft/."), "\(prompt)")
    #expect(prompt.contains("unknown tool 'robot'") && prompt.contains("cycle"), "\(prompt)")
    // It finds what it wrote, and goes on with its session.
    #expect(scratch.kept("found").hasPrefix("id: ws-one"))
    #expect(scratch.kept("arguments.2").contains("--resume s-1"), "\(scratch.kept("arguments.2"))")
    try expectClean(scratch)
  }

  @Test func oneThatIsNeverValidIsKeptAside() throws {
    let scratch = try project("echo 'id: [' > $draft/bad.yaml")
    let output = try scratch.uet("draft", "Split a.c", "--rounds", "2")
    #expect(output.status == 1, "\(output)")
    #expect(output.errors.contains("the draft is not valid; it used 2000 tokens in"), "\(output)")
    #expect(output.errors.contains("workstreams/draft/bad.yaml:"), "\(output)")
    let line = try #require(
      output.errors.split(separator: "\n").first { $0.contains("it is kept in") }, "\(output)")
    let place = line.split(separator: " ").first { $0.contains("/uet/drafts/") }?.dropLast()
    let kept = try String(contentsOfFile: "\(place ?? "")/bad.yaml", encoding: .utf8)
    #expect(kept == "id: [\n")
    #expect(scratch.read("workstreams/draft/bad.yaml") == nil && scratch.kept("input.3").isEmpty)
    try expectClean(scratch)

    let none = try project(":")
    let nothing = try none.uet("draft", "Split a.c", "--rounds", "1")
    #expect(nothing.status == 1, "\(nothing)")
    #expect(nothing.errors.contains("there is no bundle in 'workstreams/draft/'"), "\(nothing)")
    try expectClean(none)
  }

  @Test func whatIsWrittenElsewhereIsThrownAway() throws {
    let scratch = try project(
      Self.good + "\necho changed > src/a.c; echo new > b; git add b; git commit -qm mine b || true"
    )
    let output = try scratch.uet("draft", "Split a.c")
    #expect(output.status == 0, "\(output)")
    #expect(output.errors.contains("thrown away, since it is elsewhere:"), "\(output)")
    #expect(scratch.read("src/a.c") == "int a;\n" && scratch.read("b") == nil)
    #expect(try scratch.git("status", "--porcelain") == "?? workstreams/")
    try expectClean(scratch)
  }

  /// A bundle of a person is never taken for the agent's, nor changed.
  @Test func bundlesThatAreThereStay() throws {
    let old = "id: ws-old\ntasks: [Old]\nfiles_scope: [a]\ntool: claude\n"
    let scratch = try project(
      Self.good.replacingOccurrences(of: "$draft/", with: "workstreams/")
        + "\nif test $round = 1; then echo '# mine' >> workstreams/old.yaml; fi",
      bundle: old)
    let output = try scratch.uet("draft", "Split a.c", "--into", "workstreams", "--rounds", "2")
    #expect(output.errors.contains("was there before, and stays as it was"), "\(output)")
    #expect(scratch.read("workstreams/old.yaml") == old)
    #expect(output.status == 0, "\(output)")
    #expect(scratch.read("workstreams/one.yaml") != nil)
  }

  @Test func anAgentThatFailsIsTold() throws {
    let scratch = try project("echo 'no such model'; exit 3")
    let output = try scratch.uet("draft", "Split a.c")
    #expect(
      output.status == 1 && output.errors.contains("nothing is drafted: 'claude'"), "\(output)")
    try expectClean(scratch)
    #expect(try scratch.uet("draft", " ").status == 2)
    #expect(try scratch.uet("draft", "x", "--into", "../y").status == 2)
    #expect(try scratch.uet("draft", "x", "--tool", "none").status == 2)
    try scratch.write("workstreams/broken.yaml", "id: [")
    let broken = try scratch.uet("draft", "x")
    #expect(broken.status == 2 && broken.errors.contains("broken.yaml"), "\(broken)")
  }

  @Test func aSignalLeavesNothing() throws {
    let scratch = try project("\(Self.good)\n: > $TMPDIR/begun; sleep 600")
    let running = try scratch.direct(["draft", "Split a.c"])
    let begun = (scratch.environment["TMPDIR"] ?? "") + "/begun"
    let end = ContinuousClock().now + .seconds(60)
    while !FileManager.default.fileExists(atPath: begun), ContinuousClock().now < end {
      usleep(50_000)
    }
    running.signal(SIGINT)
    let output = running.finish()
    #expect(output.status == 130, "\(output)")
    #expect(scratch.read("workstreams/draft/one.yaml") == nil)
    try expectClean(scratch)
  }
}
