import Foundation
import Testing
import UETModel

@testable import UETPlanning

/// Wrong fields: every one of a file is named at once.
@Suite struct FieldErrorTests {
  @Test(arguments: cases) func lines(of example: BundleCase) {
    #expect(example.found == example.lines)
  }

  @Test func scopeProblemsAreNamedAtTheirEntry() {
    let patterns = ["src", "../x", "/abs", "a\u{0}b", ".git/x", "", "docs/**"]
    let list = patterns.map { JSONValue.string($0) }
    let object: JSONValue = [
      "id": "ws-a", "files_scope": ["reads": .array(list)], "tasks": [], "tool": "x",
    ]
    let file = BundleFile(path: "a.json", bytes: Array(object.encoded().utf8))
    let found = BundleLoader.load([file]).diagnostics
    let wrong = patterns.indices.filter { (try? ScopePattern(patterns[$0])) == nil }
    #expect(found.map(\.place.pointer) == wrong.map { "/files_scope/reads/\($0)" })
    #expect(found.allSatisfy { $0.code == "invalid_scope" })
  }

  @Test func aGateThatIsAWordIsShownAsAnObject() {
    let yaml = "id: ws-a\nfiles_scope: [a]\ntasks: [t]\ntool: x\ntest_gates: [GATE_UNIT]\n"
    let json =
      #"{"id":"ws-a","files_scope":["a"],"tasks":["t"],"tool":"x","test_gates":"GATE_UNIT"}"#
    #expect(hints("a.yaml", yaml) == ["write {type: GATE_UNIT}"])
    #expect(hints("a.json", json) == [#"write [{"type": "GATE_UNIT"}]"#])
  }

  @Test(arguments: [
    "tasks: [mend: it]", "tasks: [true]", "tasks:\n- #12 mend it", "tasks: [1.5]",
    "command: echo a: b", "model: @x", "files_scope: [*.c]", "files_scope: [{a,b}/x]",
    "files_scope: [src/[a-z].c]", "files_scope:\n- {a,b}/x", "command: \"a\" && b",
    "model: &", "files_scope: [**/x]",
  ])
  func whatNeedsQuotesIsSaidSo(field: String) {
    let found = hints("a.yaml", "id: ws-a\n\(field)\n")
    #expect(found.contains { $0.contains("quote it") }, "\(field): \(found)")
  }

  private func hints(_ path: String, _ text: String) -> [String] {
    BundleLoader.load([BundleFile(path: path, bytes: Array(text.utf8))]).diagnostics
      .compactMap(\.hint)
  }

  @Test func endlessProblemsAreCutOff() {
    let text = "[" + (0..<1_500).map { "{\"x\($0)\": 1}" }.joined(separator: ",\n") + "]"
    let found = BundleLoader.load([
      BundleFile(path: "a.json", bytes: Array(text.utf8)),
      BundleFile(path: "b.json", bytes: Array("{".utf8)),
    ])
    #expect(found.diagnostics.count == 1_002)
    #expect(found.diagnostics.count { $0.code == "too_many_problems" } == 1)
    #expect(found.diagnostics.last?.place.file == "b.json")
    #expect(found.workstreams.isEmpty)
  }

  @Test func largeFilesAreRead() {
    let count = ProcessInfo.processInfo.environment["UET_LONG"] == "1" ? 40_000 : 1_000
    let work = (0..<count).map { number -> JSONValue in
      [
        "id": .string("ws-\(number)"), "files_scope": [.string("src/\(number)/")], "tool": "x",
        "tasks": [.string(String(repeating: "do it ", count: 30))],
        "depends_on": number == 0 ? [] : [.string("ws-\(number - 1)")],
      ]
    }
    var bytes = Array(JSONValue.array(work).encoded(.pretty).utf8)
    let loaded = BundleLoader.load([BundleFile(path: "a.json", bytes: bytes)])
    #expect(loaded.diagnostics == [])
    #expect(loaded.workstreams.count == count)
    bytes.removeLast(200)
    let cut = BundleLoader.load([BundleFile(path: "a.json", bytes: bytes)])
    #expect(cut.diagnostics.map(\.code) == ["truncated"])
  }

