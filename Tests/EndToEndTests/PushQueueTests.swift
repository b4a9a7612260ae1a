import Foundation
import Testing

/// Pushes to a host's queue, tested and landed there; each with a real push and a real server.
@Suite struct PushQueueTests {
  /// Every candidate must pass a gate that is red where a file says so, and waits where one that
  /// begins with `wait` is there until it may go on.
  private static let gates = """
    gates:
      GATE_TEST:
        command: [sh, -c, 'touch "$TMPDIR/began"; while ls | grep -q ^wait && ! test -e "$GO"; do sleep 0.05; done; ! grep -rq BROKEN --include=*.txt .']
    integration:
      gates: [GATE_TEST]

    """

  private static func scene(_ settings: String = "") throws -> HostScene {
    let go = FileManager.default.temporaryDirectory
      .appendingPathComponent("uet-go-\(UUID().uuidString)").path
    return try HostScene(
      gates.replacingOccurrences(of: "$GO", with: go) + settings, variables: ["GO_FILE": go])
  }

  private static func letGo(_ scene: HostScene) throws {
    try Data().write(to: URL(fileURLWithPath: scene.scratch.environment["GO_FILE"] ?? ""))
  }

  /// A commit of one file on a new branch that begins at what is on the host.
  private static func change(
    _ scene: HostScene, _ file: String, _ text: String = "text\n", on base: String = "origin/main"
  ) throws {
    try scene.scratch.git("fetch", "--quiet", "origin")
    try scene.scratch.git("checkout", "--quiet", "--detach", base)
    try scene.commit(file, text, "add \(file)")
  }

  private static func serve(_ scene: HostScene, _ arguments: String...) throws -> Running {
    try Scratch.start(
      Scratch.binaries.appendingPathComponent("git-uet").path, ["serve"] + arguments, scene.host,
      scene.scratch.environment)
  }

  private static func once(_ scene: HostScene) throws -> Scratch.Output {
    try serve(scene, "--once").finish()
  }

  /// What of the line is where, as `topic state`.
  private static func line(_ scene: HostScene) throws -> [String] {
    let output = try scene.scratch.uet("queue", "--json", in: scene.host)
    let object =
      try JSONSerialization.jsonObject(with: Data(output.text.utf8)) as? [String: Any]
    let lines = object?["lines"] as? [[String: Any]] ?? []
    return lines.flatMap { $0["candidates"] as? [[String: Any]] ?? [] }.map {
      "\($0["topic"] ?? "") \($0["state"] ?? "")"
    }
  }

