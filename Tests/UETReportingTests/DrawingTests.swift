import Foundation
import Testing
import UETModel
import UETPlanning
import UETTestSupport

@testable import UETReporting

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct DrawingTests {
  static func evil() -> Plan {
    let path = "docs/<script>\"'&\u{1B}"
    return Planner.plan(
      workstreams: [
        work("a", writes: [path]), work("b", writes: [path]),
        work("c", writes: ["c"], group: "<g>"),
        work("d", writes: ["d"], group: "<g>"),
      ],
      dependencies: [[], [], [0], [1]])
  }

  @Test func svgIsWellFormedWhateverThePatterns() {
    for plan in [Self.evil(), PlanReportTests.plan(3), PlanReportTests.plan(5)] {
      let svg = PlanReport(plan).svg()
      #expect(XMLParser(data: Data(svg.utf8)).parse())
      #expect(!svg.contains("<script>"))
    }
  }

  @Test func pageNeedsNothingElse() {
    let html = PlanReport(Self.evil()).html()
    #expect(!html.contains("docs/<script>"))
    #expect(!html.contains("src=") && !html.contains("href=") && !html.contains("url("))
    #expect(html.contains("docs/&lt;script&gt;&quot;&#39;&amp;\\u{1b}"))
  }

  @Test func graphsNameEachDependency() {
    let plan = Self.evil()
    #expect(PlanReport(plan).mermaid().contains("n0 --> n2"))
    #expect(PlanReport(plan).dot().contains("\"ws-b\" -> \"ws-d\""))
  }

  @Test func emptyAndLargePlansAreDrawn() {
    let empty = PlanReport(Planner.plan(workstreams: [], dependencies: []))
    #expect(empty.svg().hasSuffix("</svg>\n") && empty.html().hasSuffix("</html>\n"))
    let list = (0..<400).map { work("\(1000 + $0)", writes: ["f\($0)"]) }
    let large = PlanReport(
      Planner.plan(workstreams: list, dependencies: list.map { _ in [] }))
    #expect(large.svg().contains("worker 4") && !large.html().contains(">Dependencies<"))
  }

  @Test func manyAreFoldedByPhase() {
    func page(_ count: Int, phases: [String?]) -> String {
      let list = (0..<count).map { number in
        var work = work("\(1000 + number)", writes: ["f\(number)"])
        work.phase = phases[number % phases.count]
        return work
      }
      return PlanReport(Planner.plan(workstreams: list, dependencies: list.map { _ in [] })).html()
    }
    let folded = page(300, phases: ["one", "<two>", nil])
    #expect(folded.components(separatedBy: "<details class=\"phase\">").count == 4)
    #expect(folded.contains("<summary>&lt;two&gt;: 100 workstreams, ") && !folded.contains("<two>"))
    #expect(folded.contains("<summary>without a phase: 100 workstreams"))
    // Each has its bar, and a field to choose by.
    #expect(folded.components(separatedBy: "data-k=\"bar\"").count == 301)
    #expect(folded.contains("<input id=\"filter\""))
    for plain in [page(300, phases: [nil]), page(50, phases: ["one", "two"])] {
      #expect(!plain.contains("<details"))
    }
    #expect(page(300, phases: ["one"]).contains("<summary>one: 300 workstreams"))
  }

  /// Phases may wait for each other; the picture has lines both ways then.
  @Test func foldedPicturesShowWhatPhasesWaitFor() {
    let list = (0..<62).map { number in
      var work = work("\(1000 + number)", writes: ["f\(number)"])
      work.phase = ["<one>", "two"][number / 31]
      return work
    }
    var needs = [[Int]](repeating: [], count: 62)
    (needs[50], needs[51], needs[3]) = ([1, 2], [2], [60])
    let report = PlanReport(Planner.plan(workstreams: list, dependencies: needs))
    let svg = report.svg()
    #expect(XMLParser(data: Data(svg.utf8)).parse())
    #expect(svg.contains("3 dependencies on &lt;one&gt;") && svg.contains("1 dependency on two"))
    #expect(svg.components(separatedBy: "data-k=\"bar\"").count == 63)
    #expect(svg.components(separatedBy: "class=\"edge\" d=").count == 4)
    let html = report.html()
    #expect(html.contains("<summary>All dependencies</summary>"))
    #expect(html.contains("data-a=\"60\" data-b=\"3\""))
  }

  /// Where no duration is known steps are counted; names are cut where they are alike.
  @Test func axesHaveUnitsAndNamesKeepTheirEnds() {
    let name = "a-name-that-is-longer-than-any-room-for-it-0"
    let list = (1...3).map { work("\(name)\($0)", writes: ["f"]) }
    let svg = PlanReport(Planner.plan(workstreams: list, dependencies: [[], [], []])).svg()
    #expect(svg.contains(">1 step</text>") && svg.contains(">3 steps</text>"), "\(svg)")
    for number in 1...3 { #expect(svg.contains("room-for-it-0\(number)</text>"), "\(svg)") }
    #expect(svg.contains("decides how long all takes"))
  }
}
