import Foundation
import Testing

/// Workstreams that a person brings back.
@Suite struct RetryTests {
  /// `ws-a` fails until the mark is there; `ws-b` needs it.
  private func project(_ extra: String = "") throws -> (Scratch, mark: String) {
    let scratch = try Scratch()
    let mark = scratch.root.appendingPathComponent("mark").path
    try scratch.write(".uet/config.yaml", "retry: {max_attempts: 1}\n\(extra)")
    try scratch.bundle(
      "ws-a", scope: ["a"],
      """
      grep -c 'failed:' "$UET_PROMPT_FILE" > "$TMPDIR/told"
      test -e \(mark) || { echo no mark; exit 3; }
      echo $UET_ATTEMPT > a
      """)
    try scratch.bundle("ws-b", scope: ["b"], after: ["ws-a"], "cp a b")
    try scratch.bundle("ws-c", scope: ["c"], "echo > c")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return (scratch, mark)
  }

  private func told(_ scratch: Scratch) -> String? {
    try? String(
      contentsOfFile: (scratch.environment["TMPDIR"] ?? "") + "/told", encoding: .utf8
    ).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  @Test func whatWasGivenUpComesBackAndWithItWhatWaitedForIt() throws {
    let (scratch, mark) = try project()
    let output = try scratch.uet("run")
    let run = try scratch.onlyRun()
    #expect(output.status == 1 && output.text.contains("git uet retry \(run) ws-a"), "\(output)")
    try Data().write(to: URL(fileURLWithPath: mark))
    let lost = try scratch.uet("retry", run, "ws-b")
    #expect(lost.status == 2 && lost.errors.contains("needs 'ws-a'"), "\(lost)")
    #expect(lost.errors.contains("git uet retry \(run) ws-a ws-b"), "\(lost)")
    let answer = try scratch.uet("retry", run, "ws-a", "--reason", "the mark is there")
    #expect(answer.status == 0 && answer.text.contains("git uet resume \(run)"), "\(answer)")
    let status = try scratch.uet("status").text
    #expect(status.contains("INTERRUPTED") && status.contains("READY"), "\(status)")
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 0 && resumed.text.contains("3 succeeded"), "\(resumed)")
    #expect(told(scratch) == "1", "the second attempt is told of the first")
    #expect(try scratch.git("show", "uet/\(run)/ws-b:b") == "2")
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func dependentsComeBackAtOnceAndAFreshOneIsToldNothing() throws {
    let (scratch, mark) = try project()
    #expect(try scratch.uet("run").status == 1)
    try Data().write(to: URL(fileURLWithPath: mark))
    let answer = try scratch.uet("retry", "ws-a", "--dependents", "--fresh", "--json")
    #expect(answer.status == 0 && answer.text.contains("\"ws-b\""), "\(answer)")
    let status = try scratch.uet("status", "--json").text
    #expect(!status.contains("CANCELLED") && !status.contains("QUARANTINED"), "\(status)")
    #expect(try scratch.uet("resume").status == 0)
    #expect(told(scratch) == "0", "a fresh attempt is not told of the others")
  }

  @Test func aFinishedOneIsDoneAnewAndItsHeirIsNamed() throws {
    let (scratch, mark) = try project()
    try Data().write(to: URL(fileURLWithPath: mark))
    #expect(try scratch.uet("run").status == 0)
    let run = try scratch.onlyRun()
    let answer = try scratch.uet("retry", "ws-a")
    #expect(answer.status == 0 && answer.text.contains("'ws-b' holds the result"), "\(answer)")
    #expect(try scratch.uet("retry", "ws-b").status == 0)
    #expect(try scratch.uet("resume").status == 0)
    #expect(try scratch.git("show", "uet/\(run)/ws-b:b") == "2")
    let landed = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(landed.status == 0, "\(landed)")
    let refused = try scratch.uet("retry", run, "ws-a")
    #expect(refused.status == 2 && refused.errors.contains("is LANDED"), "\(refused)")
    #expect(refused.errors.contains("git uet rollback"), "\(refused)")
    #expect(try scratch.uet("rollback", "ws-b", "ws-a", "--update-checkout").status == 0)
    #expect(try scratch.uet("retry", "ws-a", "ws-b").status == 0)
    #expect(try scratch.uet("resume").status == 0)
    let again = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(again.status == 0 && scratch.read("b") == "3\n", "\(again)")
  }

  @Test func aLiveRunTakesItUp() throws {
    let (scratch, mark) = try project()
    let gate = scratch.root.appendingPathComponent("gate").path
    try scratch.bundle(
      "ws-c", scope: ["c"], "while ! test -e \(gate); do sleep 0.05; done; echo > c")
    try scratch.git("commit", "--quiet", "--all", "--message=wait")
    let running = try scratch.running(["run"])
    try scratch.wait("ws-a to be given up") { running.printed.contains("ws-a given up") }
    try Data().write(to: URL(fileURLWithPath: mark))
    let answer = try scratch.uet("retry", "ws-a")
    #expect(answer.status == 0 && !answer.text.contains("resume"), "\(answer)")
    let twice = try scratch.uet("retry", "ws-c")
    #expect(twice.status == 2 && twice.errors.contains("'ws-c' is RUNNING"), "\(twice)")
    try Data().write(to: URL(fileURLWithPath: gate))
    let end = running.finish()
    #expect(end.status == 0 && end.text.contains("ws-b succeeded"), "\(end)")
  }

  @Test func whatACrashHitWaitsForAPersonWhereTheConfigurationSaysSo() throws {
    let scratch = try Scratch()
    let gate = scratch.root.appendingPathComponent("gate").path
    try scratch.write(".uet/config.yaml", "retry: {after_crash: escalate}\n")
    try scratch.bundle(
      "ws-a", scope: ["a"], "while ! test -e \(gate); do sleep 0.05; done; echo > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let running = try scratch.direct(["run"])
    try scratch.wait("ws-a to start") { running.printed.contains("ws-a started") }
    running.signal(SIGKILL)
    _ = running.finish()
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 1 && resumed.text.contains("retry.after_crash"), "\(resumed)")
    let run = try scratch.onlyRun()
    #expect(resumed.text.contains("git uet retry \(run) ws-a"), "\(resumed)")
    let doctor = try scratch.uet("doctor")
    #expect(doctor.text.contains("'retry.after_crash' leaves that to a person"), "\(doctor)")
    try Data().write(to: URL(fileURLWithPath: gate))
    #expect(try scratch.uet("retry", "ws-a").status == 0)
    #expect(try scratch.uet("resume").status == 0)
  }
}
