import Foundation
import Testing

/// The user's command that is called when something happens.
@Suite struct NotifyTests {
  private func project(
    _ on: String, _ command: String, first script: String = "echo > a"
  ) throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      "run: {notify: {\(on)command: [sh, -c, '\(command)']}}\nretry: {max_attempts: 1}\n")
    try scratch.bundle("ws-a", scope: ["a"], script)
    try scratch.bundle("ws-b", scope: ["b"], "exit 3")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  private static let tell =
    "echo $UET_NOTICE $UET_WORKSTREAM $UET_STATUS $UET_EVENT | cut -c 1-200 >> $TMPDIR/told"

  @Test func itIsToldWhatItAskedFor() throws {
    // The run still goes on when it is told of the failure.
    let scratch = try project(
      "on: [finished, failed, landed], ", Self.tell,
      first: "until grep -q failed \"$TMPDIR/told\"; do sleep 0.02; done; echo > a")
    #expect(try scratch.uet("run").status == 1)
    let told = scratch.kept("told").split(separator: "\n").map(String.init)
    try #require(told.count == 2, "\(told)")
    #expect(told[0].hasPrefix("failed ws-b RUNNING {"), "\(told)")
    #expect(told[1].hasPrefix("finished FAILED {") && told[1].contains("run_finished"), "\(told)")
    #expect(try scratch.uet("integrate", "--land", "main", "--update-checkout").status == 0)
    #expect(scratch.kept("told").contains("\nlanded "), "\(scratch.kept("told"))")
  }

  /// It holds nothing up, and that it fails is said once.
  @Test func oneThatFailsIsSaidAndChangesNothing() throws {
    let scratch = try project("", "echo no such thing >&2; exit 4")
    let output = try scratch.uet("run")
    #expect(output.status == 1, "\(output)")
    let said = output.errors.components(separatedBy: "the command of 'run.notify'").count - 1
    #expect(said == 1 && output.errors.contains("no such thing"), "\(output.errors)")
    #expect(try scratch.uet("status").text.contains("1 succeeded"))
  }

  @Test func whatCannotBeReadIsSaid() throws {
    let scratch = try Scratch()
    try scratch.write(".uet/config.yaml", "run: {notify: {on: [done]}}\n")
    let output = try scratch.uet("run")
    #expect(output.status == 2, "\(output)")
    #expect(output.errors.contains("needs a 'command'") && output.errors.contains("'finished'"))
  }

  /// A command is looked at before anything of it runs.
  @Test func itIsTrustedAsWhateverRuns() throws {
    let scratch = try Scratch(variables: ["GIT_CONFIG_VALUE_2": "ask"])
    try scratch.write(".uet/config.yaml", "run: {notify: {command: [touch, told]}}\n")
    try scratch.bundle("ws-a", scope: ["a"], "echo > a")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let output = try scratch.uet("run")
    #expect(output.status == 3, "\(output)")
    #expect((output.text + output.errors).contains("run.notify"), "\(output)")
    #expect(scratch.read("told") == nil)
  }
}
