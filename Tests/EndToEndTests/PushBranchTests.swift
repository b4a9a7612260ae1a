import Foundation
import Testing

/// Who moves which branch, and to what.
@Suite struct PushBranchTests {
  @Test func nobodyMovesWhatIsProtected() throws {
    let scene = try HostScene("server: {protected: [release/*]}\n")
    try scene.onHost("branch", "release/1", "main")
    try scene.commit("file")
    for refspec in [
      "HEAD:main", "+HEAD~2:main", ":main", "HEAD:release/1", ":refs/heads/release/1",
      "HEAD:refs/heads/release/2",
    ] {
      try scene.expectRefused(refspec, saying: "only the queue moves")
    }
    // By another name, which git follows.
    try scene.onHost("symbolic-ref", "refs/heads/alias", "refs/heads/main")
    try scene.expectRefused("HEAD:refs/heads/alias", saying: "only the queue moves 'main'")
    for alias in ["refs/tags/alias", "refs/other/alias", "refs/uet/alias"] {
      try scene.onHost("symbolic-ref", alias, "refs/heads/main")
      try scene.expectRefused("+HEAD:\(alias)", saying: "'main'")
      try scene.expectRefused(":\(alias)", saying: "'main'")
    }
    try scene.onHost("branch", "free", "main")
    try scene.onHost("symbolic-ref", "refs/tags/free", "refs/heads/free")
    try scene.expectRefused("+HEAD:refs/tags/free", saying: "another name of 'refs/heads/free'")
    try scene.expectTaken("HEAD:refs/heads/topic")
  }

  /// The host's settings are those of its own branch, whatever is pushed.
  @Test func settingsThatArePushedDoNotCount() throws {
    let scene = try HostScene("server: {forbidden_paths: [ci/**]}\n")
    try scene.scratch.write(".uet/config.yaml", "server: {forbidden_paths: []}\n")
    try scene.commit("ci/steps")
    try scene.expectRefused("HEAD:refs/heads/topic", saying: "'ci/steps'; 'ci/**'")
    try scene.expectRefused("HEAD:main", "HEAD:refs/heads/x", saying: "only the queue")
    let words = ["GIT_CONFIG_KEY_0": "uet.server.forbiddenPaths", "GIT_CONFIG_VALUE_0": ""]
    try scene.expectRefused("HEAD:refs/heads/topic", as: words, saying: "'ci/steps'")
    let parameters = ["GIT_CONFIG_PARAMETERS": "'uet.server.forbiddenPaths'=''"]
    try scene.expectRefused("HEAD:refs/heads/topic", as: parameters, saying: "'ci/steps'")
  }

  @Test func whoIsTheQueueMovesThem() throws {
    let scene = try HostScene("server: {identity: PUSHED_BY, queue: [robot]}\n")
    try scene.commit("file")
    try scene.expectRefused("HEAD:main", saying: "only the queue")
    try scene.expectRefused("HEAD:main", as: ["PUSHED_BY": "eve"], saying: "you are 'eve'")
    try scene.expectRefused(":main", as: ["PUSHED_BY": "robot"], saying: "cannot be deleted")
    try scene.expectTaken("HEAD:main", as: ["PUSHED_BY": "robot"])
  }

  @Test func aBranchLeadsToACommit() throws {
    let scene = try HostScene()
    let blob = try scene.object("text\n", "hash-object", "-w", "--stdin")
    try scene.scratch.git("tag", "-a", "-m", "blob", "of-blob", blob)
    try scene.scratch.git("tag", "-a", "-m", "commit", "of-commit", "HEAD")
    try scene.expectTaken("of-blob", "of-commit")
    for name in [blob, "of-blob", "of-commit", "HEAD^{tree}"] {
      let output = try scene.push("\(name):refs/heads/topic")
      let isThere = try scene.references().contains("refs/heads/topic")
      #expect(output.status != 0 && !isThere, "\(output)")
    }
  }

  @Test func aShallowHistoryIsRefused() throws {
    let scene = try HostScene()
    try scene.commit("one/a")
    try scene.commit("one/b")
    let clone = scene.scratch.root.appendingPathComponent("shallow").path
    try scene.scratch.git(
      "clone", "--quiet", "--depth=1", "file://\(scene.scratch.path)", clone)
    try scene.onHost("config", "receive.shallowUpdate", "true")
    let before = try scene.references()
    let output = try Scratch.start(
      Scratch.gitProgram, ["push", scene.host, "HEAD:refs/heads/topic"], clone,
      scene.scratch.environment
    ).finish()
    #expect(output.status != 0, "\(output)")
    #expect(HostScene.said(output).contains("cut off"), "\(output)")
    #expect(try scene.references() == before)
  }

  @Test func brokenSettingsStopEverything() throws {
    let scene = try HostScene()
    try scene.scratch.write(".uet/config.yaml", "server: {protectd: [main]}\n")
    try scene.commit("file")
    try scene.onHost("fetch", "--quiet", scene.scratch.path, "main:main")
    try scene.expectRefused("HEAD:refs/heads/topic", saying: "the host's own settings are broken")
    try scene.scratch.write(".uet/config.yaml", "server: {protected: [main]}\n")
    try scene.commit("file", "more\n")
    try scene.onHost("fetch", "--quiet", scene.scratch.path, "main:main")
    try scene.expectTaken("HEAD:refs/heads/topic")
  }

  /// What a host is for: a branch is pushed, the queue of the host tests and lands it.
  @Test func theQueueOfTheHostLands() throws {
    let scene = try HostScene(
      "gates: {GATE_A: {command: [test, -f, file]}}\nintegration: {gates: [GATE_A]}\n")
    try scene.commit("file")
    try scene.expectTaken("HEAD:refs/heads/topic")
    let landed = try scene.scratch.uet(
      "integrate", "--branch", "topic", "--land", "main", in: scene.host)
    #expect(landed.status == 0, "\(landed)")
    let proven = try scene.scratch.uet("verify", "--landed", in: scene.host)
    #expect(proven.text.contains("proven (1 candidate, GATE_A)"), "\(proven)")
    #expect(try scene.onHost("show", "main:file") == "text")
  }
}
