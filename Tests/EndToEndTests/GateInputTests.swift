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
