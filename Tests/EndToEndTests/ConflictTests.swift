import Foundation
import Testing

/// What could not be merged: listed, resolved by a person, and the next time by itself.
@Suite struct ConflictTests {
  private static let text = "one\ntwo\nthree\n"

  /// A finished run whose `ws-a` conflicts with what was committed to main meanwhile.
  private func torn(_ scratch: Scratch) throws -> String {
    let before = Set(try runs(scratch))
    let output = try scratch.uet("run")
    try #require(output.status == 0, "\(output)")
    try scratch.write("a.txt", "one\nby hand\nthree\n")
    try scratch.git("commit", "--quiet", "--all", "--message=by hand")
    let run = try runs(scratch).first { !before.contains($0) }
    return try #require(run)
  }

  private func runs(_ scratch: Scratch) throws -> [String] {
    let names = try scratch.git("for-each-ref", "--format=%(refname)", "refs/uet/runs")
    return names.split(separator: "\n").map { String($0.split(separator: "/")[3]) }
  }

  private func project() throws -> Scratch {
    let scratch = try Scratch()
    try scratch.write("a.txt", Self.text)
    try scratch.bundle(
      "ws-a", scope: ["a.txt"], #"printf 'one\nby a tool\nthree\n' > a.txt"#)
    try scratch.bundle("ws-b", scope: ["b.txt"], "echo b > b.txt")
    try scratch.bundle("ws-c", scope: ["c.txt"], after: ["ws-a"], "echo c > c.txt")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    return scratch
  }

  private func tell(_ scratch: Scratch, _ text: String, at path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/a.txt"))
    try scratch.git("-C", path, "add", "a.txt")
  }

  @Test func aPersonResolvesOnceAndTheProgramFromThenOn() throws {
    let scratch = try project()
    let run = try torn(scratch)
    let first = try scratch.uet("integrate", run)
    #expect(first.status == 1, "\(first)")
    let byHand = try scratch.git("rev-parse", "main").prefix(10)
    #expect(first.text.contains("conflicts in 'a.txt' with \(byHand)"), "\(first)")
    let list = try scratch.uet("conflicts")
    #expect(list.status == 0 && list.text.contains("ws-a  PENDING"), "\(list)")
    #expect(list.text.contains("git uet resolve \(run) ws-a"), "\(list)")
    #expect(list.text.contains("by a tool") && list.text.contains("by hand"), "\(list)")
    let json = try scratch.uet("conflicts", run, "--json")
    #expect(json.text.contains(#""state": "PENDING""#), "\(json)")
    try resolve(scratch, run)
    let second = try scratch.uet("integrate", run)
    #expect(second.status == 0, "\(second)")
    let branch = "uet/\(run)/integration"
    #expect(try scratch.git("show", "\(branch):a.txt") == "one\nby both\nthree")
    // The old tip is in it, and what builds on that came along.
    try scratch.git("merge-base", "--is-ancestor", "uet/\(run)/ws-a", branch)
    try scratch.git("merge-base", "--is-ancestor", "uet/\(run)/ws-c", branch)
    #expect(try scratch.uet("verify").status == 0)
    #expect(try scratch.uet("conflicts").text.contains("nothing of run"))
    try again(scratch)
  }

  private func resolve(_ scratch: Scratch, _ run: String) throws {
    #expect(try scratch.uet("resolve", "ws-b").status == 2)
    #expect(try scratch.uet("resolve", "ws-a", "--continue").status == 2)
    let opened = try scratch.uet("resolve", run, "ws-a")
    #expect(opened.status == 0, "\(opened)")
    let path = "\(scratch.path).worktrees/\(run)/ws-a.resolve"
    let marked = try String(contentsOfFile: path + "/a.txt", encoding: .utf8)
    #expect(marked.contains("<<<<<<< ") && marked.contains("by a tool"), "\(marked)")
    #expect(try scratch.uet("resolve", "ws-a").status == 2)
    let open = try scratch.uet("worktrees")
    #expect(
      open.text.contains("ws-a.resolve  open") && open.text.contains("'ws-a' is being resolved"),
      "\(open)")
    #expect(try scratch.uet("clean").text.contains("git uet resolve \(run) ws-a --continue"))
    let early = try scratch.uet("resolve", "ws-a", "--continue")
    #expect(early.status == 3 && early.errors.contains("not merged yet"), "\(early)")
    try tell(scratch, marked, at: path)
    let careless = try scratch.uet("resolve", "ws-a", "--continue")
    #expect(careless.status == 3 && careless.errors.contains("conflict markers"), "\(careless)")
    try tell(scratch, "one\nby both\nthree\n", at: path)
    try Data("x\n".utf8).write(to: URL(fileURLWithPath: path + "/README"))
    let unstaged = try scratch.uet("resolve", "ws-a", "--continue")
    #expect(unstaged.status == 3 && unstaged.errors.contains("not staged"), "\(unstaged)")
    try scratch.git("-C", path, "add", "README")
    let wide = try scratch.uet("resolve", "ws-a", "--continue")
    #expect(wide.status == 3 && wide.errors.contains("nor in the scope"), "\(wide)")
    try scratch.git("-C", path, "checkout", "--quiet", "HEAD", "--", "README")
    let done = try scratch.uet("resolve", "ws-a", "--continue")
    #expect(done.status == 0 && done.text.contains("git uet integrate \(run)"), "\(done)")
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(try scratch.commit("refs/uet/candidates/\(run)/ws-a") != nil)
  }

  /// Another run meets the same conflict.
  private func again(_ scratch: Scratch) throws {
    try scratch.git("reset", "--quiet", "--hard", "HEAD~1")
    let run = try torn(scratch)
    let output = try scratch.uet("integrate", run)
    #expect(output.status == 0, "\(output)")
    #expect(
      try scratch.git("show", "uet/\(run)/integration:a.txt") == "one\nby both\nthree")
    let all = try scratch.uet("conflicts", run, "--all")
    #expect(all.text.contains("AUTO_RESOLVED"), "\(all)")
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func whatWasDoneIsKeptWhenItIsGivenUp() throws {
    let scratch = try project()
    let run = try torn(scratch)
    #expect(try scratch.uet("integrate", run).status == 1)
    #expect(try scratch.uet("resolve", run, "ws-a").status == 0)
    let path = "\(scratch.path).worktrees/\(run)/ws-a.resolve"
    try tell(scratch, "half done\n", at: path)
    let output = try scratch.uet("resolve", "ws-a", "--abort")
    #expect(output.status == 0, "\(output)")
    #expect(!FileManager.default.fileExists(atPath: path))
    let kept = try scratch.git("show", "refs/uet/salvage/\(run)/ws-a/resolve:a.txt")
    #expect(kept == "half done")
    #expect(try scratch.uet("conflicts").text.contains("ws-a  PENDING"))
  }
}
