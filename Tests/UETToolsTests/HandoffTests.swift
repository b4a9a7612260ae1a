import Testing
import UETModel
import UETTestSupport
import UETTools

/// Put together, so that they are not taken for marks of this file.
private let todo = "TO" + "DO"
private let fixme = "FIX" + "ME"

@Suite struct HandoffTests {
  private static let said = """
    I have changed the parser.

    ```
    **HANDOFF**
    Summary: the parser reads `//` comments
    Decisions:
    - kept the old lexer, since
      two tools use it
    * no new dependency
    ## Interfaces:
    1. `func parse(_ text: String) throws -> Tree` in a.swift
    constraints: none
    Open points:
    - errors have no columns: see below
    END HANDOFF
    ```
    Good bye.
    """

  @Test func theFormOfAnAgentIsRead() throws {
    let handoff = try #require(HandoffForm.handoff(in: Self.said))
    #expect(handoff.writer == .agent && handoff.summary == "the parser reads `//` comments")
    #expect(
      handoff[.decisions] == ["kept the old lexer, since two tools use it", "no new dependency"])
    #expect(handoff[.interfaces] == ["`func parse(_ text: String) throws -> Tree` in a.swift"])
    #expect(handoff[.constraints].isEmpty)
    #expect(handoff[.open] == ["errors have no columns: see below"])
    #expect(Handoff(json: handoff.json) == handoff)
  }

  @Test(arguments: [
    "", "HANDOFF", "HANDOFF\nEND HANDOFF", "HANDOFF\ndecisions:\n- none\nopen: n/a\n",
    "no form at all", "HANDOFF\nwords without a part\n", "end handoff\nHANDOFF",
  ])
  func whatSaysNothingIsNone(_ text: String) { #expect(HandoffForm.handoff(in: text) == nil) }

  /// The request itself, quoted back, is a form as well; the last one counts.
  @Test func theLastFormCounts() throws {
    let text =
      HandoffForm.request.joined(separator: "\n") + "\nHANDOFF\r\nsummary: the real one\r\n"
    #expect(HandoffForm.handoff(in: text)?.summary == "the real one")
  }

  @Test func whatAnAgentWritesIsTamed() throws {
    let long = String(repeating: "é", count: 5000)
    let many = (0..<500).map { "- item \($0)" }.joined(separator: "\n")
    let text =
      "HANDOFF\nsummary: a\u{1B}[31mred\u{202E}\u{7}\ndecisions:\n- \(long)\nopen:\n\(many)"
    let handoff = try #require(HandoffForm.handoff(in: text))
    #expect(handoff.summary == "a[31mred")
    #expect(handoff[.decisions][0].utf8.count <= 403)
    #expect(handoff[.open].count == 100 && handoff.omitted[.open] == 400)
  }

  @Test func declarationsAreKnownByTheKindOfFile() {
    func changes(_ path: String, _ old: String, _ new: String) -> [String]? {
      Declarations(path: path)?.changes(from: old, to: new)
    }
    #expect(
      changes(
        "a.swift", "func a() {\n}\nprivate func c() {}\n", "  public func b(x: Int) -> Int {\n}\n")
        == ["+ public func b(x: Int) -> Int", "- func a()"])
    #expect(
      changes("a/b.py", "def f(x):\n", "async def f(x, y):\n    def g(self): pass\nx = 1\n")
        == ["+ async def f(x, y)", "+ def g(self): pass", "- def f(x)"])
    #expect(
      changes("a.ts", "", "export interface A {\nconst b = 1\nexport default function f() {\n")
        == ["+ export interface A", "+ export default function f()"])
    #expect(
      changes("x.rs", "", "pub fn a() -> u8 {\nfn b() {}\npub(crate) struct C;\n")
        == ["+ pub fn a() -> u8", "+ pub(crate) struct C"])
    #expect(
      changes(
        "x.h", "#define A 1\n", "int f(int a);\nstatic struct s *q;\n  return (x);\n#define A 2\n")
        == ["+ int f(int a)", "+ #define A 2", "- #define A 1"])
    #expect(changes("x.go", "", "func (s *S) Do() error {\ntype T struct {\n")?.count == 2)
    #expect(changes("x.sql", "", "CREATE TABLE t (a int);\n") == ["+ CREATE TABLE t (a int)"])
    // What moved has not changed.
    #expect(changes("a.swift", "func a()\nfunc b()\n", "func b()\nfunc a()\n") == [])
    #expect(changes("notes.txt", "", "func a()") == nil)
    #expect(Declarations(path: ".swift/x") == nil)
  }

  @Test func oneIsDerivedFromWhatChanged() {
    let handoff = Handoff.derived(
      [
        .init(
          path: "a.py", isNew: false, isGone: false, old: "# \(todo): old\n",
          new: "# \(todo): old\ndef f():\n  pass /* \(fixme)(x) slow */\nTODOS = 1\n"),
        .init(path: "gone", isNew: false, isGone: true, old: "x", new: nil),
        .init(path: "new.bin", isNew: true, isGone: false, old: nil, new: nil),
      ], subjects: ["use a heap", ""], printed: "1\n2\n\n3 passed\n4\n")
    #expect(handoff[.files] == ["changed a.py", "removed gone", "added new.bin"])
    #expect(handoff[.interfaces] == ["a.py: + def f()"])
    #expect(handoff[.open] == ["a.py: \(fixme)(x) slow"])
    #expect(handoff[.decisions] == ["use a heap"])
    #expect(handoff[.words] == ["2", "3 passed", "4"])
  }

  @Test func anAgentsWordsAreCompletedByWhatChanged() throws {
    let derived = Handoff.derived(
      [
        .init(
          path: "a.go", isNew: true, isGone: false, old: nil, new: "func F() {\n// \(todo): x\n")
      ],
      subjects: ["s"], printed: "p")
    var said = Handoff(.agent, summary: "done")
    said[.files] = ["invented.go"]
    said[.open] = ["the other thing"]
    let whole = said.completed(by: derived)
    #expect(whole.writer == .agent && whole[.files] == ["added a.go"])
    #expect(whole[.interfaces] == ["a.go: + func F()"] && whole[.open] == ["the other thing"])
    #expect(whole[.decisions].isEmpty && whole[.words].isEmpty)
  }

  private func random(_ generator: inout SeededGenerator) -> Handoff {
    var handoff = Handoff(.derived, summary: Bool.random(using: &generator) ? "what was done" : nil)
    for part in Handoff.Part.allCases {
      handoff[part] = (0..<Int.random(in: 0...60, using: &generator)).map { index in
        "\(part) \(index) " + String(repeating: "x", count: .random(in: 0...300, using: &generator))
      }
    }
    return handoff
  }

  @Test func whateverItSaysItFits() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let whole = random(&generator)
      let tokens = Int.random(in: 0...2500, using: &generator)
      let fitted = whole.fitting(tokens: tokens)
      let text = fitted.lines.joined(separator: "\n")
      // Names of parts and what says that more was left out come on top: a few lines.
      #expect(TokenEstimate.tokens(of: text) <= tokens + 80, "seed \(seed)")
      for part in Handoff.Part.allCases {
        #expect(whole[part].starts(with: fitted[part]), "seed \(seed)")
        #expect(
          fitted[part].count + (fitted.omitted[part] ?? 0) == whole[part].count, "seed \(seed)")
      }
      #expect(fitted.fitting(tokens: tokens) == fitted, "seed \(seed)")
      #expect(Handoff(json: fitted.json) == fitted, "seed \(seed)")
    }
    var generator2 = SeededGenerator(seed: seed)
    let recorded = random(&generator2).fitting(tokens: Handoff.mostTokens)
    #expect(TokenEstimate.tokens(of: recorded.lines.joined(separator: "\n")) < 2000)
  }

  @Test func severalShareTheRoomTheNearestFirst() {
    let seed = UInt64.random(in: 0 ... .max)
    var generator = SeededGenerator(seed: seed)
    for count in [0, 1, 3, 40, 200] {
      let all = (0..<count).map { _ in random(&generator) }
      let shown = Handoff.sharing(all, tokens: 2000)
      #expect(shown.count <= count && (count == 0 || !shown.isEmpty), "seed \(seed)")
      let total = shown.reduce(0) {
        $0 + TokenEstimate.tokens(of: $1.lines.joined(separator: "\n"))
      }
      #expect(total <= 2000 + 80 * shown.count && shown.count <= 34, "seed \(seed)")
    }
    // What a short one leaves goes to the long one behind it.
    let short = Handoff(.agent, summary: "s")
    let long = random(&generator)
    let shown = Handoff.sharing([short, long], tokens: 1000)
    #expect(shown.count == 2 && shown[0] == short)
    let size = TokenEstimate.tokens(of: shown[1].lines.joined(separator: "\n"))
    #expect(shown[1] == long || size > 700, "seed \(seed)")
    #expect(Handoff.sharing([long], tokens: 10).isEmpty)
  }

  @Test func aPhaseHasOneMadeOfItsParts() {
    var one = Handoff(.agent, summary: "the parser")
    one[.interfaces] = ["f()", "g()"]
    one[.files] = ["changed a"]
    var two = Handoff(.derived)
    two[.interfaces] = ["h()"]
    two[.files] = ["changed a", "added b"]
    two[.words] = ["ok"]
    let merged = Handoff.merging([("ws-a", one), ("ws-b", two)], summary: "phase 'x': 2 of 2")
    #expect(merged.writer == .derived && merged.summary == "phase 'x': 2 of 2")
    #expect(merged[.decisions] == ["ws-a: the parser"])
    #expect(merged[.interfaces] == ["ws-a: f()", "ws-b: h()", "ws-a: g()"])
    #expect(merged[.files] == ["changed a", "added b"] && merged[.words].isEmpty)
  }
}
