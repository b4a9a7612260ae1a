import Testing
import UETModel

@testable import UETPlanning

/// YAML whose anchors, aliases and merge keys are used, and abused.
@Suite(.timeLimit(.minutes(1))) struct YAMLBoundsTests {
  private func load(_ text: String) -> Document {
    Document(SourceText(path: "a.yaml", bytes: Array(text.utf8)))
  }

  private func json(_ text: String) -> String? { load(text).root?.json.encoded() }

  private func code(_ text: String) -> String? { load(text).diagnostics.first?.code }

  @Test(arguments: [
    ("a: &x [1, 2]\nb: *x\n", #"{"a":[1,2],"b":[1,2]}"#),
    ("a: &x {p: 1, q: 2}\nb: {<<: *x, q: 3}\n", #"{"a":{"p":1,"q":2},"b":{"q":3,"p":1}}"#),
    (
      "a: &x {p: 1}\nb: &y {p: 2, r: 3}\nc: {<<: [*x, *y]}\n",
      #"{"a":{"p":1},"b":{"p":2,"r":3},"c":{"p":1,"r":3}}"#
    ),
    ("\"<<\": 1\n", #"{"<<":1}"#),
    (
      "a: no\nb: 010\nc: 0o10\nd: 0x1F\ne: 1_000\nf: 1:30\ng: 2026-01-01\nh: .5\ni: 1e3\nj: -0\n",
      #"{"a":"no","b":"010","c":8,"d":31,"e":"1_000","f":"1:30","g":"2026-01-01","h":0.5,"i":1000.0,"#
        + #""j":0}"#
    ),
    (
      "a: ~\nb:\nc: Null\nd: TRUE\ne: 'true'\nf: !!str 1\ng: !!float 1\nh: .inf\ni: +5\nj: '1'\n",
      #"{"a":null,"b":null,"c":null,"d":true,"e":"true","f":"1","g":1.0,"h":".inf","i":5,"j":"1"}"#
    ),
    ("1: a\ntrue: b\nno: c\n", #"{"1":"a","true":"b","no":"c"}"#),
    ("a: |\n  x\n  y\nb: >-\n  x\n  y\n", #"{"a":"x\ny\n","b":"x y"}"#),
    ("99999999999999999999: 99999999999999999999\n", #"{"99999999999999999999":1e+20}"#),
  ])
  func means(text: String, value: String) { #expect(json(text) == value) }

  @Test(arguments: [
    ("a: {<<: 1}\n", "invalid_yaml"), ("a: !!int x\n", "yaml_tag"), ("a: !mine x\n", "yaml_tag"),
    ("!!set {a, b}\n", "yaml_tag"), ("a: *b\n", "invalid_yaml"), ("a: &a [*a]\n", "invalid_yaml"),
    ("a: &a x\n*a : 1\nb: {*a : 1, *a : 2}\n", "duplicate_key"),
  ])
  func refuses(text: String, code wanted: String) { #expect(code(text) == wanted) }

  /// Ten lists, each nine times the one before: a billion values in a few lines.
  private static let bomb: String = {
    var text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
    for level in 1...9 {
      let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
      text += "a\(level): &a\(level) [\(aliases)]\n"
    }
    return text
  }()

  @Test func repeatedValuesAreBounded() { #expect(code(Self.bomb) == "yaml_too_complex") }

  @Test(arguments: ["? *a9\n: x\n", "b: {[*a9]: x}\n", "b: {*a9 : x}\n", "*a9 : x\n"])
  func hugeKeysAreRefusedUnread(key: String) {
    #expect(code(Self.bomb + key) == "yaml_too_complex")
  }

  @Test func chainsOfAnchorsCostNoStack() {
    var text = "- &a0 [x]\n"
    for level in 1...5_000 { text += "- &a\(level) [[[[*a\(level - 1)]]]]\n" }
    #expect(code(text) == "yaml_too_complex")
    #expect(code(text + "  - broken: [") == "yaml_too_complex")
  }

  @Test func manyUsesOfAFewAnchorsAreFine() throws {
    var text = "- &d {tool: x, tasks: [], files_scope: [a]}\n"
    for number in 0..<5_000 { text += "- {<<: *d, id: ws-\(number)}\n" }
    let root = try #require(load(text).root)
    guard case .array(let items) = root.value else { return #expect(Bool(false)) }
    #expect(items.count == 5_001)
    #expect(items[5_000]["tool"]?.json == "x")
  }

  @Test func anchorsBesideScriptsAreNoFalseAlarm() {
    let text = "a: &x 1\nb: *x\nc: |\n  for f in *.c; do [ -f $f ] ? x : y; done & wait && *x\n"
    #expect(load(text).diagnostics == [])
  }

  @Test(arguments: ["[", "{a: ", "- ", "? "]) func nestingIsBounded(open: String) {
    #expect(load(String(repeating: open, count: 10_000)).root == nil)
    #expect(load(String(repeating: open, count: 900) + "x").root == nil)
  }

  @Test func manyDirectivesAreRefused() {
    let text = (0..<5_000).map { "%TAG !a\($0)! tag:x\n" }.joined() + "--- x\n"
    #expect(code(text) == "yaml_too_complex")
    #expect(code("%TAG !a! tag:x\n--- x\n") == nil)
  }

  @Test func indentedNestingIsBounded() {
    let text = (0..<300).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(code(text) == "too_deep")
  }
}
