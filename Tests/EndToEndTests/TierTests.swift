import Foundation
import Testing

/// A machine that is short of memory, over real runs: `/proc` is a folder of the test.
@Suite struct TierTests {
  private func machine(_ root: URL, memoryFree: Int) throws {
    let folder = root.appending(path: "proc")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("MemTotal: 1000000 kB\nMemAvailable: \(memoryFree)0000 kB\n".utf8)
      .write(to: folder.appending(path: "meminfo"), options: .atomic)
  }

  private func project(_ root: URL, _ settings: String) throws -> Scratch {
    let scratch = try Scratch(variables: [
      "UET_MACHINE_ROOT": root.path, "GIT_CONFIG_VALUE_0": "auto",
    ])
    try scratch.write(".uet/config.yaml", "run: {workers: 1}\ntiers: {settle: 0}\n" + settings)
    for name in ["a", "b"] {
      try scratch.write(
        "workstreams/ws-\(name).yaml",
        "id: ws-\(name)\ntasks: [Write]\nfiles_scope: [\(name)]\ntool: shell\n"
          + "command: echo x > \(name)\n")
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  @Test func nothingStartsWhileMemoryIsShort() throws {
    let root = FileManager.default.temporaryDirectory.appending(
      path: "machine-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    try machine(root, memoryFree: 2)
    let scratch = try project(root, "")
    let run = try scratch.running(["run"])
    try scratch.wait("the tier") {
      run.printed.contains("the machine is in tier critical: 2% of memory are free")
    }
    let status = try scratch.uet("status")
    #expect(status.text.contains("the machine is in tier critical since"), "\(status)")
    #expect(status.text.contains("ws-a  READY"), "\(status)")
    try machine(root, memoryFree: 60)
    let end = run.finish()
    #expect(end.status == 0 && end.text.contains("the machine is in tier focus"), "\(end)")
    let again = try scratch.uet("verify")
    #expect(again.status == 0, "\(again)")
  }

  /// Merging goes on, gates wait; whatever tier it was in, the run is in none when the queue rests.
  @Test func theQueueTestsNothingMeanwhile() throws {
    let root = FileManager.default.temporaryDirectory.appending(
      path: "machine-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    try machine(root, memoryFree: 60)
    let scratch = try project(
      root,
      """
      gates: {GATE: {command: [sh, -c, "echo ran >> $TMPDIR/gate"]}}
      integration: {gates: [GATE], slots: 4}

      """)
    #expect(try scratch.uet("run").status == 0)
    try machine(root, memoryFree: 2)
    let queue = try scratch.direct(["integrate"])
    try scratch.wait("the tier") {
      queue.printed.contains("the machine is in tier critical: 2% of memory are free")
    }
    try scratch.wait("a gate that waits") {
      try scratch.uet("events", "--type", "gate_started", "--json").text.contains("gate_started")
    }
    #expect(scratch.kept("gate").isEmpty)
    // A stop does not wait for what never began.
    queue.signal(SIGINT)
    let stopped = queue.finish()
    #expect(stopped.status == 130, "\(stopped)")
    #expect(scratch.kept("gate").isEmpty)
    #expect(!(try scratch.uet("status").text.contains("tier critical")))
    let again = try scratch.direct(["integrate"])
    try scratch.wait("the tier") { again.printed.contains("tier critical") }
    try machine(root, memoryFree: 60)
    let end = again.finish()
    #expect(end.status == 0 && end.text.contains("ws-a integrated"), "\(end)")
    #expect(scratch.kept("gate").contains("ran"))
    #expect(!(try scratch.uet("status").text.contains("tier ")))
    #expect(try scratch.uet("verify").status == 0)
  }

  /// With patience used up the run ends, and goes on when the machine is well again.
  @Test func aRunWithNothingAtWorkEndsAfterItsPatience() throws {
    let root = FileManager.default.temporaryDirectory.appending(
      path: "machine-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    try machine(root, memoryFree: 2)
    let scratch = try project(root, "")
    try scratch.git("config", "uet.tiers.patience", "0s")
    let run = try scratch.uet("run")
    #expect(run.status == 130, "\(run)")
    #expect(run.text.contains("the machine is in tier critical since"), "\(run)")
    #expect(run.text.contains("stopped with 2 of 2 to do"), "\(run)")
    try machine(root, memoryFree: 60)
    let end = try scratch.uet("resume")
    #expect(end.status == 0, "\(end)")
  }

  /// A program that the kernel killed for want of memory is told from one that failed.
  @Test func whatIsKilledForWantOfMemoryIsToldSo() throws {
    let root = FileManager.default.temporaryDirectory.appending(
      path: "machine-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: root) }
    try machine(root, memoryFree: 60)
    let counter = root.appending(path: "proc/vmstat")
    try Data("pgfault 12\noom_kill 3\noom_kill_x 1\n".utf8).write(to: counter)
    let scratch = try Scratch(variables: [
      "UET_MACHINE_ROOT": root.path, "GIT_CONFIG_VALUE_0": "off",
    ])
    try scratch.write(
      ".uet/config.yaml", "retry: {initial: 0s}\ngates: {GATE: {command: [sh, -c, 'kill -9 $$']}}\n"
    )
    try scratch.bundle(
      "ws-a", scope: ["a"],
      """
      [ "$UET_ATTEMPT" = 3 ] && { echo x > a; exit 0; }
      printf 'pgfault 12\\noom_kill %s\\n' $((UET_ATTEMPT + 3)) > \(counter.path)
      [ "$UET_ATTEMPT" = 1 ] && kill -9 $$
      sh -c 'kill -9 $$'; exit $?
      """)
    let end = try scratch.uet("run")
    #expect(end.status == 0, "\(end)")
    let shown = try scratch.uet("show", try scratch.onlyRun(), "ws-a").text
    let told = "E_RESOURCE_LIMIT: 'shell' was killed for want of memory"
    #expect(shown.components(separatedBy: told).count == 3, "\(shown)")
  }
}
