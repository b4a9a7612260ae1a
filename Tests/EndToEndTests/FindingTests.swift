import Foundation
import Testing
import UETModel
import UETTestSupport

/// Landed work that goes out again by itself, because the configuration says so and the record has
/// a reason.
@Suite struct FindingTests {
  /// `ws-app` builds on `ws-lib`, both of phase `storage` like `ws-late`, which fails at first;
  /// `ws-aside` stands alone. All but `ws-late` have landed in `release`.
  private func landed(_ settings: String, gates: String = "{}") throws -> (Scratch, String) {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml", "gates: \(gates)\nintegration: {\(settings)}\nretry: {max_attempts: 1}\n")
    func member(_ name: String, after: String, _ command: String) -> String {
      "  - {id: ws-\(name), tasks: [x], tool: shell, files_scope: [\(name)], depends_on: [\(after)], "
        + "command: [sh, -c, '\(command)']}\n"
    }
    try scratch.write(
      "workstreams/storage.yaml",
      "phase: storage\nworkstreams:\n" + member("lib", after: "", "echo lib > lib")
        + member("app", after: "ws-lib", "echo app > app") + member("late", after: "", "exit 1"))
    try scratch.bundle("ws-aside", scope: ["aside"], "echo aside > aside")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("branch", "release")
    #expect(try scratch.uet("run").status == 1)
    return (scratch, try scratch.onlyRun())
  }

  private func files(_ scratch: Scratch) throws -> Set<String> {
    let listed = try scratch.git("ls-tree", "--name-only", "release").split(separator: "\n")
    return Set(listed.map(String.init)).intersection(["lib", "app", "aside"])
  }

  private func id(_ name: String) throws -> WorkstreamID { try #require(WorkstreamID(name)) }

  @Test func aRedSecurityGateTakesOutWhatLandedLast() throws {
    let (scratch, run) = try landed(
      "after_landing: [GATE_SECURITY], on_security: rollback",
      gates: "{GATE_SECURITY: {command: [sh, -c, 'test ! -e app']}}")
    let output = try scratch.uet("integrate", run, "--land", "release")
    #expect(output.status == 1, "\(output)")
    #expect(output.text.contains("rolled back: GATE_SECURITY is red after landing"), "\(output)")
    #expect(try files(scratch).isEmpty)
    let events = try scratch.uet("events", "--type", "compensation_started", "--json")
    #expect(events.text.contains("\"evidence\""), "\(events)")
    let again = try scratch.uet("integrate", run)
    #expect(try files(scratch).isEmpty && !again.text.contains("rolled back:"), "\(again)")
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func anExceededBudgetTakesOutItsWorkstream() async throws {
    let (scratch, run) = try landed("on_budget: rollback")
    #expect(try scratch.uet("integrate", run, "--land", "release").status == 0)
    #expect(try files(scratch) == ["lib", "app", "aside"])
    try await scratch.record(
      [
        EventDraft(
          .budgetExceeded, workstream: try id("ws-lib"),
          data: JSONObject([.reason: "12.00 of 10.00 dollars"]))
      ], in: run)
    let status = try scratch.uet("status")
    #expect(
      status.text.contains("found: the budget of 'ws-lib' is exceeded: 12.00 of 10.00 dollars"),
      "\(status)")
    let output = try scratch.uet("integrate", run)
    #expect(output.status == 1, "\(output)")
    #expect(output.text.contains("rolled back: the budget of 'ws-lib'"), "\(output)")
    #expect(try files(scratch) == ["aside"], "what builds on it goes before it")
    let after = try scratch.uet("status")
    #expect(!after.text.contains("found:") && after.text.contains("2 rolled back"), "\(after)")
    #expect(try scratch.uet("verify").status == 0)
  }

  /// What has not landed keeps its phase from its end: the rest of it goes. `resume` acts upon it
  /// as well.
  @Test func aFailureOfSecurityTakesOutItsPhase() async throws {
    let (scratch, run) = try landed("on_security: rollback")
    #expect(try scratch.uet("integrate", run, "--land", "release").status == 0)
    let late = try id("ws-late")
    try await scratch.record(
      [
        EventDraft(.taskRetried, workstream: late),
        EventDraft(.taskAssigned, workstream: late, attempt: 2),
        EventDraft(
          .taskFailed, workstream: late, attempt: 2,
          data: JSONObject([.kind: "E_SECURITY", .message: "a key was committed"])),
      ], in: run)
    #expect(try scratch.uet("retry", run, "ws-late").status == 0)
    let output = try scratch.uet("resume", run)
    #expect(output.text.contains("'ws-late' failed with E_SECURITY"), "\(output)")
    #expect(try files(scratch) == ["aside"], "\(output)")
  }

  @Test func withoutAPolicyItIsOnlySaid() async throws {
    let (scratch, run) = try landed("on_red: rollback")
    #expect(try scratch.uet("integrate", run, "--land", "release").status == 0)
    try await scratch.record(
      [EventDraft(.budgetExceeded, data: JSONObject([.phase: "storage"]))], in: run)
    let output = try scratch.uet("integrate", run)
    #expect(output.status == 0, "\(output)")
    #expect(try files(scratch) == ["lib", "app", "aside"])
    let status = try scratch.uet("status")
    #expect(status.text.contains("found: the budget of phase 'storage' is exceeded"), "\(status)")
    #expect(status.text.contains("hint: take it out again: git uet rollback"), "\(status)")
  }
}
