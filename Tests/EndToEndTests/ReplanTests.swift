import Foundation
import Testing

/// A plan that changes while its run goes on, or before it goes on.
@Suite struct ReplanTests {
  private func waiting(_ scratch: Scratch, _ id: String, after: [String] = []) throws {
    try scratch.bundle(
      id, scope: [id], after: after,
      "touch \(id)\nwhile ! test -e \(scratch.path)/go; do sleep 0.02; done")
  }

  @Test func editedBundlesTakeEffectOnALiveRunWhenAsked() throws {
    let scratch = try Scratch()
    try waiting(scratch, "ws-1")
    try scratch.bundle("ws-2", scope: ["b"], after: ["ws-1"], "echo old > b")
    try scratch.bundle("ws-3", scope: ["c"], after: ["ws-1"], "touch c")
    let running = try scratch.direct(["run", "--workers", "2"])
    try scratch.wait("the first to begin") { scratch.worktreeHolds("ws-1/ws-1") }
    #expect(try scratch.uet("replan").text.contains("is planned as the bundles say"))
    try scratch.bundle("ws-1", scope: ["ws-1"], "echo changed")
    try scratch.bundle("ws-2", scope: ["b"], after: ["ws-1", "ws-4"], "echo new > b")
    try scratch.bundle("ws-4", scope: ["d"], "touch d")
    try FileManager.default.removeItem(atPath: scratch.path + "/workstreams/ws-3.yaml")
    let status = try scratch.uet("status")
    #expect(status.text.contains("the bundles were edited since the run was planned"), "\(status)")
    let shown = try scratch.uet("replan")
    #expect(shown.status == 3 && shown.errors.contains("the plan is as it was"), "\(shown)")
    #expect(
      shown.text.contains("added    ws-4") && shown.text.contains("removed  ws-3"), "\(shown)")
    #expect(shown.text.contains("changed  ws-2: command, depends_on"), "\(shown)")
    #expect(shown.text.contains("kept     ws-1: it is RUNNING; not changed: command"), "\(shown)")
    let changed = try scratch.uet("replan", "--yes")
    #expect(changed.status == 0, "\(changed)")
    #expect(changed.text.contains("1 added, 1 removed, 1 changed"), "\(changed)")
    try scratch.write("go", "")
    let end = running.finish()
    #expect(end.status == 0, "\(end)")
    let run = try scratch.onlyRun()
    #expect(try scratch.git("show", "uet/\(run)/ws-2:b") == "new")
    #expect(try scratch.commit("uet/\(run)/ws-4") != nil)
    #expect(try scratch.commit("uet/\(run)/ws-3") == nil)
    let after = try scratch.uet("status").text
    #expect(after.contains("3 succeeded, 1 cancelled"), "\(after)")
    #expect(try scratch.uet("verify").status == 0)
    #expect(try scratch.uet("cache", "verify").status == 0)
  }

  @Test func interruptedRunGoesOnWithTheNewPlanInAnyClone() throws {
    let scratch = try Scratch()
    try scratch.bundle("ws-1", scope: ["a"], "touch a")
    try scratch.bundle("ws-2", scope: ["b"], after: ["ws-1"], "exit 1")
    try waiting(scratch, "ws-3", after: ["ws-1"])
    let running = try scratch.direct(["run", "--workers", "1"])
    try scratch.wait("the second to be given up") { running.printed.contains("ws-2 given up") }
    running.signal(SIGKILL)
    _ = running.finish()
    try scratch.bundle("ws-2", scope: ["b"], after: ["ws-1"], "touch b")
    let changed = try scratch.uet("replan", "--yes")
    #expect(changed.text.contains("changed  ws-2: command"), "\(changed)")
    try scratch.write("go", "")
    let end = try scratch.uet("resume")
    #expect(end.status == 0, "\(end)")
    #expect(end.text.contains("3 succeeded"), "\(end)")
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func brokenBundlesChangeNothing() throws {
    let scratch = try Scratch()
    try waiting(scratch, "ws-1")
    try scratch.bundle("ws-2", scope: ["b"], after: ["ws-1"], "touch b")
    let running = try scratch.direct(["run"])
    try scratch.wait("the first to begin") { scratch.worktreeHolds("ws-1/ws-1") }
    try scratch.bundle("ws-2", scope: ["b"], after: ["ws-none"], "touch b")
    let refused = try scratch.uet("replan", "--yes")
    #expect(refused.status == 2 && refused.errors.contains("ws-none"), "\(refused)")
    try scratch.write("go", "")
    #expect(running.finish().status == 0)
  }

  @Test func workerAddsAWorkstream() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-1", scope: ["a", "more.yaml", "m"],
      """
      printf 'id: ws-more\\ntasks: [more]\\ntool: shell\\nfiles_scope: [m]\\ncommand: touch m\\n' > more.yaml
      printf 'id: ws-bad\\ntasks: [bad]\\ntool: shell\\nfiles_scope: [m]\\ndepends_on: [ws-none]\\n' > bad.yaml
      git-uet signal add-workstream more.yaml
      git-uet signal add-workstream bad.yaml > a 2>&1
      rm bad.yaml
      """)
    let end = try scratch.uet("run")
    #expect(end.status == 0, "\(end)")
    #expect(end.text.contains("ws-more succeeded"), "\(end)")
    let said = try scratch.git("show", "uet/\(try scratch.onlyRun())/ws-1:a")
    #expect(said.contains("E_PLAN_CONSISTENCY") && said.contains("ws-none"), "\(said)")
  }
}