  @Test func whatIsPushedIsTestedAndLands() throws {
    let scene = try Self.scene()
    let go = scene.scratch.environment["GO_FILE"] ?? ""
    defer { try? FileManager.default.removeItem(atPath: go) }
    try Self.change(scene, "a.txt")
    let pushed = try scene.push("HEAD:refs/for/main")
    #expect(pushed.status == 0, "\(pushed)")
    #expect(HostScene.said(pushed).contains("queued 'add-a-txt' for 'main'"), "\(pushed)")
    #expect(HostScene.said(pushed).contains("number 1 in line"))
    #expect(HostScene.said(pushed).contains("nobody serves the queue now"))
    let tip = try scene.scratch.git("rev-parse", "HEAD")
    try Self.change(scene, "b.txt", "BROKEN\n")
    try scene.expectTaken("HEAD:refs/for/main/second")
    // Nothing that is queued can be reached as a branch, or changed otherwise.
    try scene.expectRefused("+HEAD:refs/uet/queue/main/second", saying: "nothing of this name")
    try scene.expectRefused("+HEAD:refs/uet/line/main", saying: "nothing of this name")

    try scene.onHost("config", "user.name", "The Queue")
    try scene.onHost("config", "user.email", "queue@example.com")
    let served = try Self.once(scene)
    #expect(served.status == 0, "\(served)")
    #expect(served.text.contains("landed add-a-txt"), "\(served)")
    // Who made it is its author, and the queue commits it.
    #expect(
      try scene.onHost("log", "-1", "--format=%an %s, %cn", "main")
        == "Test User merge ws-add-a-txt, The Queue")
    #expect(served.text.contains("set aside second: GATE_TEST failed"), "\(served)")
    #expect(try scene.onHost("merge-base", "--is-ancestor", tip, "main") == "")
    #expect(try !scene.onHost("ls-tree", "--name-only", "main").contains("b.txt"))
    #expect(try Self.line(scene) == ["second aside"])
    // No clone fetches a branch of the run, since it is all in the target.
    #expect(try scene.onHost("branch", "--list", "uet/*") == "")
    // What landed is kept with what was pushed, though its own reference is gone.
    #expect(try scene.onHost("log", "--format=%s", "refs/uet/line/main").contains("add-a-txt"))
    let verified = try scene.scratch.uet("verify", "--landed", in: scene.host)
    #expect(verified.status == 0, "\(verified)")
    #expect(try scene.scratch.uet("queue", in: scene.host).text.contains("set aside:"))
  }

  @Test func pushedAgainTakenBackAndStacked() throws {
    let scene = try Self.scene()
    try Self.change(scene, "a.txt", "BROKEN\n")
    try scene.expectTaken("HEAD:refs/for/main/a")
    try scene.commit("on-a.txt", "text\n", "on a")
    try scene.expectTaken("HEAD:refs/for/main/on-a")
    #expect(try Self.once(scene).text.contains("set aside a"))
    // What contains it waits, and says for what.
    #expect(try Self.line(scene) == ["a aside", "on-a waiting"])
    let shown = try scene.scratch.uet("queue", in: scene.host).text
    #expect(shown.contains("contains 'a', which was set aside"), "\(shown)")

    // Pushed again, the former is kept, and what contains that is to be made anew.
    try Self.change(scene, "a.txt", "good\n")
    let again = try scene.push("HEAD:refs/for/main/a")
    #expect(HostScene.said(again).contains("queued again: 'a'"), "\(again)")
    let served = try Self.once(scene).text
    #expect(served.contains("landed a"), "\(served)")
    try Self.change(scene, "b.txt")
    try scene.expectTaken("HEAD:refs/for/main/b")
    let withdrawn = try scene.push(":refs/for/main/b")
    #expect(HostScene.said(withdrawn).contains("took 'b' out of the line"), "\(withdrawn)")
    try scene.expectRefused(":refs/for/main/b", saying: "has no candidate 'b'")
    try scene.expectRefused(":refs/for/main", saying: "not said what is to be taken back")
    _ = try Self.once(scene)
    #expect(try !scene.onHost("ls-tree", "--name-only", "main").contains("b.txt"))
  }

  @Test func whatCannotBeQueued() throws {
    let scene = try Self.scene("server: {forbidden_paths: [secret/**]}\n")
    try scene.expectRefused("HEAD:refs/for/main", saying: "'main' has it already")
    try Self.change(scene, "src/a.txt")
    try scene.expectRefused("HEAD:refs/for/nowhere", saying: "no branch of this name")
    try scene.expectRefused("HEAD:refs/for/main/-x", saying: "begins with '-'")
    try scene.expectRefused(
      "-o", "uet.scope=docs/**", "HEAD:refs/for/main", saying: "outside of its own uet.scope")
    try scene.expectRefused("-o", "uet.gate=G", "HEAD:refs/for/main", saying: "has no gate 'G'")
    try scene.expectRefused(
      "-o", "uet.depends=x", "HEAD:refs/for/main", saying: "it depends on 'x'")
    try scene.expectRefused(
      "-o", "uet.depends=x", "HEAD:refs/for/main/x", saying: "it depends on itself")
    try scene.expectTaken("-o", "uet.scope=src/**", "HEAD:refs/for/main/Topic")
    try scene.expectRefused("HEAD:refs/for/main/topic", saying: "by case")
    try scene.expectRefused("HEAD:refs/for/main/Topic/sub", saying: "a candidate 'Topic'")
    try scene.expectRefused("HEAD^{tree}:refs/for/main", saying: "is a commit")
    // Nobody takes away what another has queued, or the line itself.
    try scene.expectRefused(":refs/uet/queue/main/Topic", saying: "nothing of this name")
    try scene.onHost("update-ref", "refs/uet/line/main", "refs/uet/queue/main/Topic")
    try scene.expectRefused(":refs/uet/line/main", saying: "nothing of this name")
    try scene.onHost("update-ref", "-d", "refs/uet/line/main")
    try scene.commit(".uet/config.yaml", "gates: 7\n", "break the settings")
    try scene.expectRefused("HEAD:refs/for/main/broken", saying: "its settings are broken")
    try scene.scratch.git("reset", "--quiet", "--hard", "HEAD~1")
    // The rules for what a branch brings hold here as well.
    try scene.commit("secret/key", "x", "secret")
    try scene.expectRefused("HEAD:refs/for/main/s", saying: "server.forbidden_paths")
    let other = try scene.object("", "commit-tree", "-m", "alone", "HEAD^{tree}")
    try scene.expectRefused("\(other):refs/for/main/alone", saying: "no common history")
  }

  @Test func whoMayDoWhat() throws {
    let scene = try Self.scene("server: {identity: PUSHED_BY, queue: [boss], reviews: 1}\n")
    let (eva, bob, boss) = (["PUSHED_BY": "eva"], ["PUSHED_BY": "bob"], ["PUSHED_BY": "boss"])
    try Self.change(scene, "a.txt")
    try scene.expectRefused("HEAD:refs/for/main/a", saying: "does not know who you are")
    try scene.expectTaken("HEAD:refs/for/main/a", as: eva)
    try scene.expectRefused("HEAD:refs/for/main/a", as: bob, saying: "a candidate of eva")
    try scene.expectRefused(":refs/for/main/a", as: bob, saying: "a candidate of eva")
    let inbox = "HEAD:refs/uet/inbox/main"
    try scene.expectRefused("\(inbox)/promote/a", as: eva, saying: "not one of those who may")
    try scene.expectRefused("\(inbox)/freeze", as: bob, saying: "not one of those who may")
    try scene.expectRefused("\(inbox)/dance", as: boss, saying: "nothing that a line can be asked")
    try scene.expectRefused("\(inbox)/approve/a", as: eva, saying: "is your own")
    #expect(try Self.once(scene).status == 0)
    #expect(try scene.scratch.uet("queue", in: scene.host).text.contains("waits for a review"))
    // What is approved is a commit: another one is to be looked at again.
    let other = "\(try scene.scratch.git("rev-parse", "HEAD~1")):refs/uet/inbox/main/approve/a"
    try scene.expectRefused(other, as: bob, saying: "is another commit by now")
    try scene.expectTaken("\(inbox)/approve/a", as: bob)
    try scene.expectRefused(
      "-o", "uet.priority=-1", "HEAD:refs/for/main/b", as: bob, saying: "put theirs before others")
    // A topic that is called like an order stands in the way of none.
    try scene.expectTaken("HEAD:refs/for/main/freeze/x", as: bob)
    try scene.expectTaken("-o", "uet.reason=release day", "\(inbox)/freeze", as: boss)
    #expect(try Self.once(scene).text.contains("landing is frozen: release day"))
    let seen = try scene.scratch.uet("queue", "--remote", "origin")
    #expect(seen.text.contains("landing is frozen: release day (boss)"), "\(seen)")
    try scene.expectTaken(":refs/for/main/freeze/x", as: bob)
    try scene.expectTaken("\(inbox)/unfreeze", as: boss)
    #expect(try Self.once(scene).text.contains("landed a"))
    #expect(try scene.references().contains("inbox") == false)
  }

  @Test func aPushWakesTheServer() throws {
    let scene = try Self.scene()
    let server = try Self.serve(scene)
    try scene.scratch.wait("the server") { server.printed.contains("serving") }
    let second = try Self.once(scene)
    #expect(second.status == 5, "\(second)")
    try Self.change(scene, "a.txt")
    let pushed = try scene.push("HEAD:refs/for/main")
    #expect(!HostScene.said(pushed).contains("nobody serves"), "\(pushed)")
    try scene.scratch.wait("the landing") { server.printed.contains("landed add-a-txt") }
    server.signal(SIGTERM)
    #expect(server.finish().status == 143)
    #expect(try Self.line(scene).isEmpty)
    // Nobody serves it any more, and the next one may.
    #expect(try Self.once(scene).status == 0)
  }

  @Test func severalBranchesAndRepositories() throws {
    let (one, two) = (try Self.scene(), try Self.scene())
    try one.onHost("branch", "release/1.0", "main")
    for (scene, target) in [(one, "main"), (one, "release/1.0"), (two, "main")] {
      try Self.change(scene, "a.txt")
      try scene.expectTaken("HEAD:refs/for/\(target)")
    }
    let served = try Self.serve(one, "--once", "--json", one.host, two.host).finish()
    #expect(served.status == 0, "\(served)")
    for (scene, target) in [(one, "main"), (one, "release/1.0"), (two, "main")] {
      #expect(try scene.onHost("ls-tree", "--name-only", target).contains("a.txt"), "\(served)")
    }
    let events = try served.text.split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
    }
    #expect(events.filter { $0?["event"] as? String == "landed" }.count == 3, "\(served)")
  }

  /// What cannot be gone on with is given up, and its candidates are free again.
  @Test func whatNoRunCanBeHadFor() throws {
    let scene = try Self.scene()
    try Self.change(scene, "b.txt")
    try scene.expectTaken("-o", "uet.gate=GATE_TEST", "HEAD:refs/for/main/b")
    // The branch loses the gate, as by a landing.
    try Self.change(scene, ".uet/config.yaml", "integration: {gates: []}\n")
    try scene.onHost("fetch", "--quiet", scene.scratch.path, "HEAD")
    try scene.onHost("update-ref", "refs/heads/main", "FETCH_HEAD")
    let served = try Self.once(scene)
    #expect(
      served.text.contains("asks for gate 'GATE_TEST', which 'main' has no more"), "\(served)")
    #expect(try Self.line(scene) == ["b aside"])
    // What was queued for a branch that is gone can be taken back all the same.
    try scene.onHost("branch", "dev", "main")
    try Self.change(scene, "c.txt")
    try scene.expectTaken("HEAD:refs/for/dev/c")
    try scene.onHost("branch", "-D", "dev")
    try scene.expectTaken(":refs/for/dev/c")
  }

  /// Whoever was killed with a reference in hand leaves its lock, also at what lands or where to.
  @Test func locksOfTheDeadAreInNobodysWay() throws {
    let scene = try Self.scene()
    try Self.change(scene, "b.txt")
    try scene.expectTaken("HEAD:refs/for/main/b")
    for name in ["refs/uet/queue/main/b", "refs/heads/main", "refs/uet/line/main"] {
      let path = "\(scene.host)/\(name).lock"
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data().write(to: URL(fileURLWithPath: path))
      try FileManager.default.setAttributes(
        [.modificationDate: Date(timeIntervalSinceNow: -3600)], ofItemAtPath: path)
    }
    #expect(try Self.once(scene).text.contains("landed b"))
  }

  /// Where the branch itself is red, what mends it gets its turn.
  @Test func aRedBranchIsMendedByTheQueue() throws {
    let scene = try Self.scene()
    try Self.change(scene, "red.txt", "BROKEN\n")
    try scene.onHost("fetch", "--quiet", scene.scratch.path, "HEAD")
    try scene.onHost("update-ref", "refs/heads/main", "FETCH_HEAD")
    try Self.change(scene, "b.txt")
    try scene.expectTaken("HEAD:refs/for/main/b")
    let first = try Self.once(scene)
    #expect(first.status == 1 && first.text.contains("red"), "\(first)")
    #expect(try Self.line(scene) == ["b waiting"])
    try Self.change(scene, "red.txt", "mended\n")
    try scene.expectTaken("-o", "uet.priority=-1", "HEAD:refs/for/main/mend")
    let second = try Self.once(scene)
    #expect(second.text.contains("landed mend"), "\(second)")
    #expect(try Self.line(scene).isEmpty, "\(second)")
  }

  @Test func nothingLandsOutsideOfItsWindow() throws {
    // Half a day from now.
    let hour = (Int(Date().timeIntervalSince1970) / 3600 + 12) % 24
    let window = "\(hour < 10 ? "0" : "")\(hour):00-\(hour < 10 ? "0" : "")\(hour):01 UTC"
    let scene = try Self.scene("  window_times: [\"\(window)\"]\n")
    try Self.change(scene, "a.txt")
    try scene.expectTaken("HEAD:refs/for/main/a")
    let served = try Self.once(scene)
    #expect(served.text.contains("nothing lands in 'main' now: only \(window), next"), "\(served)")
    #expect(try Self.line(scene) == ["a testing"])
    // It is tested, and lands as it was tested; today's setting counts, not that of the run's
    // start.
    try scene.onHost("config", "uet.integration.windowTimes", "00:00-24:00")
    let began =
      try FileManager.default.attributesOfItem(
        atPath: scene.scratch.environment["TMPDIR"]! + "/began")[.modificationDate] as? Date
    #expect(try Self.once(scene).text.contains("landed a"))
    let after =
      try FileManager.default.attributesOfItem(
        atPath: scene.scratch.environment["TMPDIR"]! + "/began")[.modificationDate] as? Date
    #expect(began == after, "it was tested again")
  }

  @Test func whatIsTakenBackWhileItIsTestedDoesNotLand() throws {
    let scene = try Self.scene()
    try Self.change(scene, "wait.txt")
    try scene.expectTaken("HEAD:refs/for/main/a")
    let server = try Self.serve(scene)
    try scene.scratch.wait("the gate") { try Self.line(scene) == ["a testing"] }
    try scene.scratch.wait("the gate") { scene.scratch.hasBegun }
    try scene.expectTaken(":refs/for/main/a")
    try Self.change(scene, "b.txt")
    try scene.expectTaken("HEAD:refs/for/main/b")
    try Self.letGo(scene)
    try scene.scratch.wait("the landing") { server.printed.contains("landed b") }
    server.signal(SIGTERM)
    _ = server.finish()
    let files = try scene.onHost("ls-tree", "--name-only", "main")
    #expect(files.contains("b.txt") && !files.contains("wait.txt"), "\(files)")
  }

  @Test(arguments: [0, 1, 2])
  func aKilledServerIsGoneOnFrom(round: Int) throws {
    let scene = try Self.scene()
    for name in ["wait1.txt", "b.txt", "c.txt"] {
      try Self.change(scene, name)
      try scene.expectTaken("HEAD:refs/for/main/\(name.prefix(1))")
    }
    let server = try Self.serve(scene)
    if round > 0 {
      try scene.scratch.wait("the run") { server.printed.contains("tests") }
    }
    if round > 1 { try scene.scratch.wait("the gate") { scene.scratch.hasBegun } }
    server.signal(SIGKILL)
    _ = server.finish()
    // What was acknowledged is there, and a push while nobody serves is taken.
    try Self.change(scene, "d.txt")
    try scene.expectTaken("HEAD:refs/for/main/d")
    try Self.letGo(scene)
    let served = try Self.once(scene)
    #expect(served.status == 0, "\(served)")
    #expect(try Self.line(scene).isEmpty, "\(served)")
    let merges = try scene.onHost("log", "--first-parent", "--format=%s", "main")
      .split(separator: "\n").filter { $0.hasPrefix("merge") }
    #expect(merges.sorted() == ["merge ws-b", "merge ws-c", "merge ws-d", "merge ws-w"])
  }
}

extension Scratch {
  /// Whether a gate has begun.
  fileprivate var hasBegun: Bool {
    FileManager.default.fileExists(atPath: (environment["TMPDIR"] ?? "") + "/began")
  }
}
