import Foundation
import Testing

/// What git itself, its configuration and its programs may bring about.
@Suite struct GitWorldTests {
  private func project(_ script: String = "echo new > a.txt") throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      "version: 1\ntools: {shell: {timeout: 5m}}\nretry: {max_attempts: 1}\n"
        + "gates: {GATE_UNIT: {command: [\"true\"]}}\nintegration: {gates: [GATE_UNIT]}\n")
    try scratch.bundle("ws-a", scope: ["*.txt"], script)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("checkout", "--quiet", "--detach")
    return scratch
  }

  private func program(_ scratch: Scratch, _ name: String, _ script: String) throws -> String {
    let path = scratch.root.appendingPathComponent(name).path
    try Data(("#!/bin/sh\n" + script).utf8).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    return path
  }

  @Test(arguments: [false, true])
  func aBranchInTheWayIsNamedBeforeAnyWork(packed: Bool) throws {
    let scratch = try project()
    try scratch.git("branch", "uet")
    if packed { try scratch.git("pack-refs", "--all") }
    let run = try scratch.uet("run")
    #expect(run.status == 2 && run.errors.contains("the branch 'uet' is in the way"), "\(run)")
    #expect(run.errors.contains("hint: give it another name: git branch -m uet "))
    #expect(try scratch.git("for-each-ref", "refs/uet") == "")
    let doctor = try scratch.uet("doctor")
    #expect(doctor.status == 1 && doctor.text.contains("'uet'"), "\(doctor)")
    try scratch.git("branch", "-m", "uet", "mine")
    #expect(try scratch.uet("run").status == 0)
    try scratch.git("branch", "uet-other")
    try scratch.git("tag", "uet")
    #expect(try scratch.uet("integrate", "--land", "main").status == 0)
  }

  @Test func aBranchInTheWayOnTheHostIsNamed() throws {
    let scratch = try project()
    let host = scratch.root.appendingPathComponent("host.git").path
    try scratch.git("init", "--quiet", "--bare", host)
    try scratch.git("remote", "add", "origin", host)
    try scratch.git("push", "--quiet", "origin", "main", "main:uet")
    #expect(try scratch.uet("run").status == 0)
    let sync = try scratch.uet("sync")
    #expect(sync.status == 2 && sync.errors.contains("'origin' has the branch 'uet'"), "\(sync)")
    #expect(try scratch.uet("sync", "--dry-run").status == 2)
  }

  @Test func whatLandsIsSigned() throws {
    let scratch = try project()
    let signer = try program(
      scratch, "sign",
      """
      cat > /dev/null
      printf -- '-----BEGIN PGP SIGNATURE-----\\n\\nx\\n-----END PGP SIGNATURE-----\\n'
      printf '\\n[GNUPG:] SIG_CREATED x\\n' >&2

      """)
    try scratch.git("config", "gpg.program", signer)
    try scratch.git("config", "commit.gpgSign", "true")
    #expect(try scratch.uet("run").status == 0)
    let landed = try scratch.uet("integrate", "--land", "main")
    #expect(landed.status == 0, "\(landed)")
    let undone = try scratch.uet("rollback", "ws-a")
    #expect(undone.status == 0, "\(undone)")
    let new = try scratch.git("rev-list", "HEAD..main").split(separator: "\n")
    #expect(new.count == 3)
    for commit in new {
      #expect(try scratch.git("cat-file", "commit", String(commit)).contains("\ngpgsig "))
    }
    try scratch.git("config", "gpg.program", "false")
    for command in [["run"], ["integrate"], ["rollback", "ws-a"]] {
      let refused = try scratch.running(command).finish()
      #expect(refused.status == 2 && refused.errors.contains("cannot sign commits"), "\(refused)")
    }
  }

  @Test func twoSignalsEndWhatHangsInGit() throws {
    let scratch = try project("echo new > a.txt; echo '*.txt filter=slow' > .gitattributes")
    let mark = scratch.root.appendingPathComponent("filter").path
    let filter = try program(
      scratch, "slow", "trap '' TERM\necho $$ > '\(mark)'\nwhile :; do sleep 600; done\n")
    try scratch.write(
      "workstreams/ws-a.yaml",
      try #require(scratch.read("workstreams/ws-a.yaml"))
        .replacingOccurrences(of: "\"*.txt\"", with: "\"*.txt\", \".gitattributes\""))
    try scratch.git("config", "filter.slow.clean", filter)
    let run = try scratch.direct(["run"])
    try scratch.wait("the filter") { FileManager.default.fileExists(atPath: mark) }
    run.signal(SIGTERM)
    // A second one right behind the first may be the same Ctrl-C.
    let later = Date(timeIntervalSinceNow: 1)
    try scratch.wait("a second") { Date() > later }
    run.signal(SIGTERM)
    let output = run.finish()
    #expect(output.status == 143, "\(output)")
    let pid = try String(contentsOfFile: mark, encoding: .utf8).trimmingCharacters(in: .newlines)
    try scratch.wait("the end of the filter") {
      let state = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ") Z"
      return state.contains(") Z")
    }
    // What the worker did is where it was.
    #expect(scratch.worktreeHolds("ws-a/a.txt"))
  }

  @Test func aFilterThatHangsIsGivenUp() throws {
    let scratch = try project("echo new > a.txt; echo '*.txt filter=slow' > .gitattributes")
    try scratch.write(
      ".uet/config.yaml", "version: 1\nretry: {max_attempts: 1}\nrun: {git_timeout: 1s}\n")
    let filter = try program(scratch, "slow", "exec sleep 600\n")
    try scratch.git("config", "filter.slow.clean", filter)
    let output = try scratch.uet("run")
    #expect(output.status == 1 && output.text.contains("did not end within 1 s"), "\(output)")
    #expect(output.text.contains("run.git_timeout"), "\(output)")
    #expect(scratch.worktreeHolds("ws-a/a.txt"))
  }

  @Test func aSubmoduleIsAProjectLikeAnother() throws {
    let scratch = try project()
    try scratch.git("checkout", "--quiet", "main")
    let outer = scratch.root.appendingPathComponent("outer").path
    func git(_ arguments: String...) throws -> String {
      let output = try Scratch.start(
        Scratch.gitProgram,
        ["-C", outer, "-c", "user.name=T", "-c", "user.email=t@example.com"] + arguments,
        scratch.path, scratch.environment
      ).finish()
      try #require(output.status == 0, "\(arguments): \(output)")
      return output.text
    }
    try scratch.git("init", "--quiet", outer)
    _ = try git(
      "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", scratch.path, "lib")
    _ = try git("commit", "--quiet", "--message=outer")
    for setting in [["user.name", "T"], ["user.email", "t@example.com"]] {
      _ = try git("-C", "lib", "config", setting[0], setting[1])
    }
    let run = try scratch.uet("run", in: outer + "/lib")
    #expect(run.status == 0, "\(run)")
    #expect(FileManager.default.fileExists(atPath: outer + "/lib.worktrees"))
    #expect(!FileManager.default.fileExists(atPath: outer + "/.git/modules/lib.worktrees"))
    // The folder beside it is no news to the project around it.
    #expect(try git("status", "--porcelain") == "")
    let landed = try scratch.uet(
      "integrate", "--land", "main", "--update-checkout", in: outer + "/lib")
    #expect(landed.status == 0, "\(landed)")
    #expect(FileManager.default.contents(atPath: outer + "/lib/a.txt") == Data("new\n".utf8))
    #expect(try git("-C", "lib", "status", "--porcelain", "--untracked-files=no") == "")
  }
}
