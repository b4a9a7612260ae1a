import Foundation
import Testing

/// Gates in places in which what they built before stays.
@Suite struct BenchTests {
  /// A project of three files that a Makefile puts together; each step that runs is counted.
  private func project(
    gate: String = "make -s", keep: String = "keep: [build]", integration: String = ""
  ) throws -> Scratch {
    let scratch = try Scratch()
    for name in ["a", "b", "c"] { try scratch.write("src/\(name)", "one\n") }
    try scratch.write(
      "Makefile",
      """
      PARTS = $(patsubst src/%,build/%,$(wildcard src/*))
      all: build/whole
      \tgrep -q . build/whole && ! grep -q bad build/whole
      build/whole: $(PARTS)
      \tcat $(PARTS) > $@
      build/%: src/%
      \tmkdir -p build; echo $* >> $$TMPDIR/built; cat $< > $@

      """)
    try scratch.write(".gitignore", "build/\n")
    try scratch.write(
      ".uet/config.yaml",
      """
      gates:
        GATE: {command: [sh, -c, '\(gate)'], \(keep)}
      integration: {target: main, gates: [GATE], slots: 1, strategy: serial\(integration)}

      """)
    return scratch
  }

  private func start(_ scratch: Scratch) throws {
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=project")
    let output = try scratch.uet("run")
    #expect(output.status == 0, "\(output)")
  }

  private func land(_ scratch: Scratch) throws -> Scratch.Output {
    try scratch.uet("integrate", "--land", "main", "--update-checkout")
  }

  /// Ends of gates on record, in their order, each without what differs from run to run.
  private func verdicts(_ scratch: Scratch) throws -> [[String: Any]] {
    let text = try scratch.uet("events", "--json").text
    return text.split(separator: "\n").compactMap { line -> [String: Any]? in
      let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let type = object?["type"] as? String, ["gate_passed", "gate_failed"].contains(type)
      else { return nil }
      return (object?["data"] as? [String: Any])?.merging(["type": type]) { $1 }
    }
  }

  private func built(_ scratch: Scratch) -> [String] {
    scratch.kept("built").split(separator: "\n").map(String.init)
  }

  @Test func aGateBuildsWhatDiffers() throws {
    let scratch = try project()
    for name in ["a", "b"] {
      try scratch.bundle("ws-\(name)", scope: ["src/\(name)"], "echo two > src/\(name)")
    }
    try start(scratch)
    let output = try land(scratch)
    #expect(output.status == 0, "\(output)")
    #expect(built(scratch).count == 4, "\(built(scratch))")
    let verdicts = try verdicts(scratch)
    try #require(verdicts.count == 2, "\(verdicts)")
    #expect(verdicts[0]["warm"] == nil)
    #expect(verdicts[1]["warm"] as? String == verdicts[0]["tree"] as? String)
    let last = verdicts[1]["tree"] as? String ?? "-"
    #expect(try scratch.git("rev-parse", "main^{tree}") == last)
    let tree = (verdicts[0]["tree"] as? String ?? "-").prefix(10)
    let shown = try ["ws-a", "ws-b"].map { try scratch.uet("show", "@", $0).text }.joined()
    #expect(shown.contains("warm from \(tree)"), "\(shown)")
    let listed = try scratch.uet("worktrees").text
    #expect(listed.contains("bench-1") && !listed.contains("bench-2"), "\(listed)")
    #expect(try scratch.uet("doctor").status == 0)
    #expect(try scratch.uet("clean").text.contains("bench-1"))
    #expect(!FileManager.default.fileExists(atPath: scratch.path + ".worktrees/bench-1"))
  }

  @Test func whereNothingIsKeptNothingStays() throws {
    let scratch = try project(keep: "retries: 0")
    try scratch.bundle("ws-a", scope: ["src/a"], "echo two > src/a")
    try start(scratch)
    #expect(try land(scratch).status == 0)
    #expect(!FileManager.default.fileExists(atPath: scratch.path + ".worktrees/bench-1"))
    #expect(try verdicts(scratch).allSatisfy { $0["warm"] == nil && $0["cold"] == nil })
  }

  /// The program would still hold what is gone.
  @Test func whatIsGoneMakesAPlaceCold() throws {
    let scratch = try project(gate: "make -s && test $(wc -l < build/whole) = $(ls src | wc -l)")
    try scratch.bundle("ws-a", scope: ["src/a"], "echo two > src/a")
    try scratch.bundle("ws-b", scope: ["src/b"], after: ["ws-a"], "rm src/b")
    try start(scratch)
    let output = try land(scratch)
    #expect(output.status == 0, "\(output)")
    let verdicts = try verdicts(scratch)
    #expect(verdicts.last?["cold"] as? String == "'src/b' is gone", "\(verdicts)")
    #expect(built(scratch).count == 5, "\(built(scratch))")
  }

  @Test func benchesCountForTheRoomThatIsThere() throws {
    let scratch = try project()
    try scratch.bundle("ws-a", scope: ["src/a"], "echo two > src/a")
    try start(scratch)
    #expect(try land(scratch).status == 0)
    try scratch.git("config", "uet.run.keepDisk", "50KB")
    let large = scratch.path + ".worktrees/bench-1/build/large"
    try Data(count: 100_000).write(to: URL(fileURLWithPath: large))
    try scratch.bundle("ws-b", scope: ["src/b"], "echo two > src/b")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=more")
    let output = try scratch.uet("run")
    #expect(output.errors.contains("the next gate builds all anew"), "\(output)")
    #expect(!FileManager.default.fileExists(atPath: large))
    #expect(try land(scratch).status == 0)
  }

