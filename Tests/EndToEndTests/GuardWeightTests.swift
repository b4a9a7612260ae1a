import Foundation
import Testing

/// What of the changes beside an attempt's work is only named, and what is undone.
@Suite struct GuardWeightTests {
  private func scratch() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write(".uet/config.yaml", "version: 1\nretry: {max_attempts: 1}\n")
    try scratch.write("src/a", "one\n")
    return scratch
  }

  private func commit(_ scratch: Scratch) throws {
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
  }

  private static let top = "top=$(cd \"$(git rev-parse --git-common-dir)/..\" && pwd)\n"

  @Test func ordinaryChangesAreNamed() throws {
    let scratch = try scratch()
    try scratch.bundle(
      "ws-a", scope: ["src/a"],
      Self.top + """
        git remote add up ../up.git; git branch -q topic; git branch -q -u main topic; git tag t
        git config user.email bot@example.org; git config gc.auto 0
        git config submodule.s.url ../s; git config submodule.s.active true
        git config lfs.url https://example.com; git config extensions.worktreeConfig true
        git -C "$top" sparse-checkout set --cone src; git notes add -m n HEAD; echo two > src/a
        """)
    try commit(scratch)
    let end = try scratch.uet("run")
    #expect(end.status == 0, "\(end)")
    #expect(end.text.contains("ran, this was changed: settings "), "\(end)")
    #expect(!end.text.contains("put back"), "\(end)")
    let show = try scratch.uet("show", try scratch.onlyRun(), "ws-a", "--json")
    for name in ["remote.up.url", "user.email", "submodule.s.url", "refs/tags/t"] {
      #expect(show.text.contains(name), "\(name): \(show)")
    }
    for (key, value) in [
      ("remote.up.url", "../up.git"), ("branch.topic.merge", "refs/heads/main"),
      ("user.email", "bot@example.org"), ("gc.auto", "0"), ("submodule.s.active", "true"),
      ("lfs.url", "https://example.com"), ("extensions.worktreeConfig", "true"),
    ] { #expect(try scratch.git("config", "--local", key) == value) }
    #expect(try scratch.uet("integrate").status == 0)
  }

  @Test(arguments: [
    "core.fsmonitor", "core.sshCommand", "core.worktree", "core.autocrlf", "diff.x.textconv",
    "merge.x.driver", "gpg.program", "credential.helper", "includeIf.gitdir:/.path", "alias.st",
    "hook.x.command", "url.x.insteadOf", "protocol.ext.allow", "submodule.s.update",
    "remote.up.uploadpack", "uet.gates.G.command", "core.repositoryFormatVersion",
  ])
  func dangerousOnesAreUndone(_ key: String) throws {
    let scratch = try scratch()
    // As a filter leaves it to git: what a file says counts, and the rest of it stays.
    try scratch.bundle(
      "ws-a", scope: ["src/a"],
      """
      git config -f "$(git rev-parse --git-common-dir)/config" remote.up.url ../up.git
      git config -f "$(git rev-parse --git-common-dir)/config" \(key) '!touch x'
      """)
    try commit(scratch)
    let end = try scratch.uet("run")
    #expect(end.status == 1 && end.text.contains("put back"), "\(end)")
    let show = try scratch.uet("show", try scratch.onlyRun(), "ws-a")
    #expect(show.text.contains("E_SECURITY"), "\(show)")
    #expect(scratch.read(".git/config")?.contains("touch x") == false)
    #expect(try scratch.git("config", "--local", "remote.up.url") == "../up.git")
  }

  @Test func whatIsStagedAloneIsNamed() throws {
    let scratch = try scratch()
    try scratch.bundle(
      "ws-a", scope: ["src/a"],
      Self.top + """
        cd "$top"; id=$(echo staged | git hash-object -w --stdin)
        git update-index --cacheinfo "100644,$id,src/a"
        """)
    try commit(scratch)
    let end = try scratch.uet("run")
    #expect(end.text.contains("staged 'src/a' in the checkout"), "\(end)")
    #expect(scratch.read("src/a") == "one\n")
  }

  @Test func workInAnothersWorktreeIsNamed() throws {
    let scratch = try scratch()
    try scratch.write("src/d", "one\n")
    let seen = "touch ../../seen-$UET_WORKSTREAM\n"
    try scratch.bundle(
      "ws-a", scope: ["src/a"], seen + "while ! [ -e ../../wrote ]; do sleep 0.02; done")
    try scratch.bundle(
      "ws-b", scope: ["src/b"],
      """
      while ! [ -e ../../seen-ws-a ]; do sleep 0.02; done
      touch ../ws-a/foreign; touch ../../wrote
      """)
    try scratch.bundle("ws-d", scope: ["src/d"], "echo two > src/d")
    try scratch.bundle(
      "ws-e", scope: ["src/e"], after: ["ws-d", "ws-b"],
      "while ! [ -e ../ws-d/.git ]; do sleep 0.02; done; echo three >> ../ws-d/src/d")
    try commit(scratch)
    let end = try scratch.uet("run", "--workers", "3")
    let show = try scratch.uet("show", try scratch.onlyRun(), "ws-a")
    #expect(show.text.contains("E_SCOPE_VIOLATION"), "\(show)")
    #expect(
      end.text.contains("changed 'foreign' outside its scope, unless 'ws-b'"), "\(end)")
    #expect(end.text.contains("which ran beside it, wrote there"), "\(end)")
    #expect(end.text.contains("file 'ws-d/src/d' of a finished worktree"), "\(end)")
  }

  @Test func whatADeadRunLeftUnseenIsNamed() throws {
    let scratch = try scratch()
    try scratch.bundle(
      "ws-a", scope: ["src/a"],
      """
      if [ -e ../../once ]; then exit 0; fi
      touch ../../once; git config core.hooksPath evil; echo two > src/a; touch ready; sleep 300
      """)
    try commit(scratch)
    let running = try scratch.direct(["run"])
    try scratch.wait("the change") { scratch.worktreeHolds("ws-a/ready") }
    running.signal(SIGKILL)
    _ = running.finish()
    let end = try scratch.uet("resume")
    #expect(
      end.text.contains("while ws-a ran, this was changed: setting 'core.hookspath'"), "\(end)")
    #expect(end.errors.contains("stays as it is"), "\(end)")
    #expect(try scratch.uet("verify").status == 0)
  }
}
