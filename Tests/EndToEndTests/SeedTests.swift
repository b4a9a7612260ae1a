import Foundation
import Testing

/// Worktrees of attempts that begin with what gates built elsewhere.
@Suite struct SeedTests {
  /// A project whose build names its own place in all that it makes, and does not work in another;
  /// each step that runs is counted.
  private static let makefile = """
    HERE := $(shell pwd)
    PARTS = $(patsubst src/%,build/%,$(wildcard src/*))
    all: build/whole
    \tgrep -q . build/whole && ! grep -q bad build/whole
    \tfor part in $(PARTS); do grep -qx "from $(HERE)" $$part || exit 1; done
    build/whole: $(PARTS)
    \tcat $(PARTS) > $@
    build/%: src/%
    \tmkdir -p build; echo $* >> $$TMPDIR/built; { cat $<; echo from $(HERE); } > $@

    """

  /// One whose build would be good anywhere.
  private static let portable = makefile.replacingOccurrences(of: "$(shell pwd)", with: "anywhere")

  private func project(
    _ makefile: String = SeedTests.makefile, run: String = "", gate: String = ""
  ) throws -> Scratch {
    let scratch = try Scratch()
    for number in 0..<6 { try scratch.write("src/u\(number)", "one\n") }
    try scratch.write("Makefile", makefile)
    try scratch.write(".gitignore", "build/\n")
    try scratch.write(
      ".uet/config.yaml",
      """
      run: {workers: 2\(run)}
      retry: {max_attempts: 1}
      gates:
        GATE: {command: [make, -s], keep: [build]\(gate)}
      integration: {target: main, gates: [GATE]}

      """)
    return scratch
  }

  private func add(
    _ scratch: Scratch, _ number: Int, _ command: String, after: [Int] = [], also: [String] = []
  ) throws {
    try scratch.bundle(
      "ws-\(number)", scope: ["src/u\(number)"] + also, after: after.map { "ws-\($0)" },
      extra: "test_gates: [{type: GATE}]", command)
  }

  private func start(_ scratch: Scratch) throws -> Scratch.Output {
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=project")
    return try scratch.uet("run")
  }

  private func built(_ scratch: Scratch) -> [String] {
    scratch.kept("built").split(separator: "\n").map(String.init)
  }

  private func ends(_ scratch: Scratch) throws -> [[String: Any]] {
    try scratch.uet("events", "--json").text.split(separator: "\n").compactMap { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      guard let type = object?["type"] as? String, ["gate_passed", "gate_failed"].contains(type)
      else { return nil }
      return (object?["data"] as? [String: Any])?.merging(["type": type]) { $1 }
    }
  }

  /// Six parts once, one more for each workstream, and as many again in the queue.
  @Test(arguments: ["own", "slots"])
  func attemptsBuildWhatTheyChange(_ mode: String) async throws {
    let scratch = try project(run: ", mode: \(mode)")
    for number in 0..<4 { try add(scratch, number, "echo two > src/u\(number)") }
    let output = try start(scratch)
    #expect(output.status == 0, "\(output)")
    #expect(built(scratch).count == 6 + 4, "\(built(scratch))")
    let base = try scratch.git("rev-parse", "main^{tree}")
    let ends = try ends(scratch)
    #expect(ends.count == 4 && ends.allSatisfy { $0["warm"] as? String == base }, "\(ends)")
    // Nothing stands where they all saw their worktree.
    let place = scratch.path + ".worktrees/worktree"
    #expect(try FileManager.default.contentsOfDirectory(atPath: place).isEmpty)
    let landed = try scratch.uet("integrate", "--land", "main", "--update-checkout")
    #expect(landed.status == 0, "\(landed)")
    // Two places, neither of which builds from nothing.
    #expect(built(scratch).count < 10 + 2 * 4, "\(built(scratch))")
    #expect(try scratch.uet("verify").status == 0)
    let shown = try scratch.uet("worktrees").text
    #expect(shown.contains("bench-1") && !shown.contains(".worktrees/worktree"), "\(shown)")
  }

