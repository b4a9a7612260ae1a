import Foundation
import Testing

/// The main job on a real repository: plan, run, integrate, look.
@Suite struct MainJobTests {
  /// Six workstreams: a chain, an overlap, one that breaks its scope, one that fails once.
  private func project() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.bundle("ws-lib", scope: ["src/lib"], "mkdir -p src/lib; echo lib > src/lib/a")
    try scratch.bundle(
      "ws-app", scope: ["src/app"], after: ["ws-lib"],
      "test -f src/lib/a; mkdir -p src/app; echo app > src/app/a")
    try scratch.bundle("ws-notes-a", scope: ["docs/"], "mkdir -p docs; echo a >> docs/notes")
    try scratch.bundle("ws-notes-b", scope: ["docs/notes"], "mkdir -p docs; echo b >> docs/notes")
    try scratch.bundle(
      "ws-stray", scope: ["only/"], "mkdir -p only; echo x > only/x; echo y > stray")
    try scratch.bundle(
      "ws-flaky", scope: ["flaky"], "test \"$UET_ATTEMPT\" -gt 1 || exit 9; echo ok > flaky")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  @Test func runsWhatCanRunAndSaysWhyTheRestDidNot() throws {
    let scratch = try project()
    let before = try scratch.checkout()
    let output = try scratch.uet("run", "--workers", "3")
    #expect(output.status == 1, "\(output)")
    let run = try scratch.onlyRun()
    for id in ["ws-lib", "ws-app", "ws-notes-a", "ws-notes-b", "ws-flaky"] {
      #expect(try scratch.commit("refs/heads/uet/\(run)/\(id)") != nil, "\(id) has a branch")
    }
    #expect(try scratch.commit("refs/heads/uet/\(run)/ws-stray") == nil)
    let kept = "refs/uet/salvage/\(run)/ws-stray/1"
    #expect(try scratch.git("show", "\(kept):stray") == "y", "refused work is kept")
    #expect(output.text.contains("changed 'stray' outside its scope"), "\(output)")
    #expect(try scratch.git("show", "refs/heads/uet/\(run)/ws-app:src/lib/a") == "lib")
    #expect(try scratch.checkout() == before, "the user's checkout is as it was")
  }

  @Test func overlappingWorkStartsFromTheEarlierResult() throws {
    let scratch = try project()
    _ = try scratch.uet("run", "ws-notes-a", "ws-notes-b")
    let run = try scratch.onlyRun()
    let notes = try ["ws-notes-a", "ws-notes-b"].map { id in
      try scratch.git("show", "refs/heads/uet/\(run)/\(id):docs/notes")
    }
    #expect(notes.contains { $0.split(separator: "\n").count == 2 }, "\(notes)")
    #expect(try scratch.commit("refs/heads/uet/\(run)/ws-lib") == nil, "only what was asked for")
  }

  @Test func commitsCarryTrailers() throws {
    let scratch = try project()
    _ = try scratch.uet("run", "ws-flaky")
    let run = try scratch.onlyRun()
    let trailers = try scratch.git(
      "log", "-1", "--format=%(trailers:only,unfold)", "refs/heads/uet/\(run)/ws-flaky")
    #expect(trailers == "UET-Run: \(run)\nUET-Workstream: ws-flaky\nUET-Attempt: 2")
  }

  @Test func integratesAndLands() throws {
    let scratch = try project()
    _ = try scratch.uet("run")
    let run = try scratch.onlyRun()
    try scratch.git("branch", "release")
    let before = try scratch.checkout()
    let output = try scratch.uet("integrate", run, "--land", "release")
    #expect(output.status == 0, "\(output)")
    for file in ["src/lib/a", "src/app/a", "flaky", "docs/notes"] {
      _ = try scratch.git("show", "refs/heads/release:\(file)")
    }
    #expect(
      try scratch.commit("refs/heads/release")
        == scratch.commit("refs/heads/uet/\(run)/integration"))
    #expect(try scratch.checkout() == before)
    let again = try scratch.uet("integrate", run, "--land", "release")
    #expect(again.status == 0, "twice is no error: \(again)")
  }

  @Test func refusesToLandOnACheckedOutBranch() throws {
    let scratch = try project()
    _ = try scratch.uet("run", "ws-lib")
    let run = try scratch.onlyRun()
    let main = try scratch.commit("main")
    let output = try scratch.uet("integrate", run, "--land", "main")
    #expect(output.status == 3, "\(output)")
    #expect(output.errors.contains("git merge --ff-only"), "\(output)")
    #expect(try scratch.commit("main") == main)
    try scratch.git("merge", "--quiet", "--ff-only", "uet/\(run)/integration")
    #expect(scratch.read("src/lib/a") == "lib\n")
  }

  @Test func redGateAtIntegrationSetsOneAsideAndCarriesOn() throws {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates:
        GATE_UNIT: {command: [sh, -c, "test ! -f bad"], timeout: 1m}
      integration: {gates: [GATE_UNIT]}

      """)
    try scratch.bundle("ws-good", scope: ["good"], "echo > good")
    try scratch.bundle("ws-bad", scope: ["bad"], "echo > bad")
    try scratch.bundle("ws-child", scope: ["child"], after: ["ws-bad"], "echo > child")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    let output = try scratch.uet("integrate", run)
    #expect(output.status == 1, "\(output)")
    let branch = "refs/heads/uet/\(run)/integration"
    _ = try scratch.git("show", "\(branch):good")
    #expect(try scratch.commit(branch) != nil)
    #expect(try scratch.git("ls-tree", "--name-only", branch).contains("bad") == false)
    #expect(try scratch.git("ls-tree", "--name-only", branch).contains("child") == false)
    #expect(output.text.contains("GATE_UNIT"), "\(output)")
    let child = try scratch.uet("show", run, "ws-child")
    #expect(child.text.contains("ws-bad"), "says what it waits for: \(child)")
  }
}

/// What a person decides before something is merged.
@Suite struct ReviewTests {
  @Test func nothingThatAsksForAReviewIsMergedWithoutOne() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-plain", scope: ["plain"], "echo > plain")
    try scratch.bundle(
      "ws-delicate", scope: ["delicate"], extra: "review: before_merge", "echo > delicate")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    let branch = "refs/heads/uet/\(run)/integration"
    let held = try scratch.uet("integrate", run)
    #expect(held.status == 3 && held.text.contains("git uet review \(run) ws-delicate"), "\(held)")
    #expect(try scratch.git("ls-tree", "--name-only", branch).contains("delicate") == false)
    let merged = try scratch.uet("integrate", run, "--reviewed", "ws-delicate")
    #expect(merged.status == 0, "\(merged)")
    #expect(try scratch.git("ls-tree", "--name-only", branch).contains("delicate"))
  }
}
