import Foundation
import Testing

/// Gates that declare what they read, from the command line.
@Suite struct GateInputTests {
  /// A project of two packages with a gate each, and documentation that none reads. Each run of a
  /// gate leaves a line.
  private func project(_ extra: String = "") throws -> Scratch {
    let scratch = try Scratch()
    let log = scratch.root.appendingPathComponent("gates").path
    try scratch.write(
      ".uet/config.yaml",
      """
      gates:
        GATE_A: {command: [sh, -c, 'echo A >> \(log); ! grep -rq BAD a'], inputs: [a/**]}
        GATE_B: {command: [sh, -c, 'echo B >> \(log); ! grep -rq BAD b'], inputs: [b]}
      integration: {gates: [GATE_A, GATE_B], strategy: serial}
      \(extra)
      """)
    for name in ["a/one", "b/one", "docs/one"] { try scratch.write(name, "1\n") }
    return scratch
  }

  private func commit(_ scratch: Scratch) throws {
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
  }

  private func runs(_ scratch: Scratch) -> String {
    let log = scratch.root.appendingPathComponent("gates").path
    let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").sorted().joined()
  }

  @Test func eachGateRunsForWhatItReads() throws {
    let scratch = try project()
    try scratch.bundle("ws-1", scope: ["a/x"], "echo x > a/x")
    try scratch.bundle("ws-2", scope: ["docs/x"], "echo x > docs/x")
    try scratch.bundle("ws-3", scope: ["b/x"], "echo x > b/x")
    try scratch.bundle("ws-4", scope: ["docs/y"], "echo y > docs/y")
    try commit(scratch)
    #expect(try scratch.uet("run").status == 0)
    let output = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(output.status == 0, "\(output)")
    // Both on what the first holds, and B on what ws-3 changes.
    #expect(runs(scratch) == "ABB")
    let audit = try scratch.uet("verify", "--landed")
    #expect(audit.status == 0 && audit.text.contains("proven (4 candidates"), "\(audit)")
    #expect(audit.text.contains("same inputs as tree"), "\(audit)")
    let run = try scratch.onlyRun()
    let gates = try scratch.uet("gates").text
    #expect(gates.contains("GATE_A  1 run, 3 re-used, "), "\(gates)")
    #expect(gates.contains("  keyed by inputs: a/**\n"), "\(gates)")
    let why = try scratch.uet("gates", run, "--explain", "ws-3").text
    #expect(why.contains("GATE_A  green, same inputs as tree "), "\(why)")
    #expect(why.contains("GATE_B  green, ran on it (event "), "\(why)")
    #expect(why.contains("which it judged before, in\n    b/x"), "\(why)")
    #expect(why.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(why)")
    let json = try scratch.uet("gates", "--explain", "ws-3", "--json").text
    #expect(json.contains("\"differing\": [\"b/x\"]") || json.contains("b/x"), "\(json)")
    #expect(try scratch.uet("gates", "--explain", "ws-9").status == 2)
    let same = try scratch.uet("reproduce", run, "ws-4")
    #expect(same.status == 0, "\(same)")
  }

  @Test func aRedOneIsSetAsideAndReproduced() throws {
    let scratch = try project()
    try scratch.bundle("ws-1", scope: ["docs/x"], "echo x > docs/x")
    try scratch.bundle("ws-2", scope: ["b/x"], "echo BAD > b/x")
    try scratch.bundle("ws-3", scope: ["docs/y"], "echo y > docs/y")
    try commit(scratch)
    _ = try scratch.uet("run")
    let output = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(output.text.contains("ws-2 set aside: GATE_B failed"), "\(output)")
    #expect(runs(scratch) == "ABBB", "and once more before it goes")
    let run = try scratch.onlyRun()
    #expect(try scratch.uet("reproduce", run, "ws-2").status == 0)
    #expect(try scratch.uet("verify", "--landed").status == 0)
  }

  @Test func attemptsUseTheVerdictsOfEachOther() throws {
    let scratch = try project()
    let gate = "test_gates: [{type: GATE_A}]"
    try scratch.bundle("ws-1", scope: ["docs/x"], extra: gate, "echo x > docs/x")
    try scratch.bundle("ws-2", scope: ["docs/y"], after: ["ws-1"], extra: gate, "echo y > docs/y")
    try scratch.bundle("ws-3", scope: ["a/x"], after: ["ws-2"], extra: gate, "echo y > a/x")
    try commit(scratch)
    #expect(try scratch.uet("run").status == 0)
    #expect(runs(scratch) == "AA")
    let run = try scratch.onlyRun()
    let shown = try scratch.uet("show", run, "ws-2")
    #expect(shown.text.contains("PASSED  as before (event "), "\(shown)")
    #expect(shown.text.contains(", same inputs as tree "), "\(shown)")
    #expect(try scratch.uet("integrate", "--land", "main", "--update-checkout").status == 0)
    // What attempts found out holds in the queue: only B is new to it.
    #expect(runs(scratch) == "AAB")
  }

