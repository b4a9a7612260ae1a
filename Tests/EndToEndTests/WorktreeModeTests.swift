import Foundation
import Testing

/// Where workstreams work: slots, sparse worktrees, no worktree at all, and what stands in them.
@Suite struct WorktreeModeTests {
  private func project(
    _ settings: String, files: [String: String] = [:],
    bundles: (Scratch) throws -> Void
  ) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(".uet/config.yaml", "version: 1\nrun: {\(settings)}\n")
    for (name, text) in files { try scratch.write(name, text) }
    try bundles(scratch)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=project")
    return scratch
  }

  private func files(_ scratch: Scratch, _ revision: String) throws -> [String] {
    try scratch.git("ls-tree", "-r", "--name-only", revision).split(separator: "\n").map(
      String.init)
  }

  private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  @Test func slotsAreUsedAgainAndNothingIgnoredSurvivesButCaches() throws {
    var all = [".gitignore": "cache\n*.log\n"]
    for index in 0..<6 { all["n\(index)"] = "-\n" }
    let scratch = try project("workers: 2, mode: slots, caches: [cache]", files: all) { scratch in
      for index in 0..<6 {
        try scratch.bundle(
          "ws-\(index)", scope: ["n\(index)"],
          "test ! -e left.log || exit 9; mkdir -p cache; echo x >> cache/n; echo > left.log; cp cache/n n\(index)"
        )
      }
    }
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let folder = scratch.path + ".worktrees"
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    #expect(names.filter { $0 != "worktree" } == ["slot-1", "slot-2"])
    let run = try scratch.onlyRun()
    var longest = 0
    for index in 0..<6 {
      let branch = "uet/\(run)/ws-\(index)"
      #expect(try scratch.git("diff", "--name-only", "main", branch) == "n\(index)")
      longest = max(longest, try scratch.git("show", "\(branch):n\(index)").count)
    }
    #expect(longest >= 3, "a cache stays with its slot")
    #expect(try scratch.git("worktree", "list").split(separator: "\n").count == 3)
  }

  /// What was built of a file would stay in it when that is gone.
  @Test func whatWasBuiltInASlotGoesWithItsSources() throws {
    let scratch = try project(
      "workers: 1, mode: slots, caches: [cache]", files: [".gitignore": "cache\n", "old": "-\n"]
    ) { scratch in
      try scratch.bundle("ws-a", scope: ["old"], "mkdir cache; cp old cache; echo two > old")
      try scratch.bundle("ws-b", scope: ["old"], after: ["ws-a"], "test -e cache; rm old")
      try scratch.bundle(
        "ws-c", scope: ["other"], after: ["ws-b"], "test ! -e cache; echo > other")
    }
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    #expect(output.errors.contains("is not used again: 'old' is gone"), "\(output)")
  }

  @Test func whatSomebodyDidInASlotIsKept() throws {
    let scratch = try project("workers: 1, mode: slots") { scratch in
      try scratch.bundle("ws-a", scope: ["a"], "test ! -e mine; echo > a")
    }
    #expect(try scratch.uet("run").status == 0)
    let slot = scratch.path + ".worktrees/slot-1"
    try Data("precious\n".utf8).write(to: URL(fileURLWithPath: slot + "/mine"))
    try Data("junk\n".utf8).write(to: URL(fileURLWithPath: slot + "/.git"))
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    #expect(output.errors.contains("somebody changed") && output.errors.contains("'.git' file"))
    let kept = try scratch.git("for-each-ref", "--format=%(refname)", "refs/uet/salvage")
    #expect(kept.contains("/slot-1/"), "\(kept)")
    #expect(try scratch.git("show", "\(kept):mine") == "precious")
  }

  @Test func aSlotOfAKilledRunIsSalvagedBeforeItIsUsedAgain() throws {
    let scratch = try project("workers: 1, mode: slots") { scratch in
      try scratch.bundle(
        "ws-a", scope: ["a"],
        "echo half > a; test \"$UET_ATTEMPT\" -gt 1 || sleep 300.7; echo full > a")
      try scratch.bundle("ws-b", scope: ["b"], after: ["ws-a"], "test ! -e half; echo > b")
    }
    let running = try scratch.direct(["run"])
    let file = scratch.path + ".worktrees/slot-1/a"
    try scratch.wait("the worker") {
      (try? String(contentsOfFile: file, encoding: .utf8)) == "half\n"
    }
    running.signal(SIGKILL)
    _ = running.finish()
    let output = try scratch.uet("resume")
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.git("show", "refs/uet/salvage/\(run)/ws-a/1:a") == "half")
    #expect(try scratch.git("show", "uet/\(run)/ws-a:a") == "full")
  }

  @Test func aHalfFilledWorktreeIsNobodysWork() throws {
    let scratch = try project("workers: 1, mode: slots", files: ["x": "1", "y": "2"]) { scratch in
      try scratch.bundle("ws-a", scope: ["a"], "cat x y > a")
    }
    #expect(try scratch.uet("run").status == 0)
    // As a kill in the middle of a switch leaves it.
    let directory = scratch.path + "/.git/worktrees/slot-1"
    try Data("filling\n".utf8).write(to: URL(fileURLWithPath: directory + "/uet-mark"))
    for name in try FileManager.default.contentsOfDirectory(atPath: directory)
    where name.hasPrefix("uet-files") {
      try FileManager.default.removeItem(atPath: directory + "/" + name)
    }
    try FileManager.default.removeItem(atPath: scratch.path + ".worktrees/slot-1/x")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    #expect(try scratch.git("for-each-ref", "refs/uet/salvage") == "")
  }

  @Test func aCommandWithoutAWorktree() throws {
    let scratch = try project("workers: 2") { scratch in
      try scratch.bundle(
        "ws-none", scope: ["x"], extra: "worktree: none",
        "test -z \"$(ls -A)\" && echo junk > x && git rev-parse 2>/dev/null && exit 9; exit 0")
      try scratch.bundle("ws-next", scope: ["y"], after: ["ws-none"], "echo > y")
    }
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.commit("uet/\(run)/ws-none") == nil)
    #expect(try scratch.commit("uet/\(run)/ws-next") != nil)
    #expect(!scratch.worktreeHolds("ws-none.scratch"))
    let integrated = try scratch.uet("integrate")
    #expect(integrated.status == 0, "\(integrated)")
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test(arguments: ["own", "slots"]) func aSparseWorktreeHoldsTheScope(mode: String) throws {
    let scratch = try project(
      "workers: 1, mode: \(mode), sparse: [tools]",
      files: ["src/a/f": "1", "src/b/f": "2", "tools/t": "3", "docs/d": "4", "Makefile": "5"]
    ) { scratch in
      try scratch.bundle(
        "ws-a", scope: ["src/a"],
        "test -e Makefile -a -e tools/t -a ! -e docs -a ! -e src/b; git status --porcelain | grep . && exit 8; echo 2 > src/a/f; echo > src/a/new"
      )
      try scratch.bundle(
        "ws-b", scope: ["src/b/*"],
        "test ! -e src/a; echo 3 > src/b/f; git add -A; git commit -qm own")
      try scratch.bundle(
        "ws-c", scope: ["other/z"], extra: "circuit_breaker: {max_attempts: 1}",
        "mkdir docs; echo changed > docs/d")
    }
    let output = try scratch.uet("run")
    #expect(output.status == 1, "\(output)")
    let run = try scratch.onlyRun()
    let base = try #require(try scratch.commit("main"))
    func changed(_ revision: String) throws -> String {
      try scratch.git("diff", "--name-status", base, revision)
    }
    #expect(try changed("uet/\(run)/ws-a") == "M\tsrc/a/f\nA\tsrc/a/new")
    #expect(try changed("uet/\(run)/ws-b") == "M\tsrc/b/f")
    // What was written outside is no less there: it is seen, refused and kept.
    #expect(output.text.contains("changed 'docs/d' outside its scope"), "\(output)")
    #expect(try changed("refs/uet/salvage/\(run)/ws-c/1") == "M\tdocs/d")
    #expect(
      try scratch.git("config", "--get-regexp", ".*worktreeconfig.*|.*sparse.*|core.bare")
        == "core.bare false")
  }
}
