import Foundation
import Testing

@Suite struct SharingTests {
  @Test func aFreshCloneSeesTheRunsAfterOneSync() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    let sent = try scratch.uet("sync")
    #expect(sent.status == 0 && sent.text.contains("sent  run \(run)  new, 2 branches"), "\(sent)")
    let clone = try project.clone("clone")
    #expect(try scratch.uet("runs", in: clone).text == "no runs yet\n")
    let received = try scratch.uet("sync", in: clone)
    #expect(received.status == 0 && received.text.contains("received  run \(run)  new"))
    for question in [
      ["runs", "--json"], ["events", "--json"], ["show", run, "ws-one", "--json"],
    ] {
      let here = try scratch.running(question).finish()
      let there = try scratch.running(question, in: clone).finish()
      #expect(here.text == there.text && there.status == 0, "\(question): \(there)")
    }
    let status = try scratch.uet("status", in: clone)
    #expect(status.text.contains("2 succeeded"), "\(status)")
    for command in [["resume"], ["integrate"], ["integrate", run]] {
      let refused = try scratch.running(command, in: clone).finish()
      #expect(refused.status == 2 && refused.errors.contains("another clone"), "\(refused)")
    }
    // The clone's own run is its own to go on with, and comes back the same way.
    let own = try project.run(in: clone)
    #expect(try scratch.uet("integrate", in: clone).status == 0)
    #expect(try scratch.uet("sync", in: clone).status == 0)
    #expect(try scratch.uet("sync").status == 0)
    #expect(try scratch.uet("runs").text.contains(own))
    #expect(try project.records(scratch.path) == project.records(clone))
    #expect(try project.records(scratch.path) == project.records(project.host))
    let again = try scratch.uet("sync")
    #expect(again.text == "everything is up to date with 'origin'\n", "\(again)")
  }

  @Test func plainFetchAndPushCarryTheRecordsOnceAsked() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let clone = try project.clone("clone")
    #expect(try scratch.uet("init", "--share", in: clone).status == 0)
    let before = try String(contentsOfFile: clone + "/.git/config", encoding: .utf8)
    #expect(try scratch.uet("init", "--share", in: clone).status == 0)
    #expect(try String(contentsOfFile: clone + "/.git/config", encoding: .utf8) == before)
    let run = try project.run()
    #expect(try scratch.uet("sync").status == 0)
    try project.git(clone, "fetch", "--quiet")
    #expect(try scratch.uet("runs", in: clone).text.contains(run))
    let local = try project.git(clone, "rev-parse", "refs/uet/runs/\(run)/main")
    #expect(try scratch.git("rev-parse", "refs/uet/runs/\(run)/main") == local)
    let own = try project.run(in: clone)
    try project.git(clone, "push", "--quiet")
    #expect(try project.git(project.host, "rev-parse", "refs/uet/runs/\(own)/main").count == 40)
    #expect(try scratch.uet("init", "--unshare", in: clone).status == 0)
    let after = try String(contentsOfFile: clone + "/.git/config", encoding: .utf8)
    #expect(!after.contains("refs/uet") && !after.contains("HEAD"), "\(after)")
  }

  @Test func aMirrorIsSharedWithAndTold() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    try scratch.git("config", "remote.origin.mirror", "true")
    try scratch.git("config", "remote.origin.fetch", "+refs/*:refs/*")
    let output = try scratch.uet("run")
    #expect(
      output.errors.contains("git config --add remote.origin.fetch '^refs/uet/*'"), "\(output)")
    let run = try scratch.onlyRun()
    let sync = try scratch.uet("sync")
    #expect(sync.status == 0 && sync.text.contains("sent  run \(run)"), "\(sync)")
    let doctor = try scratch.uet("doctor")
    #expect(doctor.status == 1 && doctor.text.contains("replaces or removes the runs"), "\(doctor)")
    for spec in ["^refs/uet/*", "^refs/heads/uet/*", "^refs/notes/uet*"] {
      try scratch.git("config", "--add", "remote.origin.fetch", spec)
    }
    try project.git(project.host, "update-ref", "-d", "refs/uet/runs/\(run)/main")
    try scratch.git("checkout", "--quiet", "--detach")
    try scratch.git("fetch", "--quiet", "--prune")
    #expect(try scratch.uet("status", run).status == 0)
    #expect(try scratch.uet("doctor").status == 0)
  }

  @Test func aPartialCloneGetsTheWholeRecordAndWhatItChecksOut() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    for key in ["uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"] {
      try project.git(project.host, "config", key, "true")
    }
    try scratch.write("README", "another\n")
    try scratch.git("commit", "--quiet", "--all", "--message=more")
    try scratch.git("push", "--quiet", "origin", "main")
    let run = try project.run()
    #expect(try scratch.uet("sync").status == 0)
    let clone = scratch.root.appendingPathComponent("partial").path
    try scratch.git(
      "clone", "--quiet", "--filter=blob:none", "file://" + project.host, clone)
    #expect(try scratch.uet("sync", in: clone).status == 0)
    let seen = try scratch.uet("status", run, in: clone)
    #expect(seen.status == 0 && seen.text.contains("2 succeeded"), "\(seen)")
    #expect(try scratch.uet("verify", run, in: clone).status == 0)
    let doctor = try scratch.uet("doctor", in: clone)
    #expect(doctor.text.contains("partial clone"), "\(doctor)")
    try project.git(clone, "config", "user.name", "Other")
    try project.git(clone, "config", "user.email", "other@example.com")
    // The README of that commit is not here yet, and then it cannot be brought.
    let early = try scratch.uet("run", "--base", "HEAD~1", in: clone)
    #expect(early.status == 0, "\(early)")
  }

  @Test func aHostThatRefusesIsToldWithTheSettingThatHelps() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    try project.git(project.host, "config", "receive.hideRefs", "refs/uet")
    let hidden = try scratch.uet("sync")
    #expect(hidden.status == 1 && hidden.errors.contains("hidden ref"), "\(hidden)")
    #expect(hidden.errors.contains("receive.hideRefs") && hidden.errors.contains("uet.sharePrefix"))
    #expect(try project.git(project.host, "branch").contains(run), "branches are shared still")
    try project.git(project.host, "config", "--unset", "receive.hideRefs")
    try project.hook("pre-receive", "grep -q refs/uet && echo 'not that' >&2 && exit 1; exit 0")
    let declined = try scratch.uet("sync")
    #expect(declined.status == 1 && declined.errors.contains("not that"), "\(declined)")
    // The other prefix that the hint names.
    try project.git(project.host, "config", "receive.hideRefs", "refs/uet")
    try scratch.git("config", "uet.sharePrefix", "refs/heads/uet-meta")
    let shared = try scratch.uet("sync")
    #expect(shared.status == 0, "\(shared)")
    let clone = try project.clone("clone")
    try project.git(clone, "config", "uet.sharePrefix", "refs/heads/uet-meta")
    #expect(try scratch.uet("sync", in: clone).status == 0)
    #expect(try scratch.uet("runs", in: clone).text.contains(run))
  }

  @Test func aHostThatChecksObjectsTakesThem() throws {
    let project = try SharedProject()
    try project.git(project.host, "config", "transfer.fsckObjects", "true")
    _ = try project.run()
    #expect(try project.scratch.uet("integrate").status == 0)
    #expect(try project.scratch.uet("gc", "--older-than", "0s").status == 0)
    _ = try project.run()
    let sync = try project.scratch.uet("sync")
    #expect(sync.status == 0, "\(sync)")
  }

  @Test func aHostThatFindsABadObjectIsExplained() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    // A commit whose author line an old program wrote wrongly.
    let tree = try scratch.git("rev-parse", "HEAD^{tree}")
    let head = try scratch.git("rev-parse", "HEAD")
    try scratch.write(
      "bad",
      "tree \(tree)\nparent \(head)\nauthor A <a@b>1 +0000\ncommitter A <a@b> 1 +0000\n\nbad\n")
    let bad = try scratch.git("hash-object", "-t", "commit", "-w", "--literally", "bad")
    try scratch.git("reset", "--quiet", "--hard", bad)
    let run = try project.run()
    try project.git(project.host, "config", "transfer.fsckObjects", "true")
    let refused = try scratch.uet("sync")
    #expect(refused.status == 1 && refused.errors.contains("git fsck --strict"), "\(refused)")
    #expect(refused.errors.contains("receive.fsck"), "\(refused)")
    #expect(!(try project.records(project.host)).contains(run))
  }

  @Test func aConnectionThatBreaksLeavesNothingHalfDone() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    let before = try project.records(project.host)
    // The host's side ends in the middle of what is sent.
    try scratch.write(
      "../cut", "#!/bin/sh\ndd bs=1 count=300 2>/dev/null | git-receive-pack \"$@\"\n")
    let cut = scratch.root.appendingPathComponent("cut").path
    chmod(cut, 0o755)
    try scratch.git("config", "remote.origin.receivepack", cut)
    let broken = try scratch.uet("sync")
    #expect(broken.status == 1, "\(broken)")
    #expect(try project.records(project.host) == before)
    try scratch.git("config", "--unset", "remote.origin.receivepack")
    #expect(try scratch.uet("sync").status == 0)
    let clone = try project.clone("clone")
    try scratch.write(
      "../cut",
      """
      #!/bin/sh
      exec setsid sh -c 'git-upload-pack "$1" | { dd bs=1 count=500 2>/dev/null; kill -9 0; }' sh "$1"

      """)
    try project.git(clone, "config", "remote.origin.uploadpack", cut)
    let lost = try scratch.uet("sync", in: clone)
    #expect(lost.status == 1 && lost.errors.contains("cannot reach 'origin'"), "\(lost)")
    #expect(try project.records(clone).isEmpty)
    try project.git(clone, "config", "--unset", "remote.origin.uploadpack")
    #expect(try scratch.uet("sync", in: clone).status == 0)
    #expect(try project.records(clone) == project.records(project.host))
    #expect(try scratch.uet("runs", in: clone).text.contains(run))
  }

  @Test func theUsersOwnWayToTheHostIsTaken() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    try scratch.write(
      "../ssh", "#!/bin/sh\nwhile test \"$1\" != there; do shift; done; shift; exec sh -c \"$*\"\n")
    let ssh = scratch.root.appendingPathComponent("ssh").path
    chmod(ssh, 0o755)
    try scratch.git("remote", "set-url", "origin", "ssh://there\(project.host)")
    var environment = scratch.environment
    environment["GIT_SSH_COMMAND"] = ssh
    environment["GIT_SSH_VARIANT"] = "ssh"
    let output = try Scratch.start(
      Scratch.gitProgram, ["uet", "sync"], scratch.path, environment
    ).finish()
    #expect(output.status == 0 && output.text.contains("sent  run \(run)"), "\(output)")
  }

  @Test func thePrePushHookHasItsSay() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    _ = try project.run()
    try scratch.write(".git/hooks/pre-push", "#!/bin/sh\necho 'not on a Friday' >&2\nexit 1\n")
    chmod(scratch.path + "/.git/hooks/pre-push", 0o755)
    let refused = try scratch.uet("sync")
    #expect(refused.status == 1, "\(refused)")
    #expect(try project.records(project.host).isEmpty)
    #expect(try scratch.uet("sync", "--no-verify").status == 0)
  }

  @Test func aDryRunChangesNothing() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let run = try project.run()
    let clone = try project.clone("clone")
    let before = try scratch.git("for-each-ref")
    let sending = try scratch.uet("sync", "--dry-run")
    #expect(sending.status == 0 && sending.text.contains("would send  run \(run)"), "\(sending)")
    #expect(try scratch.git("for-each-ref") == before)
    #expect(try project.records(project.host).isEmpty)
    #expect(try scratch.uet("sync").status == 0)
    let there = try project.git(clone, "for-each-ref")
    let receiving = try scratch.uet("sync", "-n", "--json", in: clone)
    #expect(receiving.text.contains("\"name\": \"refs/uet/runs/\(run)/main\""), "\(receiving)")
    #expect(try project.git(clone, "for-each-ref") == there)
  }

  /// The commands of docs/guide/sharing.md, as they stand there.
  @Test func theGuidesExampleWorks() throws {
    let guide = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("docs/guide/sharing.md")
    let text = try String(contentsOf: guide, encoding: .utf8)
    let start = try #require(text.range(of: "```sh\n")).upperBound
    let end = try #require(text.range(of: "```", range: start..<text.endIndex)).lowerBound
    let scratch = try Scratch()
    #expect(try scratch.uet("init").status == 0)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=init")
    let place = scratch.root.path
    try scratch.git("clone", "--quiet", "--bare", scratch.path, place + "/team.git")
    var environment = scratch.environment
    for key in ["AUTHOR", "COMMITTER"] {
      environment["GIT_\(key)_NAME"] = "Ann"
      environment["GIT_\(key)_EMAIL"] = "ann@example.com"
    }
    let output = try Scratch.start(
      "/bin/sh", ["-ec", String(text[start..<end])], place, environment
    ).finish()
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("received  run ") && output.text.contains("1 succeeded"))
    #expect(output.text.contains("ws-hello in run "), "\(output)")
  }

  @Test func likelyMistakesAreNamed() throws {
    let project = try SharedProject()
    let scratch = project.scratch
    let unknown = try scratch.uet("sync", "orign")
    #expect(unknown.status == 2 && unknown.errors.contains("did you mean 'origin'"), "\(unknown)")
    try scratch.git("remote", "set-url", "origin", "/nowhere/at/all")
    let absent = try scratch.uet("sync")
    #expect(absent.status == 1 && absent.errors.contains("git ls-remote origin"), "\(absent)")
    try scratch.git("remote", "remove", "origin")
    let none = try scratch.uet("sync")
    #expect(none.status == 2 && none.errors.contains("git remote add origin"), "\(none)")
    #expect(try scratch.uet("init", "--share", "--unshare").status == 2)
  }
}
