import Foundation
import Testing

/// Landed work that is taken out of its branch again.
@Suite struct RollbackTests {
  /// A chain of two and one beside it, landed in `release`.
  private func landed(
    gate: String? = nil, extra: String = "", aside: String = "echo aside > aside"
  ) throws -> (scratch: Scratch, run: String) {
    let scratch = try Scratch()
    if let gate {
      try scratch.write(
        ".uet/config.yaml",
        """
        version: 1
        gates:
          GATE_UNIT: {command: [sh, -c, "\(gate)"], timeout: 1m}
        integration: {gates: [GATE_UNIT]}

        """)
    }
    try scratch.bundle("ws-lib", scope: ["lib"], "echo lib > lib")
    try scratch.bundle("ws-app", scope: ["app"], after: ["ws-lib"], "echo app > app")
    try scratch.bundle("ws-aside", scope: ["aside", "README"], extra: extra, aside)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("branch", "release")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
    let run = try scratch.onlyRun()
    let landed = try scratch.uet("integrate", run, "--land", "release")
    #expect(landed.status == 0, "\(landed)")
    return (scratch, run)
  }

  private func files(_ scratch: Scratch) throws -> Set<Substring> {
    Set(try scratch.git("ls-tree", "--name-only", "release").split(separator: "\n"))
  }