  @Test func whatCannotBeIsRefused() throws {
    let scratch = try project()
    try scratch.bundle("ws-1", scope: ["docs/x"], "echo x > docs/x")
    try scratch.write(
      ".uet/config.yaml",
      "gates: {GATE_A: {command: [\"true\"], inputs: [a], keyed_by: commit}, "
        + "GATE_B: {command: [\"true\"], inputs: []}, "
        + "GATE_C: {command: [\"true\"], inputs: [../x]}}\n")
    try commit(scratch)
    let output = try scratch.uet("run")
    #expect(output.status != 0)
    #expect(
      output.errors.contains("gate 'GATE_A' cannot have both 'inputs' and 'keyed_by: commit'"),
      "\(output)")
    #expect(output.errors.contains("must name a path"), "\(output)")
    #expect(output.errors.contains("must not contain '..'"), "\(output)")
  }

  /// A list that is too narrow is found, where there is a tracer.
  @Test func aListThatIsTooNarrowIsFound() throws {
    let scratch = try project()
    try scratch.write("lib/common", "1\n")
    try scratch.write("b/run", "#!/bin/sh\ncat lib/common \"$1\" a/one > /dev/null\n")
    try scratch.write(
      ".uet/config.yaml",
      """
      gates:
        GATE_A: {command: [sh, -c, 'cd a && cat one ../docs/one > out'], inputs: [a, docs/*]}
        GATE_B: {command: [sh, b/run, b/é], inputs: [b]}
        GATE_C: {command: [cat, a/one]}
      """)
    try scratch.write("b/é", "1\n")
    try commit(scratch)
    let unknown = try scratch.uet("gates", "--check", "GATE_C")
    #expect(unknown.status != 0 && unknown.errors.contains("declares no 'inputs'"), "\(unknown)")
    let found = try scratch.uet("gates", "--check", "GATE_B")
    let hasTracer = FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")
    guard hasTracer else {
      #expect(found.errors.contains("hint: install it"), "\(found)")
      return
    }
    #expect(found.status == 1, "\(found)")
    #expect(found.text.contains("opened 4 tracked files"), "\(found)")
    #expect(found.text.contains("cover what it opened:\n  a/one\n  lib/common\nhint: "), "\(found)")
    let sound = try scratch.uet("gates", "--check", "GATE_A")
    #expect(sound.status == 0 && sound.text.contains("cover all of them"), "\(sound)")
    #expect(try scratch.git("worktree", "list").split(separator: "\n").count == 1)
  }

  /// After a crash amid the queue no gate runs again on what it reads.
  @Test func aCrashLosesNoVerdict() throws {
    let scratch = try project()
    let (go, waits) = ("\(scratch.root.path)/go", "\(scratch.root.path)/waits")
    let log = scratch.root.appendingPathComponent("gates").path
    try scratch.write(
      ".uet/config.yaml",
      """
      gates:
        GATE_A: {command: [sh, -c, 'echo A >> \(log)'], inputs: [a]}
        GATE_B:
          command: [sh, -c, 'until test ! -e b/x || test -e \(go); do touch \(waits); sleep 0.05; done']
          inputs: [b]
      integration: {gates: [GATE_A, GATE_B], strategy: serial}
      """)
    try scratch.bundle("ws-1", scope: ["a/x"], "echo x > a/x")
    try scratch.bundle("ws-2", scope: ["docs/x"], "echo x > docs/x")
    try scratch.bundle("ws-3", scope: ["b/x"], "echo x > b/x")
    try commit(scratch)
    #expect(try scratch.uet("run").status == 0)
    let integrate = try scratch.direct(["integrate"])
    try scratch.wait("the gate of ws-3") { FileManager.default.fileExists(atPath: waits) }
    integrate.signal(SIGKILL)
    _ = integrate.finish()
    try Data().write(to: URL(fileURLWithPath: go))
    let output = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(output.status == 0, "\(output)")
    #expect(runs(scratch) == "A")
    #expect(try scratch.uet("verify", "--landed").status == 0)
  }
}

/// Gates of which it is learned what they read, from the command line.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace"), "no strace"))
struct LearnedInputTests {
  /// A gate whose script reads `src`, which nobody has said, and leaves a line for each run.
  private func project(_ script: String = "cat src/* tools/* 2>/dev/null") throws -> Scratch {
    let scratch = try Scratch()
    let log = scratch.root.appendingPathComponent("gates").path
    try scratch.write(
      ".uet/config.yaml",
      """
      gates: {GATE_T: {command: [sh, test.sh], inputs: auto}}
      integration: {gates: [GATE_T], strategy: serial}
      """)
    try scratch.write("test.sh", "echo T >> \(log)\n! grep -rq BAD src || exit 1\n\(script)\n:\n")
    for name in ["src/one", "docs/one"] { try scratch.write(name, "1\n") }
    return scratch
  }

  private func commit(_ scratch: Scratch) throws {
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
  }

