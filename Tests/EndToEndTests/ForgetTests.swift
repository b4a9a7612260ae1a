import Foundation
import Testing

/// `git uet forget`: what is forgotten is gone here, and comes back only when somebody asks.
@Suite struct ForgetTests {
  @Test func aLandedRunIsForgotten() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    #expect(try scratch.uet("sync").status == 0)
    let clone = try project.clone("clone")
    #expect(try scratch.uet("sync", in: clone).status == 0)
    let landed = try scratch.uet("integrate", "--land", "main", "--update-checkout", run)
    #expect(landed.status == 0, "\(landed)")
    let forgot = try scratch.uet("forget", run)
    #expect(forgot.status == 0 && forgot.text.contains("forgot run \(run)"), "\(forgot)")
    #expect(try scratch.git("for-each-ref", "refs/uet/runs", "refs/heads/uet").isEmpty)
    #expect(try scratch.uet("runs").text == "no runs yet\n")
    #expect(try scratch.uet("verify").status == 0)
    let asked = try scratch.uet("status", run)
    #expect(asked.status == 2 && asked.errors.contains("was forgotten"), "\(asked)")
    // The other clone goes on having it, and gives it to the host again.
    #expect(try scratch.uet("sync", in: clone).status == 0)
    let sync = try scratch.uet("sync")
    #expect(sync.status == 0 && sync.errors.contains("forgotten here and not taken in"), "\(sync)")
    #expect(try scratch.uet("runs").text == "no runs yet\n")
    #expect(try scratch.uet("runs", in: clone).text.contains(run))
    // As the hint says.
    try scratch.git("config", "--local", "--unset-all", "uet.forgotten", run)
    #expect(try scratch.uet("sync").status == 0)
    #expect(try scratch.uet("runs").text.contains(run))
  }

  @Test func unlandedWorkIsForgottenOnlyWhenSaidSo() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    #expect(try scratch.uet("clean", "--force", run).status == 0)
    let refused = try scratch.uet("forget", run)
    #expect(refused.status == 3 && refused.errors.contains("--discard"), "\(refused)")
    #expect(try scratch.commit("refs/heads/uet/\(run)/ws-one") != nil)
    let forgot = try scratch.uet("forget", run, "--discard", "--json")
    #expect(forgot.status == 0 && forgot.text.contains("\"references\""), "\(forgot)")
    #expect(try scratch.commit("refs/heads/uet/\(run)/ws-one") == nil)
  }

  /// Nor does a worker forget, whatever it discards.
  @Test func aWorkerForgetsNothing() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    #expect(try scratch.uet("clean", "--force", run).status == 0)
    try scratch.bundle("ws-one", scope: ["one"], "echo > one; git uet forget \(run) --discard")
    try scratch.git("commit", "--all", "--quiet", "--message=another")
    #expect(try scratch.uet("run", "ws-one").status == 1)
    #expect(try scratch.commit("refs/heads/uet/\(run)/ws-one") != nil)
  }

  /// A person whose run was killed learns how to go on with it, and that of a run that is over
  /// nothing is said.
  @Test func runNamesWhatWasInterrupted() throws {
    let scratch = try Scratch()
    try scratch.bundle(
      "ws-wait", scope: ["wait"],
      "while test ! -e '\(scratch.path)/../go'; do sleep 0.02; done; echo > wait")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    let running = try scratch.direct(["run"])
    try scratch.wait("the attempt to start") { running.printed.contains("ws-wait started") }
    let run = try scratch.onlyRun()
    running.signal(SIGKILL)
    _ = running.finish()
    try Data().write(to: scratch.root.appendingPathComponent("go"))
    let next = try scratch.uet("run")
    #expect(next.status == 0 && next.errors.contains("git uet resume \(run)"), "\(next)")
    let resumed = try scratch.uet("resume", run)
    #expect(resumed.status == 0, "\(resumed)")
    let last = try scratch.uet("run")
    #expect(last.status == 0 && !last.errors.contains("git uet resume"), "\(last)")
  }
}