  @Test func whereEachIsSeenAtItsOwnPathOnlyWhatIsGoodAnywhereIsBrought() throws {
    for (makefile, count) in [(Self.makefile, 6 + 2 * 6), (Self.portable, 6 + 2)] {
      let scratch = try project(makefile, run: ", same_path: off")
      for number in 0..<2 { try add(scratch, number, "echo two > src/u\(number)") }
      let output = try start(scratch)
      #expect(output.status == 0, "\(output)")
      #expect(built(scratch).count == count, "\(built(scratch))")
      let isTold = output.errors.contains("what GATE built is not used elsewhere: 'build/")
      #expect(isTold == (makefile == Self.makefile), "\(output.errors)")
      #expect(
        !FileManager.default.fileExists(atPath: scratch.path + ".worktrees/worktree"))
    }
  }

  /// What is gone is still in what was built from it.
  @Test func whatIsGoneOrNewIsBuiltFromNothing() throws {
    let gate = "test \"$$(grep -c from build/whole)\" = \"$$(ls src | wc -l)\""
    let scratch = try project(
      Self.makefile.replacingOccurrences(
        of: "all: build/whole", with: "all: build/whole\n\t\(gate)"))
    try add(scratch, 0, "rm src/u0")
    try add(scratch, 1, "echo new > src/new", after: [0], also: ["src/new"])
    let output = try start(scratch)
    #expect(output.status == 0, "\(output)")
    let reasons = try ends(scratch).map { $0["cold"] as? String ?? "-" }
    #expect(
      reasons.allSatisfy { $0 == "'src/u0' is gone" || $0 == "'src/new' is new" }, "\(reasons)")
    #expect(reasons.count == 2 && built(scratch).count == 6 + 5 + 6, "\(built(scratch))")
  }

  @Test func whatLeadsToTheUsersCheckoutIsNotUsedAgain() throws {
    let makefile = Self.portable.replacingOccurrences(
      of: "echo from",
      with: "git rev-parse --git-common-dir | xargs dirname > build/origin; echo from")
    let scratch = try project(makefile)
    for number in 0..<2 { try add(scratch, number, "echo two > src/u\(number)") }
    let output = try start(scratch)
    #expect(output.status == 0, "\(output)")
    #expect(output.errors.contains("GATE builds anew each time"), "\(output)")
    #expect(output.errors.contains("(in 'build/origin')"), "\(output)")
    #expect(built(scratch).count == 6 + 2 * 6, "\(built(scratch))")
  }

  @Test func redIsSaidInACleanPlace() throws {
    let scratch = try project()
    try add(scratch, 0, "echo bad > src/u0")
    let output = try start(scratch)
    #expect(output.status != 0, "\(output)")
    let red = try ends(scratch).filter { $0["type"] as? String == "gate_failed" }
    try #require(!red.isEmpty)
    #expect(red.allSatisfy { $0["warm"] == nil && $0["again"] as? Bool == true }, "\(red)")
  }

  @Test func theBaseIsNamedWhereItIsRedItself() throws {
    let scratch = try project()
    try scratch.write("src/u5", "bad\n")
    try add(scratch, 0, "echo two > src/u0")
    let output = try start(scratch)
    #expect(output.errors.contains("GATE is red on the base itself"), "\(output)")
  }

  /// Nothing that a worker made is given to another, and what it built itself is its own affair.
  @Test func whatAWorkerBuiltStaysItsOwn() throws {
    let scratch = try project()
    try add(
      scratch, 0, "mkdir -p build && echo forged > build/u3 && touch -d 2100-01-01 build/u3")
    try add(scratch, 1, "echo two > src/u1", after: [0])
    let output = try start(scratch)
    #expect(output.status != 0, "\(output)")
    let bench = scratch.path + ".worktrees/bench-1/build/u3"
    #expect(try String(contentsOfFile: bench, encoding: .utf8).hasPrefix("one\n"))
  }

  @Test func oneThatRequiresWhatIsNotToBeHadIsTold() throws {
    let scratch = try project(run: ", same_path: require")
    try add(scratch, 0, "echo two > src/u0")
    let place = scratch.path + ".worktrees/worktree"
    try FileManager.default.createDirectory(
      atPath: place, withIntermediateDirectories: true)
    try Data("mine\n".utf8).write(to: URL(fileURLWithPath: place + "/file"))
    let output = try start(scratch)
    #expect(output.status == 3, "\(output)")
    #expect(output.errors.contains("is no empty folder") && output.errors.contains("hint:"))
    #expect(try String(contentsOfFile: place + "/file", encoding: .utf8) == "mine\n")
  }

  /// A crash while a bench is being built leaves nothing that is taken for built.
  @Test func aKilledBuildIsBegunAnew() throws {
    let scratch = try project(
      Self.makefile.replacingOccurrences(
        of: "\tcat $(PARTS) > $@",
        with: "\ttest ! -e $$TMPDIR/wait || exec sleep 60; cat $(PARTS) > $@"
      ))
    try add(scratch, 0, "echo two > src/u0")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=project")
    let wait = URL(fileURLWithPath: (scratch.environment["TMPDIR"] ?? "") + "/wait")
    try Data().write(to: wait)
    let running = try scratch.direct(["run"])
    try scratch.wait("the build") { built(scratch).count == 6 }
    running.signal(SIGKILL)
    _ = running.finish()
    try FileManager.default.removeItem(at: wait)
    let output = try scratch.uet("resume")
    #expect(output.status == 0, "\(output)")
    #expect(built(scratch).count == 6 + 6 + 1, "\(built(scratch))")
  }
}
