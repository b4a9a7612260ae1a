import Foundation
import Testing

@Suite("Trust")
struct TrustTests {
  /// A repository with a gate and a workstream, of which nothing is trusted.
  private static func scratch() throws -> Scratch {
    let scratch = try Scratch(variables: ["GIT_CONFIG_COUNT": "2"])
    try scratch.write(".uet/config.yaml", configuration(gate: "test -e a.txt"))
    try scratch.bundle(
      "ws-a", scope: ["a.txt"], extra: "test_gates: [{type: GATE_UNIT}]", "echo one > a.txt")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=work")
    return scratch
  }

  private static func configuration(gate: String, workers: Int = 2) -> String {
    """
    version: 1
    run: {workers: \(workers)}
    gates:
      GATE_UNIT: {command: "\(gate)"}
    integration: {gates: [GATE_UNIT]}

    """
  }

  private static func runs(of scratch: Scratch) throws -> String {
    try scratch.git("for-each-ref", "refs/uet/runs")
  }

  @Test("what nobody has looked at does not run, and is shown whole")
  func untrusted() throws {
    let scratch = try Self.scratch()
    let refused = try scratch.uet("run")
    #expect(refused.status == 3, "\(refused)")
    #expect(refused.errors.contains("test -e a.txt"), "\(refused)")
    #expect(refused.errors.contains("echo one > a.txt"), "\(refused)")
    #expect(refused.errors.contains("git uet trust"), "\(refused)")
    #expect(try Self.runs(of: scratch).isEmpty)
    #expect(try scratch.uet("run", "--dry-run").status == 0)
    // Nobody can be asked here.
    #expect(try scratch.uet("trust").status == 3)
    #expect(try scratch.uet("run").status == 3)
    #expect(try scratch.uet("trust", "--yes").status == 0)
    let run = try scratch.uet("run")
    #expect(run.status == 0, "\(run)")
  }

  @Test("a change of what runs has to be looked at; a change of anything else has not")
  func changes() throws {
    let scratch = try Self.scratch()
    #expect(try scratch.uet("trust", "--yes").status == 0)
    try scratch.write(".uet/config.yaml", Self.configuration(gate: "test -e a.txt", workers: 3))
    #expect(try scratch.uet("run").status == 0)
    try scratch.write(".uet/config.yaml", Self.configuration(gate: "true", workers: 3))
    let refused = try scratch.uet("run")
    #expect(refused.status == 3, "\(refused)")
    #expect(refused.errors.contains("- gates.GATE_UNIT.command  test -e a.txt"), "\(refused)")
    #expect(refused.errors.contains("+ gates.GATE_UNIT.command  true"), "\(refused)")
    #expect(!refused.errors.contains("echo one"), "\(refused)")
    // A check that is gone is a change as well.
    try scratch.write(".uet/config.yaml", "version: 1\n")
    let without = try scratch.uet("trust", "--diff")
    #expect(without.status == 3, "\(without)")
    #expect(without.text.contains("- gates.GATE_UNIT.command"), "\(without)")
    // What was trusted once is trusted again.
    try scratch.write(".uet/config.yaml", Self.configuration(gate: "test -e a.txt"))
    try scratch.bundle("ws-a", scope: ["a.txt"], "echo two > a.txt")
    #expect(try scratch.uet("run").status == 3)
    try scratch.bundle(
      "ws-a", scope: ["a.txt"], extra: "test_gates: [{type: GATE_UNIT}]", "echo one > a.txt")
    #expect(try scratch.uet("run").status == 0)
  }

  @Test("trust is for what was shown, and not for what took its place")
  func digest() throws {
    let scratch = try Self.scratch()
    let shown = try scratch.uet("trust", "--json")
    let document = try JSONSerialization.jsonObject(with: Data(shown.text.utf8))
    let digest = try #require((document as? [String: Any])?["digest"] as? String)
    try scratch.bundle("ws-a", scope: ["a.txt"], "echo evil > a.txt")
    let late = try scratch.uet("trust", digest)
    #expect(late.status == 3 && late.errors.contains("nothing was trusted"), "\(late)")
    #expect(try scratch.uet("run").status == 3)
    try scratch.git("checkout", "--quiet", "workstreams")
    #expect(try scratch.uet("trust", digest).status == 0)
    #expect(try scratch.uet("run").status == 0)
  }

