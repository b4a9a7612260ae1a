import Foundation
import Testing

/// Two results that conflict where a third is to build on both: one was done anew, the other still
/// holds the former one.
@Suite struct BaseRepairTests {
  private func torn(_ settings: String) throws -> (scratch: Scratch, run: String) {
    let scratch = try Scratch()
    try scratch.write("a.txt", "one\ntwo\nthree\n")
    try scratch.write(".uet/config.yaml", "retry: {max_attempts: 1}\nintegration: \(settings)\n")
    let go = "test -e ../../go"
    try scratch.bundle(
      "ws-a", scope: ["a.txt"], "\(go) && v=new || v=old\nprintf 'one\\n%s\\nthree\\n' $v > a.txt")
    try scratch.bundle("ws-b", scope: ["b.txt"], after: ["ws-a"], "echo b > b.txt")
    try scratch.bundle(
      "ws-c", scope: ["c.txt"], after: ["ws-a", "ws-b"], "\(go) && echo c > c.txt")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    #expect(try scratch.uet("run").status == 1)
    try Data().write(to: URL(fileURLWithPath: "\(scratch.path).worktrees/go"))
    let run = try scratch.onlyRun()
    let retried = try scratch.uet("retry", run, "ws-a", "ws-c")
    #expect(retried.status == 0, "\(retried)")
    return (scratch, run)
  }

  @Test func aPersonResolvesWhatAnAttemptBuildsOn() throws {
    let (scratch, run) = try torn("{}")
    #expect(try scratch.uet("resume").status == 1)
    let status = try scratch.uet("status")
    #expect(
      status.text.contains("what it builds on conflicts: ws-b in 'a.txt' with ws-a"), "\(status)")
    let list = try scratch.uet("conflicts")
    #expect(list.text.contains("ws-c  PENDING  with ws-a, in what it builds on"), "\(list)")
    #expect(list.text.contains("git uet resolve \(run) ws-c"), "\(list)")
    let opened = try scratch.uet("resolve", run, "ws-c")
    #expect(opened.status == 0, "\(opened)")
    let place = "\(scratch.path).worktrees/\(run)/ws-c.resolve"
    try Data("one\nboth\nthree\n".utf8).write(to: URL(fileURLWithPath: place + "/a.txt"))
    try scratch.git("-C", place, "add", "a.txt")
    let done = try scratch.uet("resolve", run, "ws-c", "--continue")
    #expect(done.status == 0 && done.text.contains("git uet retry \(run) ws-c"), "\(done)")
    #expect(try scratch.uet("retry", run, "ws-c").status == 0)
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 0, "\(resumed)")
    #expect(try scratch.git("show", "uet/\(run)/ws-c:a.txt") == "one\nboth\nthree")
    #expect(try scratch.uet("conflicts").text.contains("nothing of run"))
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func theToolResolvesItWhileTheRunGoesOn() throws {
    let script = "git checkout --quiet --ours a.txt && git add a.txt"
    let (scratch, run) = try torn(#"{resolver: [/bin/sh, -c, "\#(script)"]}"#)
    let resumed = try scratch.uet("resume")
    #expect(resumed.status == 0, "\(resumed)")
    #expect(resumed.text.contains("the resolver works on it"), "\(resumed)")
    #expect(try scratch.git("show", "uet/\(run)/ws-c:a.txt") == "one\nnew\nthree")
    let all = try scratch.uet("conflicts", "--all")
    #expect(all.text.contains("ws-c  AGENT_RESOLVED"), "\(all)")
    #expect(try scratch.uet("verify").status == 0)
  }

  @Test func aToolThatFailsIsNamedAndItsWorkKept() throws {
    let (scratch, run) = try torn(#"{resolver: [/bin/sh, -c, "echo half >> a.txt; exit 1"]}"#)
    #expect(try scratch.uet("resume").status == 1)
    let shown = try scratch.uet("show", run, "ws-c")
    #expect(shown.text.contains("the resolver failed: '/bin/sh' ended with status 1"), "\(shown)")
    let kept = "refs/uet/salvage/\(run)/ws-c/2-base"
    #expect(try scratch.git("show", "\(kept):a.txt").hasSuffix("half"))
    #expect(try scratch.uet("conflicts").text.contains("kept as \(kept)"))
  }
}