  /// It is asked again where nothing was built, and that counts.
  @Test func whatIsRedOnlyWhereSomethingWasBuiltPasses() throws {
    let scratch = try project(gate: "make -s && test ! -e build/seen && touch build/seen")
    for name in ["a", "b"] {
      try scratch.bundle("ws-\(name)", scope: ["src/\(name)"], "echo two > src/\(name)")
    }
    try start(scratch)
    let output = try land(scratch)
    #expect(output.status == 0, "\(output)")
    #expect(output.text.contains("passed in a clean place"), "\(output)")
    #expect(output.errors.contains("its build misses what it depends on"), "\(output)")
    let verdicts = try verdicts(scratch)
    #expect(verdicts.last?["red_warm"] as? Bool == true && verdicts.last?["warm"] == nil)
  }

  @Test func aCandidateGoesForWhatACleanPlaceSays() throws {
    let scratch = try project()
    try scratch.bundle("ws-a", scope: ["src/a"], "echo two > src/a")
    try scratch.bundle("ws-b", scope: ["src/b"], after: ["ws-a"], "echo bad > src/b")
    try start(scratch)
    #expect(try land(scratch).status == 1)
    let verdicts = try verdicts(scratch)
    let red = verdicts.filter { $0["type"] as? String == "gate_failed" }
    try #require(!red.isEmpty, "\(verdicts)")
    #expect(red.allSatisfy { $0["warm"] == nil && $0["again"] as? Bool == true }, "\(red)")
    #expect(scratch.read("src/b") == "one\n" && scratch.read("src/a") == "two\n")
  }

  @Test func nobodyElsesOutputIsTrusted() throws {
    let scratch = try project()
    try scratch.bundle("ws-a", scope: ["src/a"], "echo two > src/a")
    try start(scratch)
    #expect(try land(scratch).status == 0)
    let bench = scratch.path + ".worktrees/bench-1"
    try Data("mine\n".utf8).write(to: URL(fileURLWithPath: bench + "/build/c"))
    try scratch.bundle("ws-c", scope: ["src/b"], "echo two > src/b")
    try start(scratch)
    #expect(try land(scratch).status == 0)
    let last = try verdicts(scratch).last
    #expect(
      last?["cold"] as? String == "somebody changed what was built", "\(String(describing: last))")
    let whole = try String(contentsOfFile: bench + "/build/whole", encoding: .utf8)
    #expect(whole == "two\ntwo\none\n", "\(whole)")
  }

  /// One that another process works in is left alone; one whose process was killed is not trusted.
  @Test func aPlaceIsForOneAtATime() throws {
    let scratch = try project(gate: "make -s && test ! -e $TMPDIR/wait || exec sleep 60")
    try scratch.bundle("ws-a", scope: ["src/a"], "echo two > src/a")
    try start(scratch)
    let wait = URL(fileURLWithPath: (scratch.environment["TMPDIR"] ?? "") + "/wait")
    try Data().write(to: wait)
    let running = try scratch.direct(["integrate"])
    try scratch.wait("the gate") { built(scratch).count == 3 }
    let lock = scratch.path + "/.git/uet/locks/bench-1.lock"
    let other = try Scratch.start(
      "/usr/bin/flock", ["-n", lock, "true"], scratch.path, scratch.environment)
    #expect(other.finish().status == 1, "it is locked")
    running.signal(SIGKILL)
    _ = running.finish()
    try FileManager.default.removeItem(at: wait)
    try scratch.wait("the lock") {
      let lock = try? Scratch.start(
        "/usr/bin/flock", ["-n", lock, "true"], scratch.path, scratch.environment)
      return lock?.finish().status == 0
    }
    #expect(try land(scratch).status == 0)
    let last = try verdicts(scratch).last
    #expect(
      last?["cold"] as? String == "what was built last was cut short", "\(String(describing: last))"
    )
    #expect(built(scratch).count == 6, "\(built(scratch))")
  }

  /// The Makefile does not know that `b` reads `a` as well: only a clean place says that it is
  /// broken.
  @Test func whatLandsIsTestedInACleanPlaceWhereThatIsWanted() throws {
    let gate =
      "mkdir -p build; test -e build/ok || { ! grep -q bad src/* && touch build/ok; }"
    for (final, status) in [("", Int32(0)), (", final: cold", Int32(1))] {
      let scratch = try project(gate: gate, integration: final)
      for (name, text) in [("a", "two"), ("b", "bad")] {
        try scratch.bundle("ws-\(name)", scope: ["src/\(name)"], "echo \(text) > src/\(name)")
      }
      try start(scratch)
      let output = try land(scratch)
      #expect(output.status == status, "\(output)")
      #expect(scratch.read("src/b") == (status == 0 ? "bad\n" : "one\n"), "\(output)")
      #expect(scratch.read("src/a") == "two\n", "\(output)")
      let landed = try scratch.uet("events", "--json").text.split(separator: "\n")
        .filter { $0.contains("\"landed\"") }
      #expect(landed.last?.contains("\"clean\":true") == (status == 1), "\(landed)")
      #expect(try scratch.uet("verify").status == 0)
    }
  }

  @Test func aGateCanHaveItsPlaceCleanEachTime() throws {
    let scratch = try project(keep: "keep: [build], warm: false")
    for name in ["a", "b"] {
      try scratch.bundle("ws-\(name)", scope: ["src/\(name)"], "echo two > src/\(name)")
    }
    try start(scratch)
    #expect(try land(scratch).status == 0)
    #expect(built(scratch).count == 6, "\(built(scratch))")
    #expect(try verdicts(scratch).allSatisfy { $0["warm"] == nil })
  }
}
