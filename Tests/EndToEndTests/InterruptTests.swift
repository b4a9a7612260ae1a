import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Signals, readers that go away and disks that are full do not stop what is under way.
@Suite struct InterruptTests {
  /// A workstream that waits for a file beside the repository.
  private func waiting(_ scratch: Scratch) throws -> String {
    let go = scratch.root.appendingPathComponent("go").path
    try scratch.bundle(
      "ws-a", scope: ["a"], "while [ ! -e '\(go)' ]; do sleep 0.02; done; echo > a")
    return go
  }

  /// git passes on to its child what the terminal has sent to both.
  @Test func oneInterruptInATerminalDrains() throws {
    for _ in 0..<4 {
      let scratch = try Scratch()
      let go = try waiting(scratch)
      let terminal = try scratch.terminal("run")
      try terminal.wait("the start") { $0.contains("ws-a started") }
      terminal.type("\u{3}")
      try terminal.wait("the remark") {
        $0.contains("stopping: what runs may take 5m 00s more; Ctrl-C again ends it at once")
      }
      try Data().write(to: URL(fileURLWithPath: go))
      _ = try terminal.finish()
      #expect(terminal.output.contains("SUCCEEDED"), "\(terminal.output)")
      #expect(!terminal.output.contains("at once\r\nending"), "\(terminal.output)")
    }
  }

  @Test func aSecondInterruptEndsAtOnce() throws {
    let scratch = try Scratch()
    _ = try waiting(scratch)
    let running = try scratch.direct(["run"])
    try scratch.wait("the start") { running.printed.contains("ws-a started") }
    // Two signals that come together are one, so that it takes some of them.
    try scratch.wait("the end") {
      running.signal(SIGINT)
      return !running.process.isRunning
    }
    let output = running.finish()
    #expect(output.status == 130, "\(output)")
    #expect(output.errors.contains("ending what runs at once"), "\(output)")
    #expect(output.text.contains("INTERRUPTED"), "\(output)")
  }

  @Test func twoSignalsTogetherAreOne() throws {
    let scratch = try Scratch()
    let go = try waiting(scratch)
    let running = try scratch.direct(["run"])
    try scratch.wait("the start") { running.printed.contains("ws-a started") }
    running.signal(SIGINT)
    running.signal(SIGTERM)
    running.signal(SIGHUP)
    try Data().write(to: URL(fileURLWithPath: go))
    let output = running.finish()
    #expect(output.text.contains("ws-a succeeded"), "\(output)")
    #expect(!output.errors.contains("ending"), "\(output)")
  }

  private func shell(_ scratch: Scratch, _ script: String) throws -> Scratch.Output {
    try Scratch.start("/bin/bash", ["-c", script], scratch.path, scratch.environment).finish()
  }

  @Test func aReaderThatGoesAwayStopsNoRun() throws {
    let scratch = try Scratch()
    for name in ["ws-a", "ws-b"] { try scratch.bundle(name, scope: [name], "echo > \(name)") }
    for script in ["git uet run | head -1", "git uet run 2>&1 | true", "git uet run >&- 2>&-"] {
      let output = try shell(scratch, script + "; echo ${PIPESTATUS[0]}")
      #expect(output.text.hasSuffix("0\n"), "\(script): \(output)")
      #expect(try scratch.uet("status").text.contains("2 succeeded"), "\(script)")
    }
    let printing = try shell(scratch, "git uet events | true; echo ${PIPESTATUS[0]}")
    #expect(["0\n", "141\n"].contains(printing.text) && printing.errors.isEmpty, "\(printing)")
  }

  @Test func aFullDiskBehindTheOutputStopsNoRun() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-a", scope: ["a"], "echo > a")
    let output = try shell(scratch, "git uet run > /dev/full")
    #expect(output.status == 0, "\(output)")
    #expect(output.errors.contains("cannot write to standard output"), "\(output)")
    #expect(try scratch.uet("status").text.contains("1 succeeded"))
    // Who wants a document does not get it.
    for command in ["run --json", "runs", "status --json"] {
      let output = try shell(scratch, "git uet \(command) > /dev/full")
      #expect(output.status == 70, "\(command): \(output)")
      #expect(output.errors.contains("error: cannot write to standard output"), "\(output)")
    }
  }

  /// A pipe that is full and that nobody reads holds up what is printed, not what is done.
  @Test func aReaderThatStopsReadingHoldsNothingUp() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-a", scope: ["a"], "echo > a")
    let folder = scratch.root.path
    let script = """
      mkfifo '\(folder)/pipe'
      exec 7<>'\(folder)/pipe'
      dd if=/dev/zero bs=65536 count=1 >&7 2>/dev/null
      git uet run >&7 2>/dev/null &
      until [ "$(git for-each-ref refs/heads/uet)" ] && git uet runs | grep -q SUCCEEDED; do
        sleep 0.05
      done
      dd bs=65536 count=1 <&7 >/dev/null 2>&1
      wait $!
      """
    let output = try shell(scratch, "timeout 60 bash -c '\(script.replacing("'", with: "'\\''"))'")
    #expect(output.status == 0, "\(output)")
  }
}
