import Foundation
import Testing

/// Branches and patches that no run made, through the same queue.
@Suite struct BranchQueueTests {
  private func project() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates:
        GATE_UNIT: {command: [sh, -c, 'test ! -f bad'], timeout: 1m}
      integration: {gates: [GATE_UNIT]}

      """)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=settings")
    try scratch.git("branch", "release")
    return scratch
  }

  private func branch(_ scratch: Scratch, _ name: String, from start: String, _ file: String) throws
  {
    try scratch.git("checkout", "--quiet", "-b", name, start)
    try scratch.write(file, "\(file)\n")
    try scratch.git("add", file)
    try scratch.git("commit", "--quiet", "--message=add \(file)")
    try scratch.git("checkout", "--quiet", "main")
  }

  /// A name that git never writes: the branch is set aside, the others land, and no run starts there.
  @Test func aTreeThatNoDiskMayGetIsSetAside() throws {
    let scratch = try project()
    try branch(scratch, "topic/one", from: "main", "one")
    try scratch.git("checkout", "--quiet", "-b", "topic/evil", "main")
    let blob = try scratch.git("rev-parse", "main:.uet/config.yaml")
      .trimmingCharacters(in: .whitespacesAndNewlines)
    try scratch.git(
      "-c", "core.protectNTFS=false", "update-index", "--add", "--cacheinfo",
      "100644,\(blob),git~1")
    try scratch.git("-c", "core.protectNTFS=false", "commit", "--quiet", "--message=evil")
    try scratch.git("checkout", "--quiet", "--force", "main")
    let output = try scratch.uet(
      "integrate", "--branch", "topic/evil", "topic/one", "--land", "release")
    #expect(output.status == 1 && output.text.contains("'git~1': the name is that"), "\(output)")
    #expect(output.text.contains("1 workstream landed in release"), "\(output)")
    let files = try scratch.git("ls-tree", "--name-only", "release").split(separator: "\n")
    #expect(files.contains("one") && !files.contains("git~1"), "\(files)")
    let run = try scratch.uet("run", "--base", "topic/evil")
    #expect(run.status == 2 && run.errors.contains("is refused: 'git~1'"), "\(run)")
    #expect(run.errors.contains("hint: "), "\(run)")
  }

  @Test func branchesAreQueuedGatedAndLanded() throws {
    let scratch = try project()
    try branch(scratch, "topic/one", from: "main", "one")
    try branch(scratch, "topic/bad", from: "main", "bad")
    try branch(scratch, "topic/on-bad", from: "topic/bad", "two")
    let output = try scratch.uet(
      "integrate", "--branch", "topic/on-bad", "topic/bad", "topic/one", "--land", "release")
    #expect(output.status == 1, "\(output)")
    #expect(output.text.contains("1 workstream landed in release"), "\(output)")
    #expect(output.text.contains("contains 'ws-topic-bad'"), "what builds on it waits: \(output)")
    let files = try scratch.git("ls-tree", "--name-only", "release").split(separator: "\n")
    #expect(files.contains("one") && !files.contains("bad") && !files.contains("two"), "\(files)")
    #expect(try scratch.uet("verify", "--landed").status == 0)
    let again = try scratch.uet("integrate", "--branch", "topic/one", "--land", "release")
    #expect(again.status == 2 && again.errors.contains("is in 'release' already"), "\(again)")
    let unknown = try scratch.uet("integrate", "--branch", "nothing")
    #expect(unknown.status == 2 && unknown.errors.contains("no branch 'nothing'"), "\(unknown)")
  }

  @Test func aSeriesOfPatchesIsOneCandidate() throws {
    let scratch = try project()
    try branch(scratch, "topic", from: "main", "one")
    try scratch.git("checkout", "--quiet", "topic")
    try scratch.write("one", "more\n")
    try scratch.git("commit", "--quiet", "--all", "--message=change one")
    try scratch.git("format-patch", "--quiet", "--output-directory", "../series", "main..topic")
    try scratch.git("checkout", "--quiet", "main")
    let series = scratch.root.appendingPathComponent("series").path
    let files = try FileManager.default.contentsOfDirectory(atPath: series).sorted()
      .map { "\(series)/\($0)" }
    let output = try scratch.running(["integrate", "--land", "release", "--patch"] + files).finish()
    #expect(output.status == 0, "\(output)")
    #expect(try scratch.git("show", "release:one") == "more")
    let worktrees = try scratch.git("worktree", "list")
    #expect(worktrees.split(separator: "\n").count == 1, "\(worktrees)")
    let twice = try scratch.running(["integrate", "--land", "release", "--patch", files[1]])
      .finish()
    #expect(twice.status == 2 && twice.errors.contains("does not apply"), "\(twice)")
    let none = try scratch.running(["integrate", "--patch", "none.patch"]).finish()
    #expect(none.status == 2 && none.errors.contains("there is no patch"), "\(none)")
  }

  /// The same candidates, verdicts and settings give the same commits, whoever merges them, whenever,
  /// and by whatever strategy.
  @Test func equalInputsGiveEqualCommits() throws {
    let scratch = try project()
    for name in ["a", "b", "c"] {
      try scratch.bundle("ws-\(name)", scope: [name], "echo > \(name)")
    }
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    let copy = scratch.root.appendingPathComponent("copy").path
    try FileManager.default.copyItem(atPath: scratch.path, toPath: copy)
    try scratch.git("config", "uet.integration.strategy", "serial")
    #expect(try scratch.uet("integrate", run, "--land", "release").status == 0)
    try scratch.git("-C", copy, "config", "uet.integration.strategy", "batch")
    #expect(try scratch.uet("integrate", run, "--land", "release", in: copy).status == 0)
    #expect(try scratch.commit("release") == scratch.git("-C", copy, "rev-parse", "release"))
  }
}
