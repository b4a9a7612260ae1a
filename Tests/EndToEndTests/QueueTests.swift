import Foundation
import Testing

/// Landing, its proof, and the queue while it is at work, as a user meets them.
@Suite struct QueueTests {
  /// Workstreams that each write a file of their name, and a gate that says no where there is a
  /// file `bad`.
  private func project(
    _ names: [String], gate: String = "test ! -f bad", extra: String = ""
  ) throws -> (scratch: Scratch, run: String) {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates:
        GATE_UNIT: {command: [sh, -c, '\(gate)'], timeout: 1m}
      integration: {gates: [GATE_UNIT]\(extra)}

      """)
    for name in names { try scratch.bundle("ws-\(name)", scope: [name], "echo \(name) > \(name)") }
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 0)
    return (scratch, try scratch.onlyRun())
  }

  @Test func aCleanCheckoutOfTheTargetIsMovedAlong() throws {
    let (scratch, run) = try project(["a", "b"])
    let refused = try scratch.uet("integrate", run, "--land", "main")
    #expect(refused.status == 3 && refused.errors.contains("--update-checkout"), "\(refused)")
    let landed = try scratch.uet("integrate", run, "--land", "main", "--update-checkout")
    #expect(landed.status == 0, "\(landed)")
    #expect(scratch.read("a") == "a\n" && scratch.read("b") == "b\n")
    #expect(try scratch.git("status", "--porcelain") == "")
    #expect(try scratch.commit("HEAD") == scratch.commit("uet/\(run)/integration"))
  }

  @Test func aChangedCheckoutIsLeftAlone() throws {
    let (scratch, run) = try project(["a"])
    let main = try scratch.commit("main")
    try scratch.write("README", "my change\n")
    let changed = try scratch.uet("integrate", run, "--land", "main", "--update-checkout")
    #expect(changed.status == 3, "\(changed)")
    #expect(changed.errors.contains("uncommitted changes in 'README'"), "\(changed)")
    try scratch.git("checkout", "--quiet", "README")
    try scratch.write("a", "mine, not tracked\n")
    let untracked = try scratch.uet("integrate", run, "--land", "main", "--update-checkout")
    #expect(untracked.status == 3 && untracked.errors.contains("'main'"), "\(untracked)")
    #expect(scratch.read("a") == "mine, not tracked\n")
    try scratch.git("clean", "--quiet", "-f")
    try scratch.write(".git/MERGE_HEAD", "")
    let merging = try scratch.uet("integrate", run, "--land", "main", "--update-checkout")
    #expect(merging.status == 3 && merging.errors.contains("a merge is under way"), "\(merging)")
    #expect(try scratch.commit("main") == main)
  }

  @Test func aLandingIsProvenAgainInAFreshClone() throws {
    let (scratch, run) = try project(["a", "bad", "c"])
    #expect(try scratch.uet("integrate", run, "--land", "main", "--update-checkout").status == 1)
    let here = try scratch.uet("verify", "--landed")
    #expect(here.status == 0 && here.text.contains("proven (2 candidates, GATE_UNIT)"), "\(here)")
    let clone = scratch.root.appendingPathComponent("clone").path
    try scratch.git("clone", "--quiet", scratch.path, clone)
    try scratch.git("-C", clone, "fetch", "--quiet", "origin", "+refs/uet/*:refs/uet/*")
    let there = try scratch.uet("verify", "--landed", run, "--json", in: clone)
    #expect(there.status == 0 && there.text.contains("\"proven\": true"), "\(there)")
  }

  @Test func aTargetThatLostTheLandingIsNamed() throws {
    let (scratch, run) = try project(["a"])
    try scratch.git("branch", "release")
    #expect(try scratch.uet("integrate", run, "--land", "release").status == 0)
    try scratch.git("branch", "--force", "release", "main")
    let lost = try scratch.uet("verify", "--landed")
    #expect(lost.status == 1, "\(lost)")
    #expect(lost.text.contains("'release' does not contain it any more"), "\(lost)")
  }

  @Test func nothingLandsOnWhatLacksTheBase() throws {
    let (scratch, run) = try project(["a"])
    try scratch.git("branch", "old", "main~1")
    let refused = try scratch.uet("integrate", run, "--land", "old")
    #expect(refused.status == 2 && refused.errors.contains("'old' lacks commit"), "\(refused)")
  }

  @Test func theJudgedTreeIsReproduced() throws {
    let (scratch, run) = try project(["a", "bad"])
    let log = scratch.root.appendingPathComponent("log").path
    let output = try scratch.uet("integrate", run)
    #expect(output.status == 1, "\(output)")
    let shown = try scratch.uet("show", run, "ws-bad")
    #expect(shown.text.contains("git uet reproduce \(run) ws-bad"), "\(shown)")
    let again = try scratch.uet("reproduce", run, "ws-bad")
    #expect(again.status == 0 && again.text.contains("as recorded: it reproduces"), "\(again)")
    let good = try scratch.uet("reproduce", run, "ws-a", "--json")
    #expect(good.status == 0 && good.text.contains("\"reproduces\": true"), "\(good)")
    let unknown = try scratch.uet("reproduce", run, "ws-a", "--gate", "GATE_UNITE")
    #expect(unknown.errors.contains("did you mean 'GATE_UNIT'?"), "\(unknown)")
    #expect(try scratch.git("worktree", "list").contains("reproduce") == false)
    #expect(FileManager.default.fileExists(atPath: log) == false)
  }

  @Test func aGateThatDependsOnMoreThanTheTreeIsSaidToBe() throws {
    let scratch = try Scratch()
    let moody = scratch.root.appendingPathComponent("moody").path
    let (project, run) = try self.project(["a"], gate: "test ! -e a || test -f \(moody)")
    #expect(try project.uet("integrate", run).status == 1)
    _ = FileManager.default.createFile(atPath: moody, contents: nil)
    let again = try project.uet("reproduce", run, "ws-a")
    #expect(again.status == 1 && again.text.contains("does not reproduce"), "\(again)")
  }

  /// A test that a signal ends on one candidate alone holds nobody else up, and what passed lands.
  @Test func aTestThatDiesSetsItsCandidateAside() throws {
    let (scratch, run) = try project(["a", "b", "c"], gate: "test ! -e b || kill -SEGV $$")
    try scratch.git("branch", "release")
    let output = try scratch.uet("integrate", run, "--land", "release")
    #expect(output.status == 1, "\(output)")
    #expect(output.text.contains("2 workstreams landed in release"), "\(output)")
    #expect(output.text.contains("ws-b set aside: GATE_UNIT gives no verdict"), "\(output)")
    // How often it is tried depends on what the first gates were asked together.
    #expect(output.text.contains(/was ended by signal 11 \([2-6] times\)/), "\(output)")
  }

  /// One look at the target is enough, nobody goes for it, and once it is mended all goes on.
  @Test func aRedTargetIsNamedAndNobodyGoes() throws {
    let (scratch, run) = try project(["a", "b", "c"], gate: "test -e mended")
    try scratch.git("branch", "release")
    let red = try scratch.uet("integrate", run, "--land", "release")
    #expect(red.status == 1 && red.text.contains("the target itself is red: GATE_UNIT"), "\(red)")
    #expect(!red.text.contains("set aside"), "\(red)")
    try scratch.git("checkout", "--quiet", "release")
    try scratch.write("mended", "")
    try scratch.git("add", "mended")
    try scratch.git("commit", "--quiet", "--message=mend")
    try scratch.git("checkout", "--quiet", "main")
    let green = try scratch.uet("integrate", run, "--land", "release")
    #expect(green.status == 0, "\(green)")
    #expect(green.text.contains("3 workstreams landed in release"), "\(green)")
    #expect(try scratch.uet("verify", "--landed").status == 0)
  }

  /// Red once and green when it is asked again: nobody goes, and it is said.
  @Test func aFlakyGateThrowsNobodyOut() throws {
    let scratch = try Scratch()
    let mark = scratch.root.appendingPathComponent("mark").path
    let (project, run) = try self.project(
      ["a", "b"], gate: "test -e \(mark) || { touch \(mark); exit 1; }")
    let output = try project.uet("integrate", run)
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("2 workstreams integrated"), "\(output)")
  }

  @Test func aHangingGateIsAFaultUnlessItIsSaidToBeRed() throws {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates:
        GATE_UNIT: {command: [sleep, "30"], timeout: 200ms, timeout_is: red}
      integration: {gates: [GATE_UNIT]}

      """)
    try scratch.bundle("ws-a", scope: ["a"], "echo a > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 0)
    let output = try scratch.uet("integrate")
    #expect(output.status == 1 && output.text.contains("out of time"), "\(output)")
  }
}
