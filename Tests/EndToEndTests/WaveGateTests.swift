import Foundation
import Testing

/// Gates on the combined results of a wave.
@Suite struct WaveGateTests {
  /// `ws-a` and `ws-b` are one wave, whose gate is red while both are there; `ws-c` depends on
  /// `ws-a`.
  private func project(
    gate: String =
      "test ! -e a || test ! -e b || grep -q fixed a || { echo a and b quarrel; exit 1; }",
    configuration: String = ""
  ) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(".gitignore", ".env\n")
    try scratch.write(".env", "one\n")
    try scratch.write(
      ".uet/config.yaml",
      """
      gates:
        GATE_BOTH: {command: [sh, -c, '\(gate)'], wave_boundary: true}
      \(configuration)

      """)
    let asks = "test_gates: [{type: GATE_BOTH}]"
    try scratch.bundle(
      "ws-a", scope: ["a"], extra: asks, "test $UET_ATTEMPT -gt 1 && echo fixed > a || echo a > a")
    try scratch.bundle("ws-b", scope: ["b"], extra: asks, "echo b > b")
    try scratch.bundle("ws-c", scope: ["c"], after: ["ws-a"], "cp a c")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  @Test func aRedOneHoldsItsWaveAndWhatDependsOnIt() throws {
    let scratch = try project()
    let output = try scratch.uet("run")
    let run = try scratch.onlyRun()
    #expect(output.status == 1 && output.text.contains("GATE_BOTH on wave 1 is red"), "\(output)")
    #expect(output.text.contains("a and b quarrel"), "\(output)")
    #expect(output.text.contains("ws-c succeeded"), "nothing waits for the gate")
    let status = try scratch.uet("status").text
    #expect(status.contains("git uet queue release \(run) 1"), "\(status)")
    let held = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(held.status == 3, "\(held)")
    #expect(held.text.contains("GATE_BOTH is red on wave 1"), "\(held)")
    #expect(scratch.read("a") == nil && scratch.read("c") == nil)
    #expect(try scratch.uet("queue").text.contains("held by the gates of a wave"))
    #expect(try scratch.uet("queue", "--json").text.contains("\"GATE_BOTH\""))
    let printed = try scratch.uet("logs", run, "wave-1").text
    #expect(printed == "a and b quarrel\n", "\(printed)")
    try FileManager.default.removeItem(atPath: scratch.path + "/.git/uet")
    #expect(try scratch.uet("logs", run, "wave-1", "--json").text.contains("quarrel"))
    let logs = try scratch.git(
      "log", "--first-parent", "-m", "--format=", "--name-only", "refs/uet/runs/\(run)/main")
    #expect(logs.contains("logs/wave-1.GATE_BOTH.log"), "\(logs)")
  }

