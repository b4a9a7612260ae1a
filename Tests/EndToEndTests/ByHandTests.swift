import Foundation
import Testing

/// What others put into the target, took out of it or moved back, and results that hold nothing.
@Suite struct ByHandTests {
  /// A squash is the same change; what was made on top of the branch goes on from there, without
  /// its commits.
  @Test func aSquashIsToldAndBuiltOn() throws {
    let scene = try LandingScene(
      ["a": "echo a > a.txt", "b": "cat a.txt && echo b > b.txt"], chained: true)
    let scratch = scene.scratch
    let tip = try scratch.git("rev-parse", "uet/\(scene.run)/ws-a")
    try scene.onMain(
      ["merge", "--quiet", "--squash", tip], ["commit", "--quiet", "--message=A (#1)"])
    let before = try scratch.uet("verify", "--landed")
    #expect(before.status == 1 && before.text.contains("by hand, not on record yet"), "\(before)")
    #expect(before.text.contains("its tree is that of the result"), "\(before)")
    #expect(before.text.contains("hint: put it on record: git uet integrate"), "\(before)")
    #expect(try scratch.uet("status").text.contains("found in 'main'"))
    let landed = try scene.land()
    #expect(landed.text.contains("2 workstreams landed in main"), "\(landed)")
    #expect(try scene.files() == ["a.txt", "b.txt"])
    let history = try scratch.git("log", "--format=%H", "main")
    #expect(!history.contains(tip), "the squashed commits came along")
    let proof = try scratch.uet("verify", "--landed")
    #expect(proof.status == 0 && proof.text.contains("it was tested with what landed"), "\(proof)")
  }

  /// A pick on top of other work, a merge by hand, and a plain revert of what the queue landed.
  @Test func aPickAMergeAndARevertAreTold() throws {
    let scene = try LandingScene(["a": "echo a > a.txt", "b": "echo b > b.txt"])
    let scratch = scene.scratch
    let branch = "uet/\(scene.run)/ws-"
    try scene.onMain(
      ["commit", "--quiet", "--allow-empty", "--message=other"],
      ["rm", "--quiet", "README"], ["commit", "--quiet", "--message=more"],
      ["cherry-pick", branch + "a"], ["merge", "--quiet", "--no-ff", "--no-edit", branch + "b"])
    let told = try scratch.uet("verify", "--landed")
    #expect(told.status == 1, "\(told)")
    #expect(told.text.contains("another than that of the result"), "\(told)")
    #expect(told.text.contains("was merged as"), "\(told)")
    #expect(told.text.contains("nobody tested it"), "\(told)")
    let noted = try scene.land()
    #expect(noted.text.contains("2 workstreams landed in main"), "\(noted)")
    try scene.onMain(["revert", "--no-edit", "main~1"])
    let out = try scratch.uet("verify", "--landed")
    #expect(out.text.contains("'ws-a' was taken out by"), "\(out)")
    #expect(try scratch.uet("status").text.contains("ws-a  ROLLED_BACK"))
  }

  /// What the queue tested and a person moved the branch to is proven, before and after it is on
  /// record.
  @Test func aFastForwardToWhatWasTestedIsProven() throws {
    let scene = try LandingScene(["a": "echo a > a.txt", "b": "echo b > b.txt"])
    let scratch = scene.scratch
    #expect(try scratch.uet("integrate", scene.run).status == 0)
    try scene.onMain(["merge", "--quiet", "--ff-only", "uet/\(scene.run)/integration"])
    let seen = try scratch.uet("verify", "--landed")
    #expect(seen.status == 0, "\(seen)")
    #expect(seen.text.contains("not on record yet: proven (2 candidates, GATE_UNIT)"), "\(seen)")
    #expect(try scratch.uet("status").text.contains("2 landed"))
    let back = try scratch.uet("rollback", "ws-b")
    #expect(back.status == 0, "\(back)")
    #expect(try scene.files() == ["a.txt"])
    let proof = try scratch.uet("verify", "--landed", "--json")
    #expect(proof.status == 0 && proof.text.contains(#""recorded": true"#), "\(proof)")
    #expect(proof.text.contains(#""undone": ["#) && proof.text.contains("ws-b"), "\(proof)")
  }