  private func state(_ scratch: Scratch, _ run: String, _ id: String) throws -> String {
    let output = try scratch.uet("show", run, id, "--json")
    let object = try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any]
    return object?["state"] as? String ?? "\(output)"
  }

  @Test func takesOneOutAndLeavesTheRest() throws {
    let (scratch, run) = try landed()
    let before = try scratch.checkout()
    let output = try scratch.uet("rollback", "ws-aside", "--reason", "not wanted")
    #expect(output.status == 0, "\(output)")
    #expect(try files(scratch).isSuperset(of: ["lib", "app"]))
    #expect(try !files(scratch).contains("aside"))
    #expect(try state(scratch, run, "ws-aside") == "ROLLED_BACK")
    #expect(try state(scratch, run, "ws-app") == "LANDED")
    #expect(try scratch.checkout() == before)
    #expect(try scratch.uet("verify", run).status == 0)
    let undoing = try scratch.git("rev-parse", "--short=10", "release")
    let twice = try scratch.uet("rollback", "ws-aside")
    for words in [
      "was already rolled back: \(undoing) took it out of 'release' on ", "git uet run ws-aside",
    ] { #expect(twice.status == 2 && twice.errors.contains(words), "\(twice)") }
  }

  @Test func dependentsGoFirstOrNothingGoes() throws {
    let (scratch, run) = try landed()
    let tip = try scratch.commit("release")
    let refused = try scratch.uet("rollback", "ws-lib")
    #expect(refused.status == 3 && refused.errors.contains("builds on it: ws-app"), "\(refused)")
    #expect(try scratch.commit("release") == tip)
    let dry = try scratch.uet("rollback", "ws-lib", "--with-dependents", "--dry-run")
    let lines = dry.text.split(separator: "\n").map(String.init)
    let app = lines.firstIndex { $0.contains("ws-app") } ?? 99
    let lib = lines.firstIndex { $0.contains("ws-lib") } ?? -1
    #expect(dry.status == 0 && app < lib && dry.text.contains("clean"), "\(dry)")
    #expect(try scratch.commit("release") == tip, "a dry run moves nothing")
    #expect(try scratch.uet("rollback", "ws-lib", "--with-dependents").status == 0)
    #expect(try files(scratch).isDisjoint(with: ["lib", "app"]))
    #expect(try files(scratch).contains("aside"))
    #expect(try state(scratch, run, "ws-lib") == "ROLLED_BACK")
  }

  @Test func aWholeRunAndItsNewStart() throws {
    let (scratch, run) = try landed()
    #expect(try scratch.uet("rollback", "--run", run).status == 0)
    #expect(try files(scratch).isDisjoint(with: ["lib", "app", "aside"]))
    try scratch.git("checkout", "--quiet", "release")
    let again = try scratch.uet("run", "ws-lib")
    #expect(again.status == 0, "\(again)")
    let second = try scratch.uet("runs", "--json")
    #expect(second.text.contains(run))
    try scratch.git("checkout", "--quiet", "main")
    #expect(try scratch.uet("integrate", "--land", "release").status == 0)
    #expect(try files(scratch).contains("lib"), "new commits land again")
  }

  @Test func actionsTakeThePlaceOfTheRevert() throws {
    let actions = "compensation_actions: [\"echo two >> aside\", \"echo one > aside\"]"
    let (scratch, run) = try landed(extra: actions)
    let output = try scratch.uet("rollback", "ws-aside")
    #expect(output.status == 0, "\(output)")
    #expect(try scratch.git("show", "release:aside") == "one\ntwo", "the last declared runs first")
    #expect(try scratch.git("log", "-1", "--format=%s", "release") == "compensate ws-aside")
    #expect(try state(scratch, run, "ws-aside") == "ROLLED_BACK")
  }

  @Test func aFailedActionWaitsForAPerson() throws {
    let actions = "compensation_actions: [\"test -f allowed\"]"
    let (scratch, run) = try landed(extra: actions)
    let tip = try scratch.commit("release")
    let failed = try scratch.uet("rollback", "ws-aside")
    #expect(failed.status == 3 && failed.text.contains("compensation action 1"), "\(failed)")
    #expect(try scratch.commit("release") == tip)
    let second = try scratch.uet("rollback", "ws-app")
    #expect(second.status == 3 && second.errors.contains("has not ended"), "\(second)")
    #expect(try scratch.uet("rollback", "--retry").status == 3)
    let worktree = "\(scratch.path).worktrees/\(run)/rollback"
    try Data("mended\n".utf8).write(to: URL(fileURLWithPath: worktree + "/aside"))
    let output = try scratch.uet("rollback", "--continue")
    #expect(output.status == 0, "\(output)")
    #expect(try scratch.git("show", "release:aside") == "mended")
    #expect(!FileManager.default.fileExists(atPath: worktree))
  }

  @Test func aConflictIsShownWhereAPersonCanMendIt() throws {
    let (scratch, run) = try landed(aside: "echo changed > README")
    try scratch.git("checkout", "--quiet", "release")
    try scratch.write("README", "changed\nand again\n")
    try scratch.git("commit", "--quiet", "--all", "--message=later")
    try scratch.git("checkout", "--quiet", "main")
    let failed = try scratch.uet("rollback", "ws-aside")
    #expect(failed.status == 3 && failed.text.contains("README"), "\(failed)")
    let early = try scratch.uet("rollback", "--continue")
    #expect(early.status == 3 && early.errors.contains("still has a conflict"), "\(early)")
    let worktree = "\(scratch.path).worktrees/\(run)/rollback"
    try Data("a project\nand again\n".utf8).write(to: URL(fileURLWithPath: worktree + "/README"))
    try scratch.git("-C", worktree, "add", "README")
    let output = try scratch.uet("rollback", "--continue")
    #expect(output.status == 0, "\(output)")
    #expect(try scratch.git("show", "release:README") == "a project\nand again")
  }

  @Test func aRedGateKeepsTheBranchWhereItIs() throws {
    let (scratch, run) = try landed(gate: "test ! -f app || test -f aside")
    let tip = try scratch.commit("release")
    let failed = try scratch.uet("rollback", "ws-aside")
    #expect(failed.status == 3 && failed.text.contains("GATE_UNIT is red"), "\(failed)")
    #expect(try scratch.commit("release") == tip)
    #expect(try scratch.uet("rollback", "--abort").status == 0)
    #expect(try state(scratch, run, "ws-aside") == "LANDED")
    #expect(try scratch.uet("rollback", "ws-aside", "ws-app").status == 0)
  }

  @Test func goesOnWhereTheBranchIsWhenOthersMovedIt() throws {
    let (scratch, run) = try landed(gate: "test ! -f block")
    try scratch.git("checkout", "--quiet", "release")
    let refused = try scratch.uet("rollback", "ws-aside")
    #expect(refused.status == 3 && refused.text.contains("merge --ff-only"), "\(refused)")
    try scratch.write("other", "by somebody else\n")
    try scratch.git("add", "other")
    try scratch.git("commit", "--quiet", "--message=other")
    try scratch.git("checkout", "--quiet", "main")
    let output = try scratch.uet("rollback", "--continue")
    #expect(output.status == 0, "\(output)")
    #expect(try files(scratch).contains("other") && !files(scratch).contains("aside"))
    #expect(try state(scratch, run, "ws-aside") == "ROLLED_BACK")
  }

  @Test func oneCommitOfAWorkstream() throws {
    let script = """
      echo one > aside; git add aside; git -c user.name=W -c user.email=w@x commit -qm one
      echo two >> README; git add README; git -c user.name=W -c user.email=w@x commit -qm two
      """
    let (scratch, run) = try landed(aside: script)
    let output = try scratch.uet("rollback", "ws-aside", "--task", "2")
    #expect(output.status == 0, "\(output)")
    #expect(try files(scratch).contains("aside"))
    #expect(try scratch.git("show", "release:README") == "a project")
    #expect(try state(scratch, run, "ws-aside") == "LANDED", "the rest of it stays")
    let unclear = try scratch.uet("rollback", "ws-aside", "--task", "7")
    #expect(unclear.status == 2 && unclear.errors.contains("--commit"), "\(unclear)")
  }

  @Test func aKilledRollbackGoesOnWhereItWas() throws {
    let flag = FileManager.default.temporaryDirectory
      .appendingPathComponent("uet-flag-\(UUID().uuidString)").path
    defer { for end in [".go", ".in"] { try? FileManager.default.removeItem(atPath: flag + end) } }
    let action = "test -f \(flag).go || { touch \(flag).in; sleep 600; }; git rm -q aside"
    let (scratch, run) = try landed(extra: "compensation_actions: [\"\(action)\"]")
    let tip = try scratch.commit("release")
    let rollback = try scratch.direct(["rollback", run])
    try scratch.wait("the action to begin") {
      FileManager.default.fileExists(atPath: flag + ".in")
    }
    rollback.signal(SIGKILL)
    _ = rollback.finish()
    #expect(try scratch.commit("release") == tip)
    #expect(try scratch.uet("status").text.contains("rollback --continue"))
    try Data().write(to: URL(fileURLWithPath: flag + ".go"))
    let output = try scratch.uet("rollback", "--continue")
    #expect(output.status == 0, "\(output)")
    #expect(try files(scratch).isDisjoint(with: ["lib", "app", "aside"]))
    let events = try scratch.uet("events", run, "--json")
    let steps = events.text.components(separatedBy: "compensation_step\"").count - 1
    #expect(steps == 3, "no step is made twice: \(events.text)")
    #expect(try scratch.uet("verify", run).status == 0)
  }

  /// A gate that sees what only the landed branch shows.
  private func watched(_ onRed: String) throws -> (scratch: Scratch, run: String, tip: String?) {
    let scratch = try Scratch()
    try scratch.write(
      ".uet/config.yaml",
      """
      version: 1
      gates:
        GATE_SMOKE: {command: [sh, -c, "test ! -f app || echo broken && test ! -f app"], timeout: 1m}
      integration: {after_landing: [GATE_SMOKE], on_red: \(onRed)}

      """)
    try scratch.bundle("ws-lib", scope: ["lib"], "echo lib > lib")
    try scratch.bundle("ws-app", scope: ["app"], after: ["ws-lib"], "echo app > app")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=bundles")
    try scratch.git("branch", "release")
    #expect(try scratch.uet("run").status == 0)
    return (scratch, try scratch.onlyRun(), try scratch.commit("release"))
  }

  @Test func aRedGateAfterLandingTakesTheWorkOutAgain() throws {
    let (scratch, run, _) = try watched("rollback")
    let output = try scratch.uet("integrate", run, "--land", "release")
    #expect(output.status == 1 && output.text.contains("GATE_SMOKE is red"), "\(output)")
    #expect(try files(scratch).isDisjoint(with: ["lib", "app"]))
    #expect(try state(scratch, run, "ws-app") == "ROLLED_BACK")
    #expect(try scratch.uet("verify", run).status == 0)
    let again = try scratch.uet("integrate", run)
    #expect(try files(scratch).isDisjoint(with: ["lib", "app"]), "\(again)")
  }

  @Test func aRedGateAfterLandingIsSaidEachTime() throws {
    let (scratch, run, _) = try watched("report")
    let output = try scratch.uet("integrate", run, "--land", "release")
    #expect(output.status == 1 && output.text.contains("rollback \(run)"), "\(output)")
    #expect(try files(scratch).isSuperset(of: ["lib", "app"]))
    let again = try scratch.uet("integrate", run, "--land", "release")
    #expect(again.status == 1 && again.text.contains("as it was before"), "\(again)")
  }

  @Test func aCleanCheckoutIsMovedAlongWhereThatIsAskedFor() throws {
    let (scratch, _) = try landed()
    try scratch.git("checkout", "--quiet", "release")
    let output = try scratch.uet("rollback", "ws-aside", "--update-checkout")
    #expect(output.status == 0, "\(output)")
    #expect(scratch.read("aside") == nil)
    #expect(try scratch.git("status", "--porcelain") == "")
  }
}
