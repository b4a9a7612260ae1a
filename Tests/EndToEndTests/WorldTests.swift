import Foundation
import Testing
import UETTestSupport

/// What the world does to a run: other processes, a full disk, worktrees that vanish, worker
/// reports.
@Suite struct WorldTests {
  private func project(_ count: Int, script: (Int) -> String) throws -> Scratch {
    let scratch = try Scratch()
    for index in 0..<count {
      try scratch.bundle("ws-n\(index)", scope: ["n\(index)"], script(index))
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  @Test func aDryRunChangesNothing() throws {
    let scratch = try project(2) { "echo > n\($0)" }
    let before = try scratch.git("for-each-ref")
    let output = try scratch.uet("run", "--dry-run")
    #expect(output.status == 0 && output.text.contains("nothing was changed"), "\(output)")
    #expect(try scratch.git("for-each-ref") == before)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + ".worktrees"))
  }

  @Test func ofTwoRunsThatStartTogetherOneIsRefused() throws {
    let scratch = try project(1) { "sleep 1; echo > n\($0)" }
    let both = try (0..<2).map { _ in try scratch.running(["run"]) }
    let statuses = both.map { $0.finish().status }.sorted()
    #expect(statuses == [0, 5])
    _ = try scratch.onlyRun()
  }

  @Test func workersReport() throws {
    let scratch = try project(1) { index in
      """
      git uet signal progress 40 "writing tests"
      git uet signal usage --model m --input 10 --output 5
      UET_TOKEN=wrong git uet signal heartbeat && exit 9
      echo > n\(index)
      """
    }
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let progress = try scratch.uet("events", "--type", "task_progress", "--json")
    #expect(progress.text.contains("\"percent\":40"), "\(progress)")
    let usage = try scratch.uet("events", "--type", "usage_recorded", "--json")
    #expect(usage.text.contains("\"input\":10"), "\(usage)")
  }

  @Test func aSignalOutsideAWorkerIsRefused() throws {
    let scratch = try Scratch()
    let output = try scratch.uet("signal", "heartbeat")
    #expect(output.status == 2 && output.errors.contains("no worker"), "\(output)")
  }

  @Test func whatAToolLeavesRunningIsEnded() throws {
    let scratch = try project(1) { index in
      "(trap '' TERM HUP; exec setsid sleep 300.\(getpid())) & echo > n\(index)"
    }
    #expect(try scratch.uet("run").status == 0)
    let left = try Scratch.start(
      "/usr/bin/pgrep", ["-f", "sleep 300.\(getpid())"], scratch.path, scratch.environment
    ).finish()
    #expect(left.status == 1, "nothing is left: \(left)")
  }

  @Test func aWorktreeThatVanishedIsMadeAgain() throws {
    let scratch = try project(1) { index in
      "test \"$UET_ATTEMPT\" -gt 1 || { rm -rf \"$PWD\"; exit 75; }; echo > n\(index)"
    }
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
  }

  @Test func ignoredLocalFilesAreCopiedAndNeverCommitted() throws {
    let scratch = try project(1) { "grep -q secret .env && cp .env n\($0).copy; echo > n\($0)" }
    try scratch.write(".gitignore", ".env\n*.copy\n")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=ignore")
    try scratch.write(".env", "secret\n")
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    let files = try scratch.git("ls-tree", "-r", "--name-only", "uet/\(run)/ws-n0")
    #expect(!files.contains(".env") && !files.contains("copy") && files.contains("n0"), "\(files)")
  }

  /// A file system of its own, so small that it fills up.
  @Test(.enabled(if: Ground.canMount, "no right to mount a small disk"))
  func aFullDiskEndsTheRunWithNothingLost() throws {
    let scratch = try project(6) { "head -c 200000 /dev/urandom > n\($0)" }
    let place = scratch.root.appendingPathComponent("small").path
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    func mount(_ options: String) throws -> Int32 {
      try Scratch.start(
        "/bin/mount", ["-t", "tmpfs", "-o", options, "tmpfs", place], "/", [:]
      ).finish().status
    }
    try #require(try mount("size=1500k") == 0)
    defer { _ = try? Scratch.start("/bin/umount", ["-l", place], "/", [:]).finish() }
    let clone = place + "/project"
    try scratch.git("clone", "--quiet", scratch.path, clone)
    let full = try scratch.uet("run", in: clone)
    #expect(full.status != 0 && full.errors.contains("No space left on device"), "\(full)")
    #expect(try mount("remount,size=64m") == 0)
    let resumed = try scratch.uet("resume", in: clone)
    #expect(resumed.status == 0, "\(resumed)")
    let verified = try scratch.uet("verify", in: clone)
    #expect(verified.status == 0 && verified.text.contains("sound"), "\(verified)")
  }
}
