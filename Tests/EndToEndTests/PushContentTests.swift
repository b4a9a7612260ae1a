import Foundation
import Testing

/// What stands in commits that are pushed: scopes, sizes, paths, trailers.
@Suite struct PushContentTests {
  @Test func aWorkstreamKeepsToItsScope() throws {
    let scene = try HostScene()
    let run = try scene.sharedRun()
    let branch = "refs/heads/uet/\(run)/ws-one"
    let start = try scene.scratch.git("rev-parse", branch)
    func begin() throws { try scene.scratch.git("checkout", "--quiet", "--detach", start) }
    try begin()
    try scene.commit("one/more")
    try scene.expectTaken("HEAD:\(branch)")
    try scene.commit("outside")
    try scene.expectRefused(
      "HEAD:\(branch)", saying: "changes 'outside', which is not in the scope")
    // Taken back at once, it still came in.
    try scene.scratch.git("revert", "--no-edit", "HEAD")
    try scene.expectRefused("HEAD:\(branch)", saying: "changes 'outside'")
    // A rename takes something away elsewhere.
    try begin()
    try scene.scratch.git("mv", "README", "one/README")
    try scene.scratch.git("commit", "--quiet", "--message=rename")
    try scene.expectRefused("+HEAD:\(branch)", saying: "changes 'README'")
    // A name that begins alike is not within.
    try begin()
    try scene.commit("one-more/file")
    try scene.expectRefused("+HEAD:\(branch)", saying: "changes 'one-more/file'")
    // Another's work under its name, and names that the run does not know.
    try scene.expectRefused(
      "+refs/heads/uet/\(run)/ws-two:\(branch)", saying: "changes 'two/file'")
    try scene.expectRefused(
      "HEAD:refs/heads/uet/\(run)/ws-three", saying: "has no workstream 'ws-three'")
    try scene.expectRefused(
      "HEAD:refs/heads/uet/20260101-000000-abcd/ws-one", saying: "nothing is known here of run")
  }

  /// A merge that takes the old side of a file: no commit changes it, and together they undo it.
  @Test func aMergeThatUndoesIsFound() throws {
    let scene = try HostScene()
    let run = try scene.sharedRun()
    let branch = "refs/heads/uet/\(run)/ws-one"
    try scene.scratch.git("checkout", "--quiet", "main")
    try scene.commit("README", "a better project\n")
    try scene.onHost("fetch", "--quiet", scene.scratch.path, "main:main")
    try scene.scratch.git("checkout", "--quiet", "--detach", branch)
    try scene.scratch.git("merge", "--quiet", "--no-edit", "main")
    try scene.expectTaken("HEAD:\(branch)")
    try scene.scratch.git("reset", "--quiet", "--hard", branch)
    try scene.scratch.git("merge", "--quiet", "--no-edit", "--strategy=ours", "main")
    try scene.expectRefused("+HEAD:\(branch)", saying: "all together it changes 'README'")
  }

  /// What the host's own bundles say holds as well: who pushes wrote the record.
  @Test func aScopeThatARunGivesItselfIsNotEnough() throws {
    let scene = try HostScene()
    try scene.scratch.bundle("ws-one", scope: ["**"], "echo 1 > anywhere")
    try scene.scratch.git("commit", "--quiet", "--all", "--message=wider")
    let run = try scene.scratch.uet("run", "ws-one")
    try #require(run.status == 0, "\(run)")
    let sync = try scene.scratch.uet("sync")
    #expect(sync.status == 1, "\(sync)")
    #expect(sync.errors.contains("changes 'anywhere', which is not in the scope"), "\(sync)")
    #expect(sync.text.contains("sent  run"), "\(sync)")
    #expect(try !scene.references().contains("refs/heads/uet/"))
  }

  @Test func largeFilesAreRefusedWhereverTheyAre() throws {
    let scene = try HostScene("server: {max_file_size: 1MB}\n")
    let large = String(repeating: "x", count: 1_000_001)
    try scene.commit("large", large)
    try scene.scratch.git("rm", "--quiet", "large")
    try scene.scratch.git("commit", "--quiet", "--message=without")
    try scene.expectRefused("HEAD:refs/heads/topic", saying: "'large' of commit")
    try scene.expectRefused("HEAD:refs/other/topic", saying: "'large' of commit")
    let blob = try scene.object(large + "y", "hash-object", "-w", "--stdin")
    try scene.expectRefused("\(blob):refs/tags/blob", saying: "\(blob) has 1.0 MB")
    let run = try scene.scratch.uet("run")
    try #require(run.status == 0, "\(run)")
    try scene.scratch.git("tag", "--annotate", "--message=blob", "deep", blob)
    try scene.expectRefused(
      "deep:refs/uet/salvage/\(try scene.scratch.onlyRun())/ws-one/1", saying: "1.0 MB")
    try scene.commit("small", String(large.dropLast()))
    try scene.scratch.git("checkout", "--quiet", "--orphan", "alone")
    try scene.scratch.git("commit", "--quiet", "--message=alone")
    try scene.expectTaken("HEAD:refs/heads/small")
  }

