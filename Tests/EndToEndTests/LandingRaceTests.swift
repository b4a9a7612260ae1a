import Foundation
import Testing

/// A landing that is killed, stopped or overtaken at the move of its branch.
@Suite struct LandingRaceTests {
  private static let names = ["a", "b", "c"]
  private static let files: Set<String> = ["a", "b", "c"]

  /// Killed between `landing_started` and `landed`, with the branch where it was and with the
  /// branch moved. The next call carries it out whether it asks for a landing or not.
  @Test(arguments: zip(LandingStage.Moment.allCases, [["--land", "release"], []]))
  func aKilledLandingIsCarriedOutAgain(
    at moment: LandingStage.Moment, arguments: [String]
  ) throws {
    let stage = try LandingStage(Self.names, strategy: moment == .before ? "batch" : "speculative")
    let before = try stage.scratch.commit("release")
    stage.hold(moment)
    let running = try stage.start("integrate", stage.run, "--land", "release")
    try stage.waitUntilHeld(moment)
    running.signal(SIGKILL)
    _ = running.finish()
    #expect(try (stage.scratch.commit("release") == before) == (moment == .before))
    #expect(try stage.count("landing_started") == 1 && stage.count("landed") == 0)
    if moment == .before { stage.put("die") }
    stage.put("go")
    try stage.scratch.wait("the end of its git") { stage.moves.count == 1 }
    stage.remove("die")
    let judged = stage.judged
    let again =
      arguments.isEmpty
      ? try stage.uet("integrate", stage.run)
      : try stage.uet("integrate", stage.run, "--land", "release")
    #expect(again.status == 0, "\(again)")
    #expect(stage.judged == judged, "a gate ran again")
    #expect(try stage.count("landed") == 1)
    #expect(
      try stage.scratch.commit("release") == stage.scratch.commit("uet/\(stage.run)/integration"))
    try stage.checkEnd(files: Self.files)
  }

  /// The git of a dead process goes on when somebody else has taken the run and frozen it: it must
  /// not land.
  @Test func theLateMoveOfADeadProcessIsFenced() throws {
    let stage = try LandingStage(Self.names)
    let before = try stage.scratch.commit("release")
    stage.hold(.before)
    let running = try stage.start("integrate", stage.run, "--land", "release")
    try stage.waitUntilHeld(.before)
    running.signal(SIGKILL)
    _ = running.finish()
    let frozen = try stage.uet("queue", "freeze", "--reason", "release week")
    #expect(frozen.status == 0, "\(frozen)")
    stage.put("go")
    try stage.scratch.wait("the late move") { stage.moves.count == 1 }
    #expect(stage.moves != ["0"], "it was refused")
    #expect(try stage.scratch.commit("release") == before)
    let held = try stage.uet("integrate", stage.run)
    #expect(held.text.contains("not landed: landing is frozen: release week"), "\(held)")
    #expect(try stage.scratch.commit("release") == before, "\(held)")
    #expect(try stage.uet("queue", "unfreeze").status == 0)
    let judged = stage.judged
    let landed = try stage.uet("integrate", stage.run, "--land", "release")
    #expect(landed.status == 0 && stage.judged == judged, "\(landed)")
    try stage.checkEnd(files: Self.files)
  }

  /// Stopped while it tests, or at the move of the branch; meanwhile the run is taken and landed
  /// from elsewhere.
  @Test(arguments: [true, false])
  func aZombieThatWakesLateChangesNothing(whileTesting: Bool) async throws {
    let stage = try LandingStage(Self.names)
    if whileTesting { stage.put("wait") } else { stage.hold(.before) }
    let zombie = try stage.start("integrate", stage.run, "--land", "release")
    if whileTesting {
      try stage.scratch.wait("two gates") { stage.judged.count == 2 }
    } else {
      try stage.waitUntilHeld(.before)
    }
    zombie.signal(SIGSTOP)
    try await stage.takeFromElsewhere()
    stage.remove("wait")
    let second = try stage.uet("integrate", stage.run, "--land", "release")
    #expect(second.status == 0, "\(second)")
    let references = try stage.scratch.git("for-each-ref")
    stage.put("go")
    zombie.signal(SIGCONT)
    let end = zombie.finish()
    #expect(end.status == 5 && end.errors.contains("another process has taken run"), "\(end)")
    #expect(try stage.scratch.git("for-each-ref") == references, "the late one changed something")
    try stage.checkEnd(files: Self.files)
  }

  /// Others move the branch while a landing stands right before its own move: their work stays, and
  /// what lands is merged and tested on top of it.
  @Test func aTargetThatMovedMeanwhileIsNotOverwritten() throws {
    let stage = try LandingStage(Self.names)
    stage.hold(.before)
    let running = try stage.start("integrate", stage.run, "--land", "release")
    try stage.waitUntilHeld(.before)
    running.signal(SIGSTOP)
    try stage.scratch.write("other", "by hand\n")
    try stage.scratch.git("add", "other")
    let tree = try stage.scratch.git("write-tree")
    let other = try stage.scratch.git("commit-tree", "-p", "release", "-m", "by hand", tree)
    try stage.scratch.git("update-ref", "refs/heads/release", other)
    stage.put("go")
    running.signal(SIGCONT)
    let end = running.finish()
    #expect(end.status == 0, "\(end)")
    try stage.scratch.git("merge-base", "--is-ancestor", other, "release")
    #expect(try stage.count("integration_restarted") == 1)
    #expect(try stage.judged.contains(stage.scratch.git("rev-parse", "release^{tree}")))
    try stage.checkEnd(files: Self.files.union(["other"]))
  }

  /// A run and plain branches at once: whoever comes second builds on the first, and neither is
  /// torn apart.
  @Test func aRunAndPlainBranchesShareATarget() throws {
    let stage = try LandingStage(Self.names)
    for name in ["x", "y"] {
      try stage.scratch.git("checkout", "--quiet", "-b", "topic/\(name)", "main")
      try stage.scratch.write(name, "\(name)\n")
      try stage.scratch.git("add", name)
      try stage.scratch.git("commit", "--quiet", "--message=\(name)")
    }
    try stage.scratch.git("checkout", "--quiet", "main")
    stage.hold(.before)
    let first = try stage.start("integrate", stage.run, "--land", "release")
    try stage.waitUntilHeld(.before)
    let second = try stage.uet(
      "integrate", "--branch", "topic/x", "topic/y", "--land", "release")
    #expect(second.status == 0, "\(second)")
    stage.put("go")
    let end = first.finish()
    #expect(end.status == 0, "\(end)")
    let line = try stage.scratch.git(
      "log", "--first-parent", "--format=%(trailers:key=UET-Run,valueonly)", "main..release")
    let runs = line.split(separator: "\n").map(String.init).filter { !$0.isEmpty }
    #expect(runs.count == 5 && runs.prefix(3).allSatisfy { $0 == stage.run }, "\(runs)")
    #expect(Set(runs.suffix(2)).count == 1 && runs[4] != stage.run, "\(runs)")
    let proof = try stage.uet("verify", "--landed")
    #expect(
      proof.status == 0 && proof.text.components(separatedBy: "proven").count == 3, "\(proof)")
    try stage.checkEnd(files: Self.files.union(["x", "y"]))
  }
}
