import Testing
import UETModel
import UETPlanning
import UETTestSupport

@testable import UETReporting

@Suite struct PlanReportTests {
  /// Up to 24 workstreams of the seed's, with scopes, groups and dependencies.
  static func plan(_ seed: UInt64) -> Plan {
    var random = SeededRandom(seed: seed)
    func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
    let paths = ["a", "a/b", "a/*", "b", "b/c", "c", "d", "e", "f", "{e,f}/x", "**/g"]
    let count = 1 + below(24)
    let list = (0..<count).map { index in
      work(
        "\(100 + index)",
        writes: (0..<below(3)).map { _ in paths[below(paths.count)] } + ["own/\(index)"],
        group: below(5) == 0 ? ["x", "y"][below(2)] : nil, parallel: below(20) > 0,
        background: below(10) == 0, hours: below(2) == 0 ? Double(1 + below(12)) / 2 : nil)
    }
    let dependencies = (0..<count).map { index in
      Set((0..<below(3)).compactMap { _ in index > 0 ? below(index) : nil }).sorted()
    }
    var options = PlanOptions(workers: 4)
    options.searchSteps = 50_000
    return Planner.plan(workstreams: list, dependencies: dependencies, options: options)
  }

  @Test func theSamePlanGivesTheSameBytes() {
    let (first, second) = (PlanReport(Self.plan(42)), PlanReport(Self.plan(42)))
    #expect(first.json().encoded() == second.json().encoded())
    #expect(first.text() == second.text())
  }

  @Test(arguments: [40, 60, 80, 120])
  func noLineIsLongerThanTheTerminal(width: Int) {
    for seed in 1...6 as ClosedRange<UInt64> {
      let report = PlanReport(Self.plan(seed))
      for unicode in [true, false] {
        let style = TextStyle(width: width, unicode: unicode)
        let texts =
          [report.text(style), report.summary(style)]
          + report.plan.workstreams.indices.map { report.explanation(of: $0, style) }
        for line in texts.joined().split(separator: "\n")
        where line.unicodeScalars.count > width {
          Issue.record("\(line.unicodeScalars.count) columns: \(line)")
        }
        if !unicode {
          #expect(texts.joined().unicodeScalars.allSatisfy { $0.isASCII })
        }
      }
    }
  }

  @Test func theSummaryIsOneScreen() {
    var brief = 0
    for seed in 1...40 as ClosedRange<UInt64> {
      let report = PlanReport(Self.plan(seed))
      for width in [80, 200] {
        let style = TextStyle(width: width)
        let (text, summary) = (report.text(style), report.summary(style))
        let warned = report.warnings(style)
        let lines = summary.split(separator: "\n", omittingEmptySubsequences: false).count - 1
        #expect(lines <= 24 + (warned.isEmpty ? 0 : warned.count + 1), "seed \(seed): \(summary)")
        #expect(summary.hasPrefix(warned.joined(separator: "\n")))
        if summary == text { continue }
        brief += 1
        #expect(summary.hasSuffix("all of it: git uet plan --long\n"))
        // The figures are the same.
        let figures = report.headline(style, withIdle: false)
        #expect(figures.allSatisfy { text.contains($0) && summary.contains($0) })
      }
    }
    #expect(brief > 20)
    let small = PlanReport(Planner.plan(workstreams: [work("a")], dependencies: [[]]))
    #expect(small.summary() == small.text())
  }

  @Test(arguments: [nil, 1, 100.5] as [Double?])
  func whoWorksAllTheTimeHasAFullBar(hours: Double?) {
    let works = [work("a", writes: ["x"], hours: hours), work("b", writes: ["x"], hours: hours)]
    let plan = Planner.plan(workstreams: works, dependencies: [[], []])
    let lines = GanttChart(plan, TextStyle(unicode: false), byWorker: true).lines()
    let head = "  worker 1   "
    let bar = lines.first { $0.hasPrefix(head) }?.dropFirst(head.count) ?? ""
    #expect(bar.count > 40 && bar.allSatisfy { $0 == "#" }, "\(lines)")
  }

  @Test func warningsHaveAPlaceAndStandFirst() {
    var (one, two) = (work("a", reads: ["docs"]), work("b", writes: ["docs/x"]))
    one.source = SourcePlace(file: "a.yaml", line: 3, column: 5)
    two.source = SourcePlace(file: "b.yaml")
    let plan = Planner.plan(workstreams: [one, two], dependencies: [[], []])
    let loading = Diagnostic(
      .warning, "x", SourcePlace(file: "c.yaml", line: 7), "odd", hint: "mend it")
    let lines = PlanReport(plan, loadWarnings: [loading]).text().split(separator: "\n")
    #expect(
      lines.prefix(3) == ["Warnings", "  c.yaml:7:1: warning: odd", "    hint: mend it"])
    #expect(lines.count > 3 && lines[3].hasPrefix("  a.yaml:3:5: warning: "), "\(lines)")
  }

  @Test func textOfOthersCannotDriveTheTerminal() {
    let evil = "docs/\u{1B}]0;\u{202E}x"
    let plan = Planner.plan(
      workstreams: [work("a", writes: [evil]), work("b", writes: [evil])],
      dependencies: [[], []])
    let text = PlanReport(plan).text()
    #expect(text.contains("docs/\\u{1b}]0;\\u{202e}x"))
    #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 || $0 == "\n" })
  }

  @Test func theObjectIsThatOfTheContract() throws {
    let plan = Planner.plan(
      workstreams: [work("a", writes: ["docs"]), work("b", writes: ["docs/x.md"])],
      dependencies: [[], []], options: PlanOptions(workers: 4))
    let json = PlanReport(plan).json()
    #expect(json["version"] == 1 && json["valid"] == true && json["count"] == 2)
    #expect(json["waves"] == [["ws-a"], ["ws-b"]])
    #expect(
      json["schedule"] == [
        ["id": "ws-a", "start": 0, "finish": 1, "worker": 1],
        ["id": "ws-b", "start": 1, "finish": 2, "worker": 1],
      ])
    let conflict = try #require(json["conflicts"]?.array?.first)
    #expect(conflict["a"] == "ws-a" && conflict["b"] == "ws-b" && conflict["reason"] == "scope")
    #expect(conflict["patterns"] == [["docs", "docs/x.md"]] && conflict["ordered"] == false)
    #expect(json["sequential"] == 2 && json["makespan"] == 2 && json["lower_bound"] == 2)
    #expect(json["optimal"] == true && json["speedup"] == 1.0 && json["unit"] == "units")
    #expect(try JSONValue(parsing: json.encoded()) == json)
  }

  @Test func anExplanationNamesWhatHoldsBack() {
    let plan = Planner.plan(
      workstreams: [
        work("a", writes: ["docs"], hours: 3), work("b", writes: ["docs/x.md"], hours: 1),
        work("c", writes: ["c"], hours: 2),
      ],
      dependencies: [[], [2], []], options: PlanOptions(workers: 2))
    let text = PlanReport(plan).explanation(of: 1)
    #expect(text.contains("ws-b would start at 3 h"))
    #expect(text.contains("ws-c ends at 2 h"))
    #expect(text.contains("ws-a is in conflict with it"))
    #expect(text.contains("'docs' and 'docs/x.md'"))
  }
}
