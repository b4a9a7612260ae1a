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

  /// A name that git never writes: the branch is set aside, the others land, and no run starts
  /// there.
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

  /// A branch has no attempts, but what its gates said is on record like any other's.
  @Test func whatAGateSaidOfABranchIsShown() throws {
    let scratch = try project()
    try scratch.write(
      ".uet/config.yaml",
      "version: 1\ngates: {G: {command: [sh, -c, 'test ! -f bad || { echo bad is bad; exit 1; }']}}\n"
        + "integration: {gates: [G], strategy: serial}\n")
    try branch(scratch, "topic/one", from: "main", "one")
    try branch(scratch, "topic/bad", from: "main", "bad")
    let output = try scratch.uet(
      "integrate", "--branch", "topic/bad", "topic/one", "--land", "release")
    #expect(output.status == 1, "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.uet("logs", run, "ws-topic-bad").text == "bad is bad\n")
    let shown = try scratch.uet("show", run, "ws-topic-bad").text
    #expect(shown.contains("from    topic/bad at") && !shown.contains("uet/\(run)/ws"), "\(shown)")
    #expect(shown.contains("    bad is bad"), "\(shown)")
    #expect(try scratch.uet("queue", run).text.contains("serial, 1 gate at a time"))
    let clone = scratch.root.appendingPathComponent("clone").path
    try scratch.git("clone", "--quiet", scratch.path, clone)
    try scratch.git("-C", clone, "fetch", "--quiet", "origin", "+refs/uet/*:refs/uet/*")
    #expect(try scratch.uet("logs", run, "ws-topic-bad", in: clone).text == "bad is bad\n")
    let standing = try scratch.uet("status", run).text
    #expect(standing.contains("ENDED, but 1 of 2 set aside"), "\(standing)")
    try scratch.write(".uet/config.yaml", "gates: [\n")
    let broken = try scratch.uet("status", run)
    #expect(broken.status == 0 && broken.text == standing, "\(broken)")
    #expect(broken.errors.contains("the configuration is broken"), "\(broken)")
  }

  /// Two files that say nothing of a series are two candidates, each named after itself.
  @Test func unrelatedPatchesAreCandidatesOfTheirOwn() throws {
    let scratch = try project()
    var files: [String] = []
    for name in ["one", "two"] {
      try branch(scratch, name, from: "main", name)
      let folder = scratch.root.appendingPathComponent(name).path
      try scratch.git("format-patch", "--quiet", "--output-directory", folder, "-1", name)
      files.append("\(folder)/0001-add-\(name).patch")
    }
    let output = try scratch.running(["integrate", "--land", "release", "--patch"] + files).finish()
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("2 workstreams landed"), "\(output)")
    let status = try scratch.uet("status").text
    #expect(status.contains("ws-add-one") && status.contains("ws-add-two"), "\(status)")
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

  /// The same candidates, verdicts and settings give the same commits, whoever merges them,
  /// whenever, and by whatever strategy.
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
