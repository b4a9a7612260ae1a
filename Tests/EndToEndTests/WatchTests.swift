import Foundation
import Testing

/// What is shown of what another process does, and of the queue at work.
@Suite struct WatchTests {

  @Test func aRunOfAnotherProcessIsWatchedToItsEnd() throws {
    let scratch = try Scratch()
    let go = scratch.root.appendingPathComponent("go").path
    for name in ["ws-a", "ws-b"] {
      try scratch.bundle(
        name, scope: [name], "until [ -e '\(go)' ]; do sleep 0.02; done; echo > \(name)")
    }
    let run = try scratch.running(["run"])
    try scratch.wait("the start") { run.printed.contains("ws-b started") }
    let plain = try scratch.direct(["status", "--watch"])
    try scratch.wait("the first look") { plain.hasOpen("cache.sqlite") }
    let live = try scratch.terminal("status", "--watch")
    try live.wait("the workers") {
      $0.contains("0/2 settled, 2 running") && $0.contains("ws-a") && $0.contains("ws-b")
    }
    // What happened before somebody watched is not told again.
    #expect(!live.output.contains("started"), "\(live.output)")
    try Data().write(to: URL(fileURLWithPath: go))
    #expect(run.finish().status == 0)
    _ = try live.finish()
    #expect(live.output.contains("ws-a succeeded") && live.output.contains("2 succeeded"))
    let output = plain.finish()
    #expect(output.status == 0, "\(output)")
    let facts = output.text.split(separator: "\n").filter { $0.contains("succeeded in") }
    #expect(facts.count == 2 && output.text.contains("2 workstreams: 2 succeeded"), "\(output)")
    #expect(!output.text.contains("\u{1B}"), "no terminal, no drawing")
    // Nobody works on it: as without.
    let after = try scratch.uet("status", "--watch")
    #expect(after.status == 0 && !after.text.contains("succeeded in"), "\(after)")
    #expect(try scratch.uet("status", "--watch", "--json").status == 2)
  }

  @Test func timesAreLocalWithTheirZone() throws {
    // East of UTC by five hours and a half; the name of the zone is nobody else's.
    let scratch = try Scratch(variables: ["TZ": "XYZ-5:30"])
    try scratch.bundle("ws-a", scope: ["a"], "echo > a")
    let run = try scratch.uet("run")
    let line = /(?<clock>\d\d:\d\d:\d\d) XYZ  run (?<run>\S+) started/
    let first = try #require(try line.firstMatch(in: run.text), "\(run)")
    // A run is named by the time of its start in UTC.
    let digits = first.output.run.dropFirst(9).prefix(4).compactMap(\.wholeNumberValue)
    let minutes = digits[0] * 600 + digits[1] * 60 + digits[2] * 10 + digits[3] + 330
    let parts = first.output.clock.split(separator: ":").compactMap { Int($0) }
    let late = (parts[0] * 60 + parts[1] - minutes + 2880) % 1440
    #expect(late <= 1, "\(run)")
    let status = try scratch.uet("status").text
    #expect(
      status.contains(/started [-\d]{10} [:\d]{8} XYZ/) && !status.contains("UTC"), "\(status)")
  }

  @Test func theQueueShowsWhatItTestsAndHowFarItIs() throws {
    let scratch = try Scratch()
    let go = scratch.root.appendingPathComponent("go").path
    try scratch.write(
      ".uet/config.yaml",
      "gates: {GATE: {command: [sh, -c, \"until [ -e '\(go)' ]; do sleep 0.02; done\"]}}\n"
        + "integration: {gates: [GATE], strategy: serial, slots: 1}\n")
    for name in ["ws-a", "ws-b"] {
      try scratch.bundle(name, scope: [name], "echo > \(name)")
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 0)
    let live = try scratch.terminal("integrate")
    try live.wait("the gate") { $0.contains("runs GATE") && $0.contains("0/2 integrated") }
    let watcher = try scratch.terminal("status", "--watch")
    try watcher.wait("the gate") { $0.contains("runs GATE") }
    try Data().write(to: URL(fileURLWithPath: go))
    _ = try live.finish()
    #expect(live.output.contains("2 workstreams integrated"), "\(live.output)")
    _ = try watcher.finish()
    #expect(watcher.output.contains("2 integrated"), "\(watcher.output)")
  }
}
