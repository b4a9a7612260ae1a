import Foundation
import Testing

/// What attempts and gates print, live and afterwards.
@Suite struct LogsTests {
  private func project(_ script: String) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml", "gates: {GATE_UNIT: {command: [sh, -c, 'echo checked']}}\n")
    try scratch.bundle(
      "ws-a", scope: ["a"], extra: "test_gates: [{type: GATE_UNIT}]", script)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  @Test func followsThroughAttemptsAndGatesToTheEnd() throws {
    let scratch = try project("")
    let go = scratch.root.appendingPathComponent("go").path
    try scratch.bundle(
      "ws-a", scope: ["a"], extra: "test_gates: [{type: GATE_UNIT}]",
      """
      printf '\\033[31mred %s\\033[0m\\n' "$UET_ATTEMPT"
      while ! test -e '\(go)'; do sleep 0.02; done
      test "$UET_ATTEMPT" -gt 1 || exit 3
      echo > a
      """)
    try scratch.git("commit", "--quiet", "--all", "--message=script")
    let running = try scratch.direct(["run"])
    try scratch.wait("the run") { try !scratch.git("for-each-ref", "refs/uet/runs").isEmpty }
    try scratch.wait("the first words") {
      try scratch.uet("logs", try scratch.onlyRun(), "ws-a").text.contains("red 1")
    }
    let run = try scratch.onlyRun()
    let follower = try scratch.running(["logs", run, "ws-a", "--follow"])
    try scratch.wait("what is there already") { follower.printed.contains("red 1") }
    #expect(follower.process.isRunning)
    try Data().write(to: URL(fileURLWithPath: go))
    #expect(running.finish().status == 0)
    let followed = follower.finish()
    #expect(
      followed.text == """
        ==> ws-a.1.log <==
        red 1

        ==> ws-a.2.log <==
        red 2

        ==> ws-a.2.GATE_UNIT.log <==
        checked

        """, "\(followed)")
    #expect(followed.errors == "note: 'ws-a' is SUCCEEDED\n" && followed.status == 0)
    let both = try scratch.uet("logs", run, "ws-a")
    #expect(both.text.hasPrefix("==> ws-a.2.log <==\n"), "\(both)")
    let gate = try scratch.uet("logs", run, "ws-a", "--gate", "GATE_UNIT")
    #expect(gate.text == "checked\n", "\(gate)")
    let first = try scratch.uet("logs", run, "ws-a", "--attempt", "1", "--json")
    #expect(first.text.contains("\"gate\"") == false && first.text.contains("red 1"), "\(first)")
    #expect(try scratch.uet("logs", run, "ws-a", "--attempt", "3").status == 2)
    #expect(try scratch.uet("logs", run, "ws-a", "--gate", "GATE_X").status == 2)
  }

  @Test func followingEndsWithAProcessThatIsKilled() throws {
    let scratch = try project("echo begun; sleep 300")
    let running = try scratch.direct(["run"])
    try scratch.wait("the run") { try !scratch.git("for-each-ref", "refs/uet/runs").isEmpty }
    let follower = try scratch.running(["logs", try scratch.onlyRun(), "ws-a", "--follow"])
    try scratch.wait("its words") { follower.printed.contains("begun") }
    running.signal(SIGKILL)
    _ = running.finish()
    let followed = follower.finish()
    #expect(followed.status == 0 && followed.errors.contains("nobody works"), "\(followed)")
  }

  @Test func aLongLogKeepsItsHeadAndTailInTheRecord() throws {
    let scratch = try project(
      "echo first; head -c 3000000 /dev/zero | tr '\\0' 'x' | fold -w 99; echo last; echo > a")
    #expect(try scratch.uet("run").status == 0)
    try FileManager.default.removeItem(atPath: scratch.path + "/.git/uet")
    let logs = try scratch.uet("logs", try scratch.onlyRun(), "ws-a")
    #expect(logs.text.contains("first\n") && logs.text.contains("last\n"), "\(logs.errors)")
    #expect(logs.text.contains("bytes left out]") && logs.text.utf8.count < 1_060_000)
  }

  @Test func whatPrintedNothingIsSaidToHave() throws {
    let scratch = try project("echo > a")
    try scratch.write(".uet/config.yaml", "gates: {GATE_UNIT: {command: ['true']}}\n")
    try scratch.git("commit", "--quiet", "--all", "--message=silent")
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    for (arguments, words) in [
      ([], "neither 'ws-a' nor its gates printed anything; how it went: git uet show \(run) ws-a"),
      (["--gate", "GATE_UNIT"], "gate 'GATE_UNIT' printed nothing on 'ws-a'"),
      (["--gate", "GATE_X"], "no gate 'GATE_X' ran on 'ws-a'\nhint: these did: GATE_UNIT"),
    ] {
      let output = try scratch.running(["logs", run, "ws-a"] + arguments).finish()
      #expect(output.errors.contains(words), "\(output)")
    }
  }
}