  static let cases: [BundleCase] = [
    BundleCase(
      "a.json", "﻿{\"id\":\"ws-a\",\"files_scope\":[\"a\"],\"tasks\":[\"t\"],\"tool\":\"x\"}",
      [
        "[byte_order_mark] a.json:1:1: warning: the file starts with a byte order mark, which is ignored"
      ]),
    BundleCase(
      "a.json",
      "{\"id\":\"ws-a\",\"files_scope\":[\"a\"],\"tasks\":[\"t\"],\"tool\":\"x\",\"id\":\"ws-b\"}",
      [
        "[duplicate_key] a.json:1:59: key \'id\' appears twice; the first is on line 1 (/id)"
      ]),
    BundleCase(
      "a.json",
      "{\"id\":\"ws-a\",\"files_scope\":[\"a\"],\"tasks\":[\"t\"],\"tool\":\"x\",\"metadata\":{\"x\":{\"y\":1,\"y\":2}}}",
      [
        "[duplicate_key] a.json:1:82: key \'y\' appears twice; the first is on line 1 (/metadata/x/y)"
      ]),
    BundleCase(
      "a.json",
      "{\"id\":\"ws-a\",\"files_scope\":[\"a\"],\"tasks\":[\"t\"],\"tool\":\"x\",\"task\":1, \"depends\":[], \"\\u001b[31m\": 1}",
      [
        "[unknown_field] a.json:1:59: unknown field \'task\'; did you mean \'tasks\'? (/task)",
        "[unknown_field] a.json:1:69: unknown field \'depends\' (/depends)",
        "[unknown_field] a.json:1:83: unknown field \'\\u{1b}[31m\' (/\\u{1b}[31m)",
      ]),
    BundleCase(
      "a.json",
      "{\"id\":\"ws-a\",\"files_scope\":[\"a\"],\"tasks\":[\"t\"],\"tool\":\"x\",\"depends_on\":[\"ws-a\",\"ws-b\",\"ws-*\",\"Foo\",1]}",
      [
        "[self_dependency] a.json:1:73: \'ws-a\' depends on itself (/depends_on/0)",
        "[missing_dependency] a.json:1:80: \'ws-a\' depends on \'ws-b\', which no file declares (/depends_on/1)",
        "[missing_dependency] a.json:1:87: no other workstream matches \'ws-*\' (/depends_on/2)",
        "[invalid_id] a.json:1:94: \'Foo\' is neither a workstream id nor a pattern of ids such as \'ws-*\' (/depends_on/3)",
        "[wrong_type] a.json:1:100: each entry of \'depends_on\' must be a string, not a number (/depends_on/4)",
      ]),
    BundleCase(
      "a.json", "{\"id\":\"WS-1\",\"files_scope\":[],\"tasks\":\"x\",\"tool\":\"\"}",
      [
        "[invalid_id] a.json:1:7: \'WS-1\' is no workstream id (/id)",
        "[invalid_value] a.json:1:28: \'files_scope\' must name at least one path (/files_scope)",
        "[wrong_type] a.json:1:39: \'tasks\' must be a list, not a string (/tasks)",
        "[invalid_value] a.json:1:50: \'tool\' must not be empty (/tool)",
      ]),
    BundleCase(
      "a.json",
      "{\"id\":\"ws-a\",\"files_scope\":[\"a\"],\"tasks\":[\"t\"],\"tool\":\"x\",\"timeout\":\"1x\",\"estimated_duration\":0,\"kind\":\"desgin\",\"parallel_ok\":\"yes\",\"max_cost_usd\":-1,\"env\":{\"1A\":\"x\",\"UET_X\":\"y\",\"P\":1}}",
      [
        "[invalid_value] a.json:1:69: \'timeout\' is no duration (/timeout)",
        "[invalid_value] a.json:1:95: \'estimated_duration\' must be more than 0 (/estimated_duration)",
        "[invalid_value] a.json:1:104: \'kind\' must be one of \'design\', \'impl\', \'test\', \'docs\', \'infra\', \'refactor\', \'background\', \'spike\', \'integration\', not \'desgin\'; did you mean \'design\'? (/kind)",
        "[wrong_type] a.json:1:127: \'parallel_ok\' must be true or false, not a string (/parallel_ok)",
        "[invalid_value] a.json:1:148: \'max_cost_usd\' must be 0 or more (/max_cost_usd)",
        "[invalid_value] a.json:1:158: \'1A\' is no name of a variable (/env/1A)",
        "[invalid_value] a.json:1:167: \'UET_X\' is set by git-uet itself (/env/UET_X)",
        "[wrong_type] a.json:1:183: \'P\' must be a string, not a number (/env/P)",
      ]),
    BundleCase(
      "a.json",
      "{\"id\":\"ws-a\",\"files_scope\":[\"a\"],\"tasks\":[\"t\"],\"tool\":\"x\",\"circuit_breaker\":{\"max_attempts\":0,\"max_atempts\":1.5,\"max_error_repeats\":1.5},\"test_gates\":[{\"type\":\"G\",\"blocking\":1},{},3],\"command\":[],\"metadata\":{\"estimated_effort_hours\":\"lots\"}}",
      [
        "[invalid_value] a.json:1:93: \'max_attempts\' must be 1 or more (/circuit_breaker/max_attempts)",
        "[unknown_field] a.json:1:95: unknown field \'max_atempts\'; did you mean \'max_attempts\'? (/circuit_breaker/max_atempts)",
        "[wrong_type] a.json:1:133: \'max_error_repeats\' must be a whole number, not 1.5 (/circuit_breaker/max_error_repeats)",
        "[wrong_type] a.json:1:175: \'blocking\' must be true or false, not a number (/test_gates/0/blocking)",
        "[missing_field] a.json:1:178: required field \'type\' is missing (/test_gates/1)",
        "[wrong_type] a.json:1:181: each entry of \'test_gates\' must be an object, not a number (/test_gates/2)",
        "[invalid_value] a.json:1:194: \'command\' must not be empty (/command)",
        "[effort_not_understood] a.json:1:234: warning: \'estimated_effort_hours\' is neither a number nor a range such as \"10-14\" (/metadata/estimated_effort_hours)",
      ]),
    BundleCase(
      "a.yaml",
      "é: ü\nid: ws-é\nfiles_scope: no\ntasks: [yes, 010]\ntool: 1\nparallel_ok: no\nestimated_context_tokens: 010\n",
      [
        "[unknown_field] a.yaml:1:1: unknown field \'é\' (/é)",
        "[invalid_id] a.yaml:2:5: \'ws-é\' is no workstream id (/id)",
        "[wrong_type] a.yaml:3:14: \'files_scope\' must be a list of patterns, not a string (/files_scope)",
        "[wrong_type] a.yaml:5:7: \'tool\' must be a string, not a number (/tool)",
        "[wrong_type] a.yaml:6:14: \'parallel_ok\' must be true or false, not a string (/parallel_ok)",
        "[wrong_type] a.yaml:7:27: \'estimated_context_tokens\' must be a whole number, not a string (/estimated_context_tokens)",
      ]),
    BundleCase(
      "a.yaml",
      "phase: p\nworkstreams:\n- {id: ws-a, files_scope: [a], tasks: [], tool: x, depends_on: [ws-ab]}\n- {id: ws-abb, files_scope: [a], tasks: [], tool: x, depends_on: [ws-a]}\nrollback_order: [ws-a, ws-a, ws-c]\nbudget: 1\n",
      [
        "[missing_dependency] a.yaml:3:65: \'ws-a\' depends on \'ws-ab\', which no file declares; did you mean \'ws-abb\'? (/workstreams/0/depends_on/0)",
        "[invalid_value] a.yaml:5:24: \'ws-a\' is named twice (/rollback_order/1)",
        "[unknown_workstream] a.yaml:5:30: \'ws-c\' is no workstream of this phase; did you mean \'ws-a\'? (/rollback_order/2)",
        "[unknown_field] a.yaml:6:1: unknown field \'budget\' (/budget)",
      ]),
  ]
}
