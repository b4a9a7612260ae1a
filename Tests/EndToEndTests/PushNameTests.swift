import Foundation
import Testing

/// Names that a push must not get in, each by a push that breaks just one rule.
@Suite struct PushNameTests {
  @Test func namesThatMeanSomethingElse() throws {
    let scene = try HostScene()
    try scene.expectTaken("HEAD:refs/heads/topic", "HEAD:refs/heads/feature/a")
    let commit = try scene.scratch.git("rev-parse", "HEAD")
    for (name, words) in [
      ("refs/heads/-x", "begins with '-'"), ("refs/heads/a/--upload-pack=x", "begins with '-'"),
      ("refs/heads/Topic", "by case"), ("refs/heads/FEATURE/b", "by case"),
      ("refs/heads/HEAD", "could be taken for"), ("refs/heads/refs/heads/main", "could be taken"),
      ("refs/heads/\(commit)", "could be taken"),
      ("refs/tags/main", "could be taken for the branch"),
      ("refs/heads/a\u{202E}b", "hide or reorder"), ("refs/replace/\(commit)", "replacements"),
      ("refs/uet-remote/origin/runs/x", "each clone keeps for itself"),
      ("refs/uet-aside/x", "each clone keeps for itself"), ("refs/stash", "keeps for itself"),
      ("refs/heads/uet/x", "nothing of this name"),
      ("refs/uet/runs/x/main", "nothing of this name"),
      ("refs/uet/runs/20260101-000000-abcd/-main", "nothing of this name"),
      ("refs/uet/runs/20260101-000000-abcd/a/b", "nothing of this name"),
      ("refs/uet/salvage/x", "nothing of this name"),
    ] {
      try scene.expectRefused("HEAD:\(name)", saying: words)
    }
    // Two of one push, and both ways to write a letter.
    try scene.expectRefused("HEAD:refs/heads/new", "HEAD:refs/heads/New", saying: "by case")
    try scene.expectTaken("HEAD:refs/heads/caf\u{E9}")
    try scene.expectRefused("HEAD:refs/heads/cafe\u{301}", saying: "by case or spelling")
  }

  @Test func thousandsOfReferences() throws {
    let scene = try HostScene()
    let commit = try scene.scratch.git("rev-parse", "HEAD")
    _ = try scene.object(
      (0..<10_000).map { "create refs/many/\($0) \(commit)\n" }.joined(), "update-ref", "--stdin")
    try scene.expectRefused(
      "refs/many/*:refs/heads/many/*", saying: "changes 10000 references; 1000 at once are taken")
    try scene.onHost("config", "uet.server.maxRefs", "2")
    try scene.expectTaken("HEAD:refs/heads/one", "HEAD:refs/heads/two")
    try scene.expectRefused(
      "HEAD:refs/heads/1", "HEAD:refs/heads/2", "HEAD:refs/heads/3", saying: "3 references; 2 at")
  }

  @Test func oneOfManyKeepsAllOut() throws {
    let scene = try HostScene()
    try scene.expectRefused("HEAD:refs/heads/good", "HEAD:refs/heads/-bad", saying: "begins with")
    #expect(try !scene.references().contains("good"))
  }
}
