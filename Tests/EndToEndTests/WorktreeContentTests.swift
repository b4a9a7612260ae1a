import Foundation
import Testing

/// What is put into worktrees beside the tree itself, and how long they stay.
@Suite struct WorktreeContentTests {
  private func project(
    _ settings: String, _ count: Int = 1, files: [String: String] = [:],
    script: (Int) -> String
  ) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(".uet/config.yaml", "version: 1\nrun: {\(settings)}\n")
    for (name, text) in files { try scratch.write(name, text) }
    for index in 0..<count {
      try scratch.bundle("ws-\(index)", scope: ["n\(index)", "sub", "f.bin"], script(index))
    }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=project")
    return scratch
  }

  @Test func setUpThatFailsIsNotTheWorkersFault() throws {
    let scratch = try project("workers: 1, setup: [[sh, -c, 'echo no network; exit 7']]") { _ in
      "echo > n0"
    }
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      run: {setup: [[sh, -c, "echo fine"], [sh, -c, "echo no network; exit 7"]]}
      retry: {max_attempts: 2, initial: 0s}
      """)
    let output = try scratch.uet("run")
    #expect(
      output.status == 1 && output.text.contains("set-up failed before the worker began"),
      "\(output)")
    let events = try scratch.uet("events", "--type", "task_failed", "--json")
    #expect(
      events.text.contains("E_RESOURCE_LIMIT") && events.text.contains("no network"), "\(events)")
    #expect(events.text.split(separator: "\n").count == 2, "tried again after a wait: \(events)")
    let logs = try scratch.uet("logs", try scratch.onlyRun(), "ws-0")
    #expect(logs.text.contains("fine") && logs.text.contains("no network"), "\(logs)")
    try scratch.write(
      ".uet/config.yaml",
      "version: 1\nrun: {setup: [[sleep, '300.9']], setup_timeout: 200ms}\nretry: {max_attempts: 1}\n"
    )
    let late = try scratch.uet("run")
    #expect(late.status == 1 && late.text.contains("no end after"), "\(late)")
  }

  @Test(arguments: ["none", "copy", "link"]) func cachesReachNobodyElse(fallback: String) throws {
    let scratch = try project(
      "workers: 1, caches: [cache/], cache_fallback: \(fallback)", files: [".gitignore": "cache/\n"]
    ) { _ in "test -e cache/deep/lib && echo changed > cache/deep/lib; ls cache > n0; exit 0" }
    try scratch.write("cache/deep/lib", "original")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    #expect(try !scratch.git("ls-tree", "-r", "--name-only", "uet/\(run)/ws-0").contains("cache"))
    let hasCache = try scratch.git("show", "uet/\(run)/ws-0:n0") == "deep"
    // Where the file system clones, the fallback does not come into play.
    let clones = hasCache && fallback == "none"
    #expect(
      clones || output.errors.contains("cannot clone 'cache/'") == (fallback == "none"), "\(output)"
    )
    #expect(hasCache || fallback == "none")
    let isShared = fallback == "link" && scratch.read("cache/deep/lib") == "changed\n"
    #expect(scratch.read("cache/deep/lib") == "original" || isShared)
  }

  @Test func filtersApplyInWorktrees() throws {
    let scratch = try project(
      "workers: 1, mode: slots", 2, files: [".gitattributes": "*.bin filter=shout\n"]
    ) { index in
      "grep -q quiet f.bin || exit 9; echo more >> f.bin; echo > n\(index)"
    }
    try scratch.git("config", "filter.shout.clean", "tr a-z A-Z")
    try scratch.git("config", "filter.shout.smudge", "tr A-Z a-z")
    try scratch.git("config", "filter.shout.required", "true")
    try scratch.write("f.bin", "quiet\n")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=large file")
    #expect(try scratch.git("show", "HEAD:f.bin") == "QUIET")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.git("show", "uet/\(run)/ws-0:f.bin") == "QUIET\nMORE")
  }

  @Test(arguments: ["own", "slots"]) func submodulesAreFilledAndTheirCommitsKept(mode: String)
    throws
  {
    let scratch = try project("workers: 1, mode: \(mode)", 2) { index in
      "grep -q inside sub/file || exit 9; cd sub; echo \(index) > new\(index); git add -A; git -c user.name=x -c user.email=x@x commit -qm sub; cd ..; echo > n\(index)"
    }
    let other = scratch.root.appendingPathComponent("other").path
    try scratch.git("init", "--quiet", other)
    try Data("inside\n".utf8).write(to: URL(fileURLWithPath: other + "/file"))
    try scratch.git("-C", other, "add", "--all")
    try scratch.git(
      "-C", other, "-c", "user.name=x", "-c", "user.email=x@x", "commit", "--quiet", "--message=x")
    try scratch.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", other, "sub")
    try scratch.git("commit", "--quiet", "--message=submodule")
    // Nothing is fetched from where it came from.
    try FileManager.default.removeItem(atPath: other)
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    for index in 0..<2 {
      let commit = try scratch.git("rev-parse", "uet/\(run)/ws-\(index):sub")
      #expect(
        try scratch.git("--git-dir=.git/modules/sub", "show", "\(commit):new\(index)") == "\(index)"
      )
    }
  }

  @Test func onlyWhatIsToBeKeptStays() throws {
    for (keep, left) in [("none", []), ("failed", ["ws-1"]), ("all", ["ws-0", "ws-1"])]
      as [(String, [String])]
    {
      let scratch = try project("workers: 2, keep: \(keep)", 2) { "echo > n\($0); exit \($0)" }
      try scratch.write(
        ".uet/config.yaml", "version: 1\nrun: {keep: \(keep)}\nretry: {max_attempts: 1}\n")
      let output = try scratch.uet("run")
      #expect(output.status == 1, "\(output)")
      let run = try scratch.onlyRun()
      #expect(try scratch.git("show", "refs/uet/salvage/\(run)/ws-1/1:n1") == "")
      let names =
        (try? FileManager.default.contentsOfDirectory(atPath: "\(scratch.path).worktrees/\(run)"))
        ?? []
      #expect(names.sorted() == left, "\(keep): \(output)")
    }
  }

  @Test func theOldestSafeWorktreesGoWhenTheRoomIsUsedUp() throws {
    let scratch = try project("workers: 1, keep_disk: 200kB", 3) {
      "head -c 150000 /dev/zero > n\($0)"
    }
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    let names = try FileManager.default.contentsOfDirectory(
      atPath: "\(scratch.path).worktrees/\(run)")
    #expect(names == ["ws-2"], "\(output)")
    #expect(
      output.errors.contains("ws-0' (") && output.errors.contains("its work is in uet/\(run)/ws-0"),
      "\(output)")
    // What holds anything of its own is not removed for it.
    try scratch.write("x", "")
    try Data("mine".utf8).write(
      to: URL(fileURLWithPath: "\(scratch.path).worktrees/\(run)/ws-2/mine"))
    let again = try scratch.uet("run")
    #expect(again.status == 0 && again.errors.contains("take more than the 200.0 kB"), "\(again)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: "\(scratch.path).worktrees/\(run)") == [
        "ws-2"
      ])
  }
}