  @Test("what changes while the question stands is not trusted")
  func question() throws {
    let scratch = try Self.scratch()
    let terminal = try PseudoTerminal(
      [Scratch.binaries.appendingPathComponent("git-uet").path, "trust"], in: scratch.path,
      environment: scratch.environment)
    try terminal.wait("the question") { $0.contains("let it run? [y/N]") }
    try scratch.bundle("ws-a", scope: ["a.txt"], "echo evil > a.txt")
    terminal.type("y\n")
    #expect(try terminal.finish() >> 8 == 3, "\(terminal.output)")
    #expect(terminal.output.contains("have changed since they were shown"), "\(terminal.output)")
    #expect(try scratch.uet("run").status == 3)
  }

  @Test("trust is one clone's, and goes when it is revoked")
  func clone() throws {
    let scratch = try Self.scratch()
    #expect(try scratch.uet("trust", "--yes").status == 0)
    let other = scratch.root.appendingPathComponent("other").path
    try scratch.git("clone", "--quiet", scratch.path, other)
    let refused = try scratch.uet("run", in: other)
    #expect(refused.status == 3, "\(refused)")
    // What can be written by whoever made the repository says nothing.
    try scratch.git("-C", other, "config", "uet.trust", "always")
    #expect(try scratch.uet("run", in: other).status == 3)
    #expect(try scratch.uet("trust", "--revoke").text.contains("nothing is trusted any more"))
    #expect(try scratch.uet("run").status == 3)
  }

  @Test("a folder of the user's own configuration, and --trust, which the record keeps")
  func always() throws {
    let scratch = try Self.scratch()
    let run = try scratch.uet("run", "--trust")
    #expect(run.status == 0, "\(run)")
    let chain = "refs/uet/runs/\(try scratch.onlyRun())/main"
    let first = try scratch.git("log", "--format=%H", "--grep=^run started$", chain)
    let root = try scratch.git("show", "\(first):run.json")
    #expect(root.contains("\"trust\": \"--trust\""), "\(root)")
    #expect(try scratch.uet("run").status == 3)
    try scratch.git("config", "--global", "uet.trust", scratch.root.path)
    #expect(try scratch.uet("run").status == 0)
    try scratch.git("config", "--global", "uet.trust", scratch.root.path + "/pro")
    #expect(try scratch.uet("run").status == 3)
  }

  @Test("a candidate's own settings do not judge it")
  func candidate() throws {
    let scratch = try Self.scratch()
    try scratch.bundle(
      "ws-b", scope: [".uet/**", "b.txt"],
      "echo two > b.txt; sed -i 's/test -e a.txt/true/' .uet/config.yaml")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=more")
    #expect(try scratch.uet("trust", "--yes").status == 0)
    #expect(try scratch.uet("run", "ws-b").status == 0)
    let red = try scratch.uet("integrate")
    #expect(red.status == 1 && red.text.contains("GATE_UNIT"), "\(red)")
    // Landed by hand, it is to be looked at before it judges.
    let run = try scratch.onlyRun()
    try scratch.git("merge", "--quiet", "uet/\(run)/ws-b")
    #expect(try scratch.uet("run").status == 3)
  }

  @Test("a worker cannot trust")
  func worker() throws {
    let scratch = try Self.scratch()
    try scratch.bundle(
      "ws-a", scope: ["a.txt"],
      "echo one > a.txt; cd '\(scratch.path)'; git uet trust --yes > \"$TMPDIR/said\" 2>&1; true")
    let run = try scratch.uet("run", "--trust")
    #expect(run.status == 0, "\(run)")
    #expect(scratch.kept("said").contains("a worker must not"), "\(scratch.kept("said"))")
    #expect(try scratch.uet("run").status == 3)
  }

  @Test("branches that no run made are judged by gates that are trusted")
  func branches() throws {
    let scratch = try Self.scratch()
    try scratch.git("switch", "--quiet", "--create", "topic")
    try scratch.write("c.txt", "three\n")
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=three")
    try scratch.git("switch", "--quiet", "main")
    let refused = try scratch.uet("integrate", "--branch", "topic")
    #expect(refused.status == 3 && refused.errors.contains("test -e a.txt"), "\(refused)")
    #expect(try Self.runs(of: scratch).isEmpty)
    let judged = try scratch.uet("integrate", "--branch", "topic", "--trust")
    #expect(judged.status == 1, "\(judged)")
  }

  @Test("what init has written needs no second look")
  func initialised() throws {
    let scratch = try Scratch(variables: ["GIT_CONFIG_COUNT": "2"])
    #expect(try scratch.uet("init").status == 0)
    try scratch.git("add", "--all")
    try scratch.git("commit", "--quiet", "--message=init")
    let run = try scratch.uet("run")
    #expect(run.status == 0, "\(run)")
    try scratch.bundle("ws-b", scope: ["b.txt"], "echo two > b.txt")
    #expect(try scratch.uet("run").status == 3)
  }
}
