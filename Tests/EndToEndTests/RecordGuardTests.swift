import Foundation
import Testing

/// What a worker takes away of the run's own record comes back.
@Suite struct RecordGuardTests {
  private func scratch(_ command: String) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.bundle("ws-a", scope: ["a"], "echo > a; false")
    try scratch.bundle("ws-b", scope: ["b"], "echo > b; \(command)")
    try scratch.bundle("ws-c", scope: ["c"], "echo > c")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  @Test func aRecordThatIsTakenAwayIsPutBack() throws {
    let scratch = try scratch(
      "git for-each-ref --format='delete %(refname)' refs/uet | git update-ref --stdin")
    let output = try scratch.uet("run", "--workers", "1")
    #expect(output.status == 1, "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.commit("refs/uet/salvage/\(run)/ws-a/1") != nil)
    let shown = try scratch.uet("show", run, "ws-b")
    #expect(shown.text.contains("E_SECURITY") && shown.text.contains("put back"), "\(shown)")
    #expect(try scratch.uet("status", run).text.contains("ws-c  SUCCEEDED"), "\(output)")
    #expect(try scratch.uet("verify", run).status == 0)
  }

  @Test func aRecordThatIsSetBackGoesOn() throws {
    let scratch = try scratch(
      "git update-ref refs/uet/runs/$UET_RUN/main refs/uet/runs/$UET_RUN/main~1")
    let output = try scratch.uet("run", "--workers", "1")
    #expect(output.status == 1 && output.errors.contains("it is put back"), "\(output)")
    let run = try scratch.onlyRun()
    #expect(try scratch.uet("status", run).text.contains("ws-c  SUCCEEDED"), "\(output)")
    #expect(try scratch.uet("verify", run).status == 0)
  }
}
