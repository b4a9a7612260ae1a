import Testing
import UETModel

@testable import UETPlanning

/// What is checked across files.
@Suite struct LinkingTests {
  private func bundle(_ id: String, after: String = "", extra: String = "") -> String {
    let list = after.split(separator: " ").map { "\"\($0)\"" }.joined(separator: ", ")
    return """
      {"id": "\(id)", "files_scope": ["a"], "tasks": [], "tool": "shell"\(extra),
       "depends_on": [\(list)]}
      """
  }

  private func load(_ files: [(String, String)]) -> LoadedBundles {
    BundleLoader.load(files.map { BundleFile(path: $0.0, bytes: Array($0.1.utf8)) })
  }

  private func lines(_ files: [(String, String)]) -> [String] {
    load(files).diagnostics.map(\.description)
  }

  private func edges(_ loaded: LoadedBundles) -> [String] {
    zip(loaded.workstreams, loaded.dependencies).map { workstream, list in
      "\(workstream.id): " + list.map { loaded.workstreams[$0].id.rawValue }.joined(separator: " ")
    }
  }

  @Test func dependenciesAreResolvedSortedAndUnique() {
    let loaded = load([
      ("z.json", bundle("ws-c", after: "ws-b ws-a ws-b ws-?")), ("y.json", bundle("ws-a")),
      ("x.json", bundle("ws-b", after: "ws-a")), ("w.json", bundle("ws-end", after: "ws-* *-c")),
    ])
    #expect(loaded.diagnostics == [])
    #expect(
      edges(loaded) == ["ws-a: ", "ws-b: ws-a", "ws-c: ws-a ws-b", "ws-end: ws-a ws-b ws-c"])
  }

  @Test func duplicatesNameBothPlaces() {
    let found = load([
      ("b.json", bundle("ws-a", extra: #", "model": "second""#)), ("a.json", bundle("ws-a")),
      ("c.yaml", "- {id: ws-a, files_scope: [x], tasks: [], tool: t}\n"),
    ])
    #expect(
      found.diagnostics.map(\.description) == [
        "b.json:1:8: workstream 'ws-a' is declared twice; first in a.json:1:8 (/id)",
        "c.yaml:1:8: workstream 'ws-a' is declared twice; first in a.json:1:8 (/0/id)",
      ])
    #expect(found.workstreams.count == 1)
    #expect(found.workstreams[0].model == nil)
  }

  @Test func brokenFilesHideNothingAndCauseNothing() {
    let found = lines([
      ("a.json", bundle("ws-a", after: "ws-broken ws-gone ws-bad ws-bro*")),
      ("b.json", #"{"id": "ws-broken", "files_scope": ["#),
      ("c.yaml", "id: ws-broken-too\n\ttool: x\n"),
      ("d.json", bundle("ws-bad", extra: #", "bad": 1"#)),
      ("e.json", bundle("ws-e", after: "ws-broken-too")),
    ])
    #expect(
      found == [
        "a.json:2:30: 'ws-a' depends on 'ws-gone', which no file declares (/depends_on/1)",
        "b.json:1:37: the file ends where a value was expected",
        "c.yaml:2:1: a tab stands where YAML allows spaces only",
        "d.json:1:70: unknown field 'bad' (/bad)",
      ])
  }

  @Test func missingDependenciesNameTheNearest() {
    let found = lines([
      ("a.json", bundle("ws-03-refactor-core")), ("b.json", bundle("ws-04-refactor-gui")),
      ("c.json", bundle("ws-z", after: "ws-03 ws-04-refactor-giu ws-unlike ws-z x*")),
    ])
    let who = "'ws-z' depends on"
    #expect(
      found == [
        "c.json:2:17: \(who) 'ws-03', which no file declares; did you mean 'ws-03-refactor-core'?"
          + " (/depends_on/0)",
        "c.json:2:26: \(who) 'ws-04-refactor-giu', which no file declares; did you mean"
          + " 'ws-04-refactor-gui'? (/depends_on/1)",
        "c.json:2:48: \(who) 'ws-unlike', which no file declares (/depends_on/2)",
        "c.json:2:61: 'ws-z' depends on itself (/depends_on/3)",
        "c.json:2:69: no other workstream matches 'x*' (/depends_on/4)",
      ])
  }

  @Test func theShortestCycleIsShownWithTheFileOfEachEdge() {
    let found = load([
      ("a.json", bundle("ws-a", after: "ws-b")), ("b.json", bundle("ws-b", after: "ws-c")),
      ("c.json", bundle("ws-c", after: "ws-d")), ("d.json", bundle("ws-d", after: "ws-a ws-c")),
      ("e.json", bundle("ws-e", after: "ws-a")), ("p.json", bundle("ws-p", after: "ws-q*")),
      ("q.json", bundle("ws-q", after: "ws-p")),
    ])
    #expect(
      found.diagnostics.map(\.description) == [
        "c.json:2:17: 2 workstreams depend on one another: ws-c (c.json:2:17) -> ws-d"
          + " (d.json:2:25) -> ws-c (/depends_on/0)",
        "p.json:2:17: 2 workstreams depend on one another: ws-p (p.json:2:17) -> ws-q"
          + " (q.json:2:17) -> ws-p (/depends_on/0)",
      ])
    #expect(found.diagnostics[0].workstreams.map(\.rawValue) == ["ws-c", "ws-d"])
  }

  @Test func aRingOfManyCostsNoStack() throws {
    let count = 20_000
    let ring = (0..<count).map {
      ("f\($0).json", bundle("ws-\($0)", after: "ws-\(($0 + 1) % count)"))
    }
    let found = load(ring)
    #expect(found.diagnostics.count == 1)
    #expect(found.diagnostics[0].workstreams.count == count)
    #expect(found.diagnostics[0].message.utf8.count < 1_000)
    let chain = load(ring.dropLast() + [("last.json", bundle("ws-\(count - 1)"))])
    #expect(chain.diagnostics == [])
    #expect(chain.dependencies.map(\.count).reduce(0, +) == count - 1)
  }

  @Test func phases() throws {
    let text = """
      phase: build
      max_cost_usd: 20
      rollback_order: [ws-b, ws-a]
      metadata: {owner: me}
      workstreams:
        - {id: ws-b, files_scope: [b], tasks: [], tool: x, depends_on: [ws-a]}
        - {id: ws-a, files_scope: {reads: [c], writes: [a]}, tasks: [], tool: x}

      """
    let found = load([("p.yaml", text), ("q.yaml", "phase: build\nworkstreams: []\n")])
    #expect(
      found.diagnostics.map(\.description) == [
        "q.yaml:1:1: phase 'build' is declared twice; first in p.yaml:1:1",
        "q.yaml:1:1: warning: the file declares no workstream",
      ])
    let phase = try #require(found.phases.first)
    #expect(phase.workstreams.map(\.rawValue) == ["ws-b", "ws-a"])
    #expect(phase.rollbackOrder.map(\.rawValue) == ["ws-b", "ws-a"])
    #expect(phase.maxCostUSD == 20)
    #expect(found.workstreams.map(\.phase) == ["build", "build"])
    #expect(found.workstreams[0].source.pointer == "/workstreams/1")
    #expect(found.workstreams[0].scope.reads.map(\.text) == ["c"])
  }

  @Test func theOrderOfTheFilesDoesNotMatter() {
    var random = SplitMix(seed: 11)
    let files: [(String, String)] = (0..<60).map { number in
      let others = (0..<3).map { _ in "ws-\(Int.random(in: 0..<66, using: &random))" }
      let isBroken = number % 7 == 0
      return (
        "d/f\(number).json",
        isBroken
          ? "{\"id\": \"ws-\(number)\""
          : bundle("ws-\(number % 50)", after: others.joined(separator: " "))
      )
    }
    let first = load(files)
    #expect(first.diagnostics.count > 20)
    for _ in 0..<20 {
      let again = load(files.shuffled(using: &random))
      #expect(again.diagnostics == first.diagnostics)
      #expect(again.workstreams == first.workstreams)
      #expect(again.dependencies == first.dependencies)
    }
  }

  @Test func toolsAndGatesAreCheckedAgainstTheConfiguration() {
    let gates = #", "test_gates": [{"type": "GATE_UNT"}, {"type": "X", "command": "true"}]"#
    let found = load([
      ("a.json", bundle("ws-a", extra: gates)),
      ("b.json", bundle("ws-b").replacing("\"shell\"", with: "\"shel\"")),
    ])
    var configuration = Configuration()
    configuration.gates["GATE_UNIT"] = Configuration.Gate(.script("true"))
    #expect(found.diagnostics == [])
    #expect(
      found.check(configuration, severity: .warning).map(\.description) == [
        "a.json:1:92: warning: gate 'GATE_UNT' has no command; did you mean 'GATE_UNIT'?"
          + " (/test_gates/0/type)",
        "b.json:1:59: warning: unknown tool 'shel'; did you mean 'shell'? (/tool)",
      ])
    #expect(found.check(configuration, severity: .error).errors.count == 2)
  }

  @Test(arguments: [
    ("ws-*", "ws-a", true), ("*", "ws-a", true), ("ws-?", "ws-ab", false),
    ("ws-a*b*c", "ws-abbc", true),
    ("ws-a*b*c", "ws-abb", false), ("*-x", "ws-y-x", true), ("ws-**", "ws-q", true),
    ("?s-a", "ws-a", true),
  ])
  func patternsOfIDs(pattern: String, id: String, matches: Bool) throws {
    let pattern = try #require(IDPattern(pattern))
    #expect(pattern.matches(try #require(WorkstreamID(id))) == matches)
  }

  @Test func namesOfBundles() {
    let entries = [
      "b.json", "a.yml", ".hidden.json", "README.md", "c.yaml", "B.json", "x.json~", ".json",
      "archive",
      "#x.yaml#",
    ]
    #expect(BundleFile.names(among: entries) == ["B.json", "a.yml", "b.json", "c.yaml"])
  }
}
