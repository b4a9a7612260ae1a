import Foundation
import Testing

/// Gates and acceptance tests of attempts.
@Suite struct GateTests {
  private func project(_ gate: String, extra: String, _ script: String) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(".uet/config.yaml", "gates: {GATE_UNIT: \(gate)}\n")
    try scratch.bundle("ws-a", scope: ["a"], extra: extra, script)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  @Test func acceptanceTestsThatAreCommandsRunAndProseDoesNot() throws {
    let scratch = try project(
      "{command: [\"true\"]}",
      extra: """
        acceptance_tests:
          - the file says hello; rm -rf everything
          - {command: [grep, -q, hello, a]}
        """,
      "grep -q 'says hello' \"$UET_PROMPT_FILE\" || exit 9; test $UET_ATTEMPT -gt 1 && echo hello > a || echo x > a"
    )
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let shown = try scratch.uet("show", try scratch.onlyRun(), "ws-a")
    #expect(shown.text.contains("E_GATE_FAILURE: ACCEPTANCE_1 is red"), "\(shown)")
    #expect(shown.text.contains("ACCEPTANCE_1  attempt  PASSED"), "\(shown)")
    #expect(!shown.text.contains("ACCEPTANCE_2"), "prose is never run")
  }

  @Test func aFlakyGateIsMarked() throws {
    let scratch = try Scratch()
    let mark = scratch.root.appendingPathComponent("mark").path
    try scratch.write(
      ".uet/config.yaml",
      "gates: {GATE_UNIT: {command: [sh, -c, 'test -e \(mark) || { touch \(mark); exit 1; }'], retries: 1}}\n"
    )
    try scratch.bundle("ws-a", scope: ["a"], extra: "test_gates: [{type: GATE_UNIT}]", "echo > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let output = try scratch.uet("run")
    #expect(output.status == 0 && output.text.contains("is flaky"), "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.uet("status").text.contains("flaky: GATE_UNIT"))
    #expect(try scratch.uet("show", run, "ws-a").text.contains("flaky: red first"))
    #expect(try scratch.uet("show", run, "ws-a", "--json").text.contains("\"flaky\": true"))
    #expect(try scratch.git("log", "-1", "--notes=uet", "uet/\(run)/ws-a").contains("flaky"))
  }
}