  @Test func forbiddenPathsAreForbiddenInEachCommit() throws {
    let scene = try HostScene("server: {forbidden_paths: [ci/**, '*.key']}\n")
    try scene.commit("ci/steps")
    try scene.scratch.git("revert", "--no-edit", "HEAD")
    try scene.expectRefused("HEAD:refs/heads/topic", saying: "changes 'ci/steps'; 'ci/**'")
    try scene.expectRefused("HEAD:refs/tags/v1", saying: "changes 'ci/steps'")
    try scene.scratch.git("reset", "--quiet", "--hard", "HEAD~2")
    try scene.commit("a.key")
    try scene.expectRefused("HEAD:refs/heads/topic", saying: "'a.key'; '*.key'")
    try scene.scratch.git("reset", "--quiet", "--hard", "HEAD~1")
    try scene.commit("cicada")
    try scene.expectTaken("HEAD:refs/heads/topic")
  }

  /// A reference whose name is the digits of a commit stands for another one, for whoever asks by
  /// these digits.
  @Test func aReferenceNamedLikeACommitHidesNothing() throws {
    let scene = try HostScene("server: {forbidden_paths: [ci/**]}\n")
    let good = try scene.scratch.git("rev-parse", "HEAD")
    try scene.commit("ci/steps")
    let bad = try scene.scratch.git("rev-parse", "HEAD")
    for name in ["refs/\(bad)", "refs/remotes/\(bad)", "refs/remotes/\(bad)/HEAD"] {
      _ = try scene.push("\(good):\(name)")
      try scene.expectRefused("\(bad):refs/heads/topic", saying: "changes 'ci/steps'")
      _ = try scene.push(":\(name)")
    }
  }

  /// What a pusher says that the host has is no more than said: git finds that out for the
  /// reference itself, when it is moved, and not for the others of the push.
  @Test func anOldValueThatIsMadeUpHidesNothing() throws {
    let scene = try HostScene("server: {forbidden_paths: [ci/**]}\n")
    try scene.commit("ci/steps")
    let bad = try scene.scratch.git("rev-parse", "HEAD")
    func packet(_ text: String) -> String {
      let length = String(text.utf8.count + 4, radix: 16)
      return String(repeating: "0", count: 4 - length.count) + length + text
    }
    let zero = String(repeating: "0", count: 40)
    let first = packet("\(bad) \(bad) refs/heads/a\0 report-status\n")
    let lines = first + packet("\(zero) \(bad) refs/heads/b\n") + "0000"
    try Data(lines.utf8).write(to: scene.scratch.root.appendingPathComponent("lines"))
    let before = try scene.references()
    let script =
      "{ cat ../lines; git rev-list --objects main ^main~1 | git pack-objects --stdout -q; }"
      + " | git receive-pack '\(scene.host)'"
    let output = try Scratch.start(
      "/bin/sh", ["-c", script], scene.scratch.path, scene.scratch.environment
    ).finish()
    #expect((output.text + output.errors).contains("ci/steps"), "\(output)")
    #expect(try scene.references() == before)
  }

  @Test func pathsLeadNowhereElse() throws {
    let scene = try HostScene()
    let blob = try scene.object("text\n", "hash-object", "-w", "--stdin")
    let raw = blob.hexBytes
    let good = try scene.scratch.git("rev-parse", "HEAD^{tree}")
    for name in ["..", ".git", ".GIT", "git~1", ".g\u{200C}it", "a/b", ""] {
      let entry = Data("100644 \(name)\0".utf8) + raw
      let file = scene.scratch.root.appendingPathComponent("tree")
      try entry.write(to: file)
      let tree = try scene.scratch.git(
        "hash-object", "-t", "tree", "-w", "--literally", file.path)
      let commit = try scene.object("odd\n", "commit-tree", tree, "-p", "HEAD")
      // And taken back again: the odd tree is in the history.
      let after = try scene.object("even\n", "commit-tree", good, "-p", commit)
      for setting in ["true", "false"] {
        try scene.onHost("config", "receive.fsckObjects", setting)
        let before = try scene.references()
        let output = try scene.push("\(after):refs/heads/topic")
        #expect(output.status != 0, "'\(name)', \(setting): \(output)")
        #expect(try scene.references() == before)
      }
      // Git itself does not unpack an entry without a name.
      if name.isEmpty { continue }
      try scene.expectRefused("\(after):refs/heads/topic", saying: "error: ")
    }
  }

  @Test func trailersAreThoseOfTheLastParagraph() throws {
    let scene = try HostScene("server: {required_trailers: [Signed-off-by, Issue]}\n")
    let own = "Signed-off-by: Test User <test@example.com>"
    for message in [
      "change", "change\n\n\(own)", "change\n\nIssue: 1", "change\n\n\(own)\nIssue:",
      "change\n\n\(own)\nIssue: 1\n\nand more text", "\(own)\nIssue: 1",
      "change\n\nSigned-off-by: Eve <eve@example.com>\nIssue: 1",
      "change\n\nSigned-off-by: test@example.com\nIssue: 1",
    ] {
      try scene.commit("file-\(message.count)", "text\n", message)
      try scene.expectRefused("HEAD:refs/heads/topic", saying: "has no '")
      try scene.scratch.git("reset", "--quiet", "--hard", "HEAD~1")
    }
    try scene.commit("file", "text\n", "change\n\n\(own)\nIssue: 1")
    try scene.expectTaken("HEAD:refs/heads/topic")
    // By a name for which there is no such rule first: it is looked at where it comes to a branch.
    try scene.commit("other")
    try scene.expectTaken("HEAD:refs/tags/v1")
    try scene.expectRefused("HEAD:refs/heads/topic", saying: "has no 'Signed-off-by:'")
  }
}

extension String {
  fileprivate var hexBytes: Data {
    let digits = Array(utf8)
    return Data(
      stride(from: 0, to: digits.count, by: 2).compactMap { place in
        UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16)
      })
  }
}
