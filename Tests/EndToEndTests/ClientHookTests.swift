import Foundation
import Testing

/// What hooks of a clone keep from happening, and record.
@Suite struct ClientHookTests {
  private func push(_ project: SharedProject, _ arguments: String...) throws -> Scratch.Output {
    try Scratch.start(
      Scratch.gitProgram, ["push"] + arguments, project.scratch.path, project.scratch.environment
    ).finish()
  }

  @Test func whatOthersShareIsNotTakenAway() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    try #require(try scratch.uet("sync").status == 0)
    try #require(try scratch.uet("hook", "install", "--client").status == 0)
    try scratch.git("fetch", "--quiet", "origin")
    let before = try project.records(project.host)
    let name = "refs/uet/runs/\(run)/main"
    for (arguments, words) in [
      (["--mirror"], "looks like one of '--mirror'"), ([":\(name)"], "take away what others share"),
      (["+\(name)~1:\(name)"], "set back what others share"), ([":refs/notes/uet"], "take away"),
    ] {
      let output = try Scratch.start(
        Scratch.gitProgram, ["push", "origin"] + arguments, scratch.path, scratch.environment
      ).finish()
      #expect(output.status != 0 && output.errors.contains("--no-verify"), "\(output)")
      let said = output.errors.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      #expect(said.contains(words), "\(output)")
      #expect(try project.records(project.host) == before)
    }
    try scratch.write("README", "more\n")
    try scratch.git("commit", "--quiet", "--all", "--message=more")
    #expect(try push(project, "origin", "main", "\(name):\(name)").status == 0)
    let again = try project.run()
    let sync = try scratch.uet("sync")
    #expect(sync.status == 0 && sync.text.contains("sent  run \(again)"), "\(sync)")
    #expect(try push(project, "--no-verify", "origin", ":refs/notes/uet").status == 0)
  }

  /// What the archive has goes from the host, with the hook as well.
  @Test func syncTakesAwayWhatIsArchived() throws {
    let project = try SharedProject()
    let run = try project.run()
    let scratch = project.scratch
    try #require(try scratch.uet("hook", "install", "--client").status == 0)
    try #require(try scratch.uet("sync").status == 0)
    try #require(try scratch.uet("gc", "--older-than", "0s", "--unlanded").status == 0)
    let sync = try scratch.uet("sync")
    #expect(sync.status == 0, "\(sync)")
    #expect(try !project.records(project.host).contains("runs/\(run)"))
  }

  @Test func aPushToABranchOfTheQueueIsWarnedOf() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    try scratch.write(
      ".uet/config.yaml", "integration: {target: main}\nserver: {protected: [stable]}\n")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=settings")
    try #require(try scratch.uet("hook", "install", "--client").status == 0)
    for branch in ["main", "stable"] {
      let output = try push(project, "origin", "HEAD:refs/heads/\(branch)")
      #expect(output.status == 0, "\(output)")
      #expect(output.errors.contains("warning: '\(branch)' is moved by the queue"), "\(output)")
    }
    let output = try push(project, "origin", "HEAD:refs/heads/topic")
    #expect(output.status == 0 && !output.errors.contains("warning"), "\(output)")
  }

  @Test func aLandingByHandIsRecordedAtOnce() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    try #require(try scratch.uet("hook", "install", "--client").status == 0)
    try #require(try scratch.uet("integrate", run).status == 0)
    // Nothing of it yet.
    try scratch.git("checkout", "--quiet", "-b", "topic")
    try scratch.write("other", "text\n")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=other")
    try scratch.git("checkout", "--quiet", "main")
    try scratch.git("merge", "--quiet", "--no-ff", "--no-edit", "topic")
    #expect(try !scratch.uet("events", run).text.contains("landed"))
    let merge = try Scratch.start(
      Scratch.gitProgram, ["merge", "--no-edit", "uet/\(run)/integration"], scratch.path,
      scratch.environment
    ).finish()
    #expect(merge.status == 0, "\(merge)")
    #expect(merge.errors.contains("note: recorded what of run '\(run)' has landed"), "\(merge)")
    #expect(try scratch.uet("events", run).text.contains("landed"))
    #expect(try scratch.uet("verify").status == 0)
  }

  /// A clone from which the program has gone still pushes and merges, and runs what was there.
  @Test func aCloneDoesWithoutTheProgram() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let hook = scratch.path + "/.git/hooks/pre-push"
    try Data("#!/bin/sh\ntouch '\(scratch.root.path)/seen'\n".utf8)
      .write(to: URL(fileURLWithPath: hook))
    chmod(hook, 0o755)
    try #require(try scratch.uet("hook", "install", "--client").status == 0)
    let output = try Scratch.start(
      Scratch.gitProgram, ["push", "origin", "HEAD:refs/heads/topic"], scratch.path,
      scratch.environment.merging(["PATH": "/usr/bin:/bin"]) { $1 }
    ).finish()
    #expect(output.status == 0, "\(output)")
    #expect(FileManager.default.fileExists(atPath: scratch.root.path + "/seen"))
  }
}