  private func runs(_ scratch: Scratch) -> Int {
    let log = scratch.root.appendingPathComponent("gates").path
    return ((try? String(contentsOfFile: log, encoding: .utf8)) ?? "").split(separator: "\n").count
  }

  @Test func whatItDoesNotReadDoesNotMatter() throws {
    let scratch = try project()
    for number in 1...10 {
      try scratch.bundle("ws-\(number)", scope: ["docs/\(number)"], "echo x > docs/\(number)")
    }
    try commit(scratch)
    #expect(try scratch.uet("run").status == 0)
    let output = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(output.status == 0, "\(output)")
    #expect(runs(scratch) == 1)
    let audit = try scratch.uet("verify", "--landed")
    #expect(audit.status == 0 && audit.text.contains("proven (10 candidates"), "\(audit)")
    #expect(audit.text.contains("same inputs as tree"), "\(audit)")
    let gates = try scratch.uet("gates").text
    #expect(gates.contains("GATE_T  1 run, 9 re-used, "), "\(gates)")
    #expect(gates.contains(" 1 traced ("), "\(gates)")
    // What it read is part of the record, and reaches whoever gets that.
    let run = try scratch.onlyRun()
    #expect(try scratch.uet("gates", run, "--explain", "ws-9").text.contains("same inputs as tree"))
    _ = try scratch.git("gc", "--quiet", "--prune=now")
    #expect(try scratch.uet("verify", "--landed").status == 0)
  }

  @Test func whatItLooksForAndListsDoes() throws {
    let scratch = try project()
    try scratch.bundle("ws-1", scope: ["docs/x"], "echo x > docs/x")
    try scratch.bundle("ws-2", scope: ["src/x"], after: ["ws-1"], "echo x > src/x")
    try scratch.bundle(
      "ws-3", scope: ["tools/x"], after: ["ws-2"], "mkdir -p tools; echo x > tools/x")
    try scratch.bundle("ws-4", scope: ["docs/y"], after: ["ws-3"], "echo x > docs/y")
    try scratch.bundle("ws-5", scope: ["src/y"], after: ["ws-4"], "echo BAD > src/y")
    try commit(scratch)
    #expect(try scratch.uet("run").status == 0)
    let output = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(output.text.contains("ws-5 set aside: GATE_T failed"), "\(output)")
    #expect(output.text.contains("4 workstreams landed in main"), "\(output)")
    #expect(try scratch.uet("verify", "--landed").status == 0)
    let run = try scratch.onlyRun()
    let why = try scratch.uet("gates", run, "--explain", "ws-3").text
    #expect(why.contains("which it judged before, in\n    tools/x"), "\(why)")
  }

  @Test func attemptsLearnForEachOtherAndForTheQueue() throws {
    let scratch = try project()
    let gate = "test_gates: [{type: GATE_T}]"
    try scratch.bundle("ws-1", scope: ["docs/x"], extra: gate, "echo x > docs/x")
    try scratch.bundle("ws-2", scope: ["docs/y"], after: ["ws-1"], extra: gate, "echo y > docs/y")
    try scratch.bundle("ws-3", scope: ["src/x"], after: ["ws-2"], extra: gate, "echo y > src/x")
    try commit(scratch)
    #expect(try scratch.uet("run").status == 0)
    #expect(runs(scratch) == 2)
    #expect(try scratch.uet("integrate", "--land", "main", "--update-checkout").status == 0)
    #expect(runs(scratch) == 2)
    #expect(try scratch.uet("verify", "--landed").status == 0)
  }

  /// What looks at history is asked again on the merge of the very tree that an attempt had.
  @Test func historyIsNoPartOfAVerdict() throws {
    let scratch = try project("git log -1 --format=%s")
    let gate = "test_gates: [{type: GATE_T}]"
    try scratch.bundle("ws-1", scope: ["docs/x"], extra: gate, "echo x > docs/x")
    try commit(scratch)
    #expect(try scratch.uet("run").status == 0)
    #expect(runs(scratch) == 1)
    #expect(try scratch.uet("integrate", "--land", "main", "--update-checkout").status == 0)
    #expect(runs(scratch) == 2)
    let why = try scratch.uet("gates", "--explain", "ws-1").text
    #expect(why.contains("it looks at the history"), "\(why)")
    #expect(try scratch.uet("verify", "--landed").status == 0)
  }

  /// What a person or a tool left in a worktree and did not commit is no part of its tree.
  @Test func whatIsLeftBesideIsNotLearned() throws {
    let scratch = try project("test -e left/x")
    try scratch.write(".gitignore", "left/\n")
    let gate = "test_gates: [{type: GATE_T}]"
    try scratch.bundle(
      "ws-1", scope: ["docs/x"], extra: gate, "echo x > docs/x; mkdir left; echo x > left/x")
    try commit(scratch)
    #expect(try scratch.uet("run").status == 0)
    let why = try scratch.uet("gates", "--explain", "ws-1").text
    #expect(why.contains("it looked at 'left', which was there"), "\(why)")
  }
}