  @Test func oneThatIsDoneAgainIsTestedAgain() throws {
    let scratch = try project()
    #expect(try scratch.uet("run").status == 1)
    let run = try scratch.onlyRun()
    #expect(try scratch.uet("retry", run, "ws-a", "ws-c").status == 0)
    let resumed = try scratch.uet("resume")
    #expect(
      resumed.status == 0 && resumed.text.contains("GATE_BOTH on wave 1 passed"), "\(resumed)")
    let landed = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(landed.status == 0 && scratch.read("c") == "fixed\n", "\(landed)")
    #expect(try scratch.uet("verify").status == 0)
    #expect(try scratch.uet("cache", "rebuild").status == 0)
    #expect(try scratch.uet("status", "--json").text.contains("\"waves\""))
  }

  @Test func aPersonReleasesTheHoldOnRecord() throws {
    let scratch = try project()
    #expect(try scratch.uet("run").status == 1)
    let run = try scratch.onlyRun()
    let wrong = try scratch.uet("queue", "release", "7")
    #expect(wrong.status == 2 && wrong.errors.contains("there are: 1"), "\(wrong)")
    let released = try scratch.uet("queue", "release", "ws-b", "--reason", "known quarrel")
    #expect(
      released.status == 0 && released.text.contains("git uet integrate \(run)"), "\(released)")
    #expect(try scratch.uet("queue", "release", "1").text.contains("is not held"))
    #expect(try scratch.uet("events", "--type", "wave_released").text.contains("known quarrel"))
    let landed = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(landed.status == 0 && scratch.read("b") == "b\n", "\(landed)")
  }

  /// While the first wave is tested, a person lets the second in; the process at work takes it.
  @Test func aReleaseReachesTheQueueAtWork() throws {
    let scratch = try Scratch()
    let go = scratch.root.appendingPathComponent("go").path
    try scratch.write(
      ".uet/config.yaml",
      """
      gates:
        GATE_TWO: {command: [sh, -c, "test ! -e c"], wave_boundary: true}
        GATE_SLOW: {command: [sh, -c, "while ! test -e \(go); do sleep 0.02; done"]}
      integration: {gates: [GATE_SLOW]}

      """)
    try scratch.bundle("ws-a", scope: ["a"], "echo a > a")
    try scratch.bundle(
      "ws-c", scope: ["c"], after: ["ws-a"], extra: "test_gates: [{type: GATE_TWO}]", "cp a c")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 1)
    let running = try scratch.direct(["integrate", "--land", "main", "--update-checkout"])
    try scratch.wait("the gate on ws-a") {
      try scratch.uet("queue").text.contains("GATE_SLOW runs")
    }
    let wrong = try scratch.uet("queue", "release", "7")
    #expect(wrong.status == 2 && wrong.errors.contains("there are: 2"), "\(wrong)")
    let released = try scratch.uet("queue", "release", "2", "--reason", "the test is wrong")
    #expect(released.status == 0 && released.text.contains("may be merged"), "\(released)")
    #expect(try scratch.uet("queue", "release", "2").text.contains("is not held"))
    try Data().write(to: URL(fileURLWithPath: go))
    let end = running.finish()
    #expect(end.status == 0 && scratch.read("c") == "a\n", "\(end)")
  }

  @Test func itIsFoundByItsVerdictOrRunsAgainAfterACrash() throws {
    let scratch = try Scratch()
    let gate = scratch.root.appendingPathComponent("gate").path
    let count = scratch.root.appendingPathComponent("count").path
    try scratch.write(
      ".uet/config.yaml",
      "gates: {GATE_BOTH: {command: [sh, -c, 'echo >> \(count); while ! test -e \(gate); do sleep 0.05; done'], wave_boundary: true}}\n"
    )
    for id in ["a", "b"] {
      try scratch.bundle(
        "ws-\(id)", scope: [id], extra: "test_gates: [{type: GATE_BOTH}]", "echo > \(id)")
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let running = try scratch.direct(["run"])
    try scratch.wait("the gate to run") {
      (try? String(contentsOfFile: count, encoding: .utf8))?.isEmpty == false
    }
    running.signal(SIGKILL)
    _ = running.finish()
    let early = try scratch.uet("integrate")
    #expect(
      early.status == 3 && early.text.contains("GATE_BOTH has not passed on wave 1"), "\(early)")
    try Data().write(to: URL(fileURLWithPath: gate))
    let resumed = try scratch.uet("resume")
    #expect(
      resumed.status == 0 && resumed.text.contains("GATE_BOTH on wave 1 passed"), "\(resumed)")
    #expect(try scratch.uet("integrate").status == 0)
    let times = try String(contentsOfFile: count, encoding: .utf8).count
    #expect(times == 2, "the gate ran \(times) times")
  }

  @Test func oneThatCannotBeCarriedOutIsLeftToAPerson() throws {
    let scratch = try project()
    try scratch.write(
      ".uet/config.yaml", "gates: {GATE_BOTH: {command: [/no/such/gate], wave_boundary: true}}\n")
    let output = try scratch.uet("run")
    let run = try scratch.onlyRun()
    #expect(output.status == 3 && output.text.contains("gave no verdict"), "\(output)")
    let held = try scratch.uet("integrate")
    #expect(held.status == 3 && held.text.contains("git uet resume \(run)"), "\(held)")
    #expect(held.text.contains("GATE_BOTH has not passed on wave 1: no verdict"), "\(held)")
    #expect(try scratch.uet("resume").status == 3, "it is tried again")
  }

  @Test func resultsThatDoNotMergeAreHeldByThemselves() throws {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml", "gates: {GATE_ALL: {command: [\"true\"], wave_boundary: true}}\n")
    for name in ["one", "two"] {
      try scratch.write("lib/\(name)", (1...20).map { "\(name) \($0)\n" }.joined())
    }
    let asks = "test_gates: [{type: GATE_ALL}]"
    // A folder is renamed, and a file added in it: git asks where that belongs.
    try scratch.bundle(
      "ws-a", scope: ["lib/one", "lib/two", "src"], extra: asks, "mkdir src; mv lib/* src")
    try scratch.bundle("ws-b", scope: ["lib/three"], extra: asks, "echo > lib/three")
    try scratch.bundle("ws-c", scope: ["c"], extra: asks, "echo > c")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("ws-b does not merge with the rest of wave 1"), "\(output)")
    let landed = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(landed.status == 3, "\(landed)")
    #expect(scratch.read("c") != nil && scratch.read("src/one") != nil, "\(landed)")
    #expect(landed.text.contains("does not merge with the rest of wave 1: "), "\(landed)")
  }

  @Test func aVerdictCountsForItsEnvironmentAlone() throws {
    let scratch = try Scratch()
    let count = scratch.root.appendingPathComponent("count").path
    func times() -> Int { (try? String(contentsOfFile: count, encoding: .utf8).count) ?? 0 }
    try scratch.write(".gitignore", ".env\n")
    try scratch.write(".env", "one\n")
    try scratch.write(
      ".uet/config.yaml",
      """
      gates: {GATE_UNIT: {command: [sh, -c, 'cat .env && echo >> \(count)']}}
      integration: {gates: [GATE_UNIT]}

      """)
    try scratch.bundle("ws-a", scope: ["a"], extra: "test_gates: [{type: GATE_UNIT}]", "echo > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 0)
    #expect(times() == 1)
    let run = try scratch.onlyRun()
    #expect(try scratch.uet("retry", "ws-a").status == 0)
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 0 && times() == 1, "the attempt's tree was green before: \(resumed)")
    #expect(try scratch.uet("show", run, "ws-a").text.contains("as before"))
    #expect(try scratch.uet("integrate").status == 0)
    #expect(times() == 1, "the queue takes the attempt's verdict")
    #expect(try scratch.uet("retry", "ws-a").status == 2, "it is integrated")
    let other = try Scratch.start(
      Scratch.gitProgram, ["uet", "integrate", "--land", "main", "--update-checkout"], scratch.path,
      scratch.environment.merging(["LANG": "C"]) { $1 }
    ).finish()
    #expect(other.status == 0, "what was tested in another environment lands: \(other)")
  }

  @Test func anotherEnvironmentIsTestedAnew() throws {
    let scratch = try Scratch()
    let count = scratch.root.appendingPathComponent("count").path
    func times() -> Int { (try? String(contentsOfFile: count, encoding: .utf8).count) ?? 0 }
    try scratch.write(".gitignore", ".env\nready\n")
    try scratch.write(".env", "one\n")
    try scratch.write(
      ".uet/config.yaml",
      """
      run: {setup: [[touch, ready]]}
      gates: {GATE_UNIT: {command: [sh, -c, 'test -e ready && cat .env && echo >> \(count)']}}
      integration: {gates: [GATE_UNIT]}

      """)
    try scratch.bundle("ws-a", scope: ["a"], extra: "test_gates: [{type: GATE_UNIT}]", "echo > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 0)
    try scratch.write(".env", "two\n")
    let output = try scratch.uet("integrate")
    #expect(output.status == 0 && times() == 2, "another .env: \(times()), \(output)")
  }
}