  /// Two runs did the same: what the first landed is proven there, and the second merges nothing
  /// again.
  @Test func whatAnotherRunLandedIsProven() throws {
    let scene = try LandingScene(["a": "echo a > a.txt"])
    let scratch = scene.scratch
    #expect(try scratch.uet("run").status == 0)
    _ = try scene.land()
    let landed = try scratch.git("rev-parse", "main")
    let second = try scratch.uet("integrate", "--land", "main")
    #expect(second.status == 0 && second.text.contains("found in 'main' as"), "\(second)")
    #expect(try scratch.git("rev-parse", "main") == landed)
    let proof = try scratch.uet("verify", "--landed")
    #expect(proof.status == 0, "\(proof)")
    #expect(proof.text.components(separatedBy: ": proven (1").count == 3, "\(proof)")
  }

  /// Both ways that the hints name: the very commits, and new ones.
  @Test(arguments: ["put it back", "or have it done again"])
  func aTargetThatWasMovedBackIsToldAndMended(hint: String) throws {
    let scene = try LandingScene(["a": "echo a > a.txt", "b": "echo b > b.txt"])
    let scratch = scene.scratch
    _ = try scene.land()
    let landed = try scratch.git("rev-parse", "main")
    try scratch.git("branch", "--force", "main", "main~2")
    let now = try scratch.git("rev-parse", "main")
    for _ in 0..<2 {
      let lost = try scene.land(status: 1)
      #expect(lost.errors.contains("landed as \(landed.prefix(10))"), "\(lost)")
      #expect(lost.errors.contains("others moved it to \(now.prefix(10))"), "\(lost)")
    }
    let plain = try scratch.uet("integrate", scene.run)
    #expect(plain.status == 1 && plain.text.contains("not in the target any more"), "\(plain)")
    try scene.follow(hint, of: plain)
    let again = try scene.land()
    #expect(again.text.contains("2 workstreams landed in main"), "\(again)")
    #expect(try scene.files() == ["a.txt", "b.txt"])
    let proof = try scratch.uet("verify", "--landed")
    #expect(proof.status == 0, "\(proof)")
  }

  /// Nothing is merged for them, and what waits for them goes on, also through a commit without a
  /// change.
  @Test func whatChangesNothingIsNotMerged() throws {
    let scene = try LandingScene(
      [
        "a": "echo a > a.txt", "n": "git commit --quiet --allow-empty --message=nothing",
        "z": "cat a.txt && echo z > z.txt",
      ], chained: true)
    let scratch = scene.scratch
    let landed = try scene.land()
    #expect(landed.text.contains("ws-n changed nothing: nothing to land"), "\(landed)")
    #expect(landed.text.contains("2 workstreams landed in main"), "\(landed)")
    #expect(landed.text.contains("; 1 workstream changed nothing"), "\(landed)")
    #expect(try scene.files() == ["a.txt", "z.txt"])
    for merge in try scratch.git("rev-list", "--merges", "main").split(separator: "\n") {
      #expect(try scratch.git("diff", "--stat", "\(merge)^1", String(merge)) != "", "\(merge)")
    }
    let proof = try scratch.uet("verify", "--landed")
    #expect(proof.status == 0 && proof.text.contains("(2 candidates, GATE_UNIT)"), "\(proof)")
    #expect(try scratch.uet("verify").status == 0)
    let none = try scratch.uet("rollback", "ws-n")
    #expect(none.status == 2 && none.errors.contains("changed nothing"), "\(none)")
    let back = try scratch.uet("rollback", "ws-a", "--with-dependents")
    #expect(back.status == 0, "\(back)")
    #expect(try scene.files() == [])
  }

  /// What the one in between was made on is inherited by who builds on it: it does not slip in.
  @Test func anEmptyOneInBetweenLetsNothingIn() throws {
    let scene = try LandingScene(
      ["a": "echo a > a.txt", "n": "true", "z": "echo z > z.txt"], chained: true,
      gate: "test ! -e a.txt")
    let output = try scene.land(status: 1)
    #expect(output.text.contains("ws-n changed nothing"), "\(output)")
    #expect(output.text.contains("contains 'ws-a' at"), "\(output)")
    #expect(try scene.files() == [])
    let empty = try LandingScene(["n": "true"])
    let nothing = try empty.land()
    #expect(
      nothing.text.contains("nothing to integrate; 1 workstream changed nothing"), "\(nothing)")
    try empty.scratch.git("branch", "idle", "main")
    try empty.scratch.git("checkout", "--quiet", "idle")
    try empty.scratch.git("commit", "--quiet", "--allow-empty", "--message=idle")
    try empty.scratch.git("checkout", "--quiet", "--detach")
    let branch = try empty.scratch.uet("integrate", "--branch", "idle", "--land", "main")
    #expect(branch.status == 2 && branch.errors.contains("changes nothing"), "\(branch)")
  }
}
