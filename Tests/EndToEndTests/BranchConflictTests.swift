import Foundation
import Testing

/// Branches that no run made: their conflicts, whose settings count, and what they build on.
@Suite struct BranchConflictTests {
  private func branch(
    _ scratch: Scratch, _ name: String, from start: String = "main", _ file: String, _ text: String
  ) throws {
    try scratch.git("checkout", "--quiet", "-b", name, start)
    try scratch.write(file, text)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=\(name)")
    try scratch.git("checkout", "--quiet", "--detach")
  }

  /// Neither a driver of one's own nor attributes that only this clone has settle a conflict; the
  /// hinted `resolve` does.
  @Test func aConflictIsOneForEverybodyAndCanBeResolved() throws {
    let scratch = try Scratch()
    let rules = scratch.root.appendingPathComponent("rules").path
    try "* merge=mine\n".write(toFile: rules, atomically: true, encoding: .utf8)
    try scratch.write(".git/info/attributes", "* merge=union\n")
    try branch(scratch, "one", "README", "one\n")
    try branch(scratch, "two", "README", "two\n")
    for (key, value) in [
      ("merge.default", "mine"), ("merge.mine.driver", "true"), ("core.attributesFile", rules),
    ] {
      try scratch.git("config", key, value)
    }
    let torn = try scratch.uet("integrate", "--branch", "one", "two", "--land", "main")
    #expect(torn.status == 1 && torn.text.contains("ws-two  conflicts in 'README'"), "\(torn)")
    let run = try scratch.onlyRun()
    #expect(
      torn.text.contains("hint: resolve its conflict: git uet resolve \(run) ws-two"), "\(torn)")
    let opened = try scratch.uet("resolve", run, "ws-two", "--json")
    #expect(opened.status == 0, "\(opened)")
    let path = try #require(
      opened.text.split(separator: "\n").first { $0.contains("\"path\"") }?
        .split(separator: "\"").last { $0.hasPrefix("/") }.map(String.init), "\(opened)")
    try "one\ntwo\n".write(toFile: path + "/README", atomically: true, encoding: .utf8)
    try scratch.git("-C", path, "add", "README")
    let resolved = try scratch.uet("resolve", run, "ws-two", "--continue")
    #expect(resolved.status == 0, "\(resolved)")
    let landed = try scratch.uet("integrate", run, "--land", "main")
    #expect(landed.status == 0, "\(landed)")
    #expect(try scratch.git("show", "main:README") == "one\ntwo")
    #expect(try scratch.uet("verify", "--landed").status == 0)
  }

  /// A folder was renamed on one side, and the other adds a file to it: the same tree whatever
  /// one's settings say.
  @Test func whatIsMergedDependsOnNobodysSettings() throws {
    var trees: Set<String> = []
    for value in ["true", "false", "conflict"] {
      let scratch = try Scratch()
      for name in ["1", "2", "3"] {
        try scratch.write("lib/\(name)", (0..<20).map { "\(name) \($0)\n" }.joined())
      }
      try scratch.git("add", "--all")
      try scratch.git("commit", "--quiet", "--message=lib")
      try scratch.git("checkout", "--quiet", "-b", "renames")
      try scratch.git("mv", "lib", "core")
      try scratch.git("commit", "--quiet", "--message=rename")
      try branch(scratch, "adds", "lib/new", "new\n")
      for key in ["merge.directoryRenames", "merge.renames", "diff.renames"]
      where value != "conflict" {
        try scratch.git("config", key, value)
      }
      try scratch.git("config", "merge.directoryRenames", value)
      let output = try scratch.uet("integrate", "--branch", "renames", "adds", "--land", "main")
      trees.insert(try "\(output.status) " + scratch.git("rev-parse", "main^{tree}"))
    }
    #expect(trees.count == 1, "\(trees)")
  }

  /// What was reverted is not there, whatever the history says: who builds on it is refused, and
  /// told the way.
  @Test func aBranchOnWhatWasRevertedIsRefused() throws {
    let scene = try LandingScene(["a": "echo a > a.txt"])
    let scratch = scene.scratch
    _ = try scene.land()
    let tip = "uet/\(scene.run)/ws-a"
    try branch(scratch, "on-a", from: tip, "on-a.txt", "needs a\n")
    try branch(scratch, "plain", "p.txt", "p\n")
    try branch(scratch, "on-plain", from: "plain", "on-p.txt", "needs p\n")
    try scene.onMain(
      ["merge", "--quiet", "--no-ff", "--no-edit", "plain"],
      ["revert", "--no-edit", "-m", "1", "HEAD"], ["revert", "--no-edit", "-m", "1", "HEAD~2"])
    for name in ["on-a", "on-plain", "plain", tip] {
      let output = try scratch.uet("integrate", "--branch", name, "--land", "main")
      #expect(output.status == 3, "\(name): \(output)")
      #expect(output.errors.contains("hint: to have it back: git revert"), "\(output)")
    }
    #expect(try scene.files() == [])
  }
}
