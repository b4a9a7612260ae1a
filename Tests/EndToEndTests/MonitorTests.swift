import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// The monitor in a terminal, beside a run.
@Suite struct MonitorTests {
  private func running(_ scratch: Scratch) throws -> (run: Running, go: URL) {
    let go = scratch.root.appendingPathComponent("go")
    for name in ["ws-a", "ws-b"] {
      try scratch.bundle(
        name, scope: [name],
        "printf 'hello \\033[31m\(name)\\033[0m\\n'; until [ -e '\(go.path)' ]; do sleep 0.02; done; "
          + "echo > \(name)")
    }
    let run = try scratch.running(["run"])
    try scratch.wait("the start") { run.printed.contains("ws-b started") }
    return (run, go)
  }

  /// The screen is given back as it was.
  private func isRestored(_ terminal: PseudoTerminal) -> Bool {
    terminal.output.hasSuffix("\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l") && !terminal.isRaw
  }

  @Test func aRunIsWatchedAndSteeredByKeys() throws {
    let scratch = try Scratch()
    let (run, go) = try running(scratch)
    let plain = try scratch.direct(["monitor"])
    try scratch.wait("the first look") { plain.hasOpen("cache.sqlite") }
    let live = try scratch.terminal("monitor")
    try live.wait("what they printed") { $0.contains("hello ws-a") && $0.contains("hello ws-b") }
    #expect(live.isRaw && !live.output.contains("\u{1B}[31mws-a"))
    live.type("/ws-b\r\r")
    try live.wait("the log") { $0.contains("1 log") }
    live.type("\u{1B}[C\u{1B}[C")
    try live.wait("the attempts") { $0.contains("attempt 1  RUNNING") }
    live.type("c")
    try live.wait("the question") { $0.contains("give up ws-b") }
    live.type("y")
    try live.wait("the answer") { $0.contains("stopping 'ws-b'") }
    try live.wait("the end of it") { $0.contains("CANCELLED") }
    try Data().write(to: go)
    #expect(run.finish().status == 1)
    live.type("\u{1B}")
    try live.wait("the end of the run") { $0.contains("ENDED") }
    live.type("q")
    #expect(try live.finish() == 0)
    #expect(isRestored(live), "\(live.output.suffix(200))")
    // Where there is no terminal a line for each event is printed.
    let output = plain.finish()
    #expect(output.status == 0 && output.text.contains("ws-a succeeded"), "\(output)")
    #expect(!output.text.contains("\u{1B}"))
  }

  @Test func theTerminalIsGivenBackHoweverItEnds() throws {
    let scratch = try Scratch()
    let (run, go) = try running(scratch)
    // Git, which started it, ends by the signal.
    for (status, end) in [
      (130 << 8, { (terminal: PseudoTerminal) in terminal.type("\u{3}") }),
      (SIGTERM, { terminal in terminal.signal(SIGTERM) }),
    ] {
      let live = try scratch.terminal("monitor")
      try live.wait("the workers") { $0.contains("hello ws-b") }
      live.repeating({ end(live) }, until: { $0.contains("\u{1B}[?1049l") })
      try live.wait("the end") { $0.contains("\u{1B}[?1049l") }
      #expect(try live.finish() == status, "\(live.output.suffix(200))")
      #expect(isRestored(live))
    }
    // A terminal that cannot move its cursor gets lines.
    let dumb = try scratch.terminal("monitor", kind: "dumb")
    try Data().write(to: go)
    #expect(run.finish().status == 0)
    #expect(try dumb.finish() == 0 && !dumb.output.contains("\u{1B}"), "\(dumb.output)")
  }
}
