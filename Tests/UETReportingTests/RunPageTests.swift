import Foundation
import Testing
import UETModel
import UETPlanning

@testable import UETReporting

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct RunPageTests {
  private func page(_ names: [String], reason: String = "") throws -> String {
    let run = RunID(startedAt: Timestamp(seconds: 0), salt: 1)
    var timeline = RunTimeline(run, tracking: true)
    var (time, seq) = (0.0, 0)
    func tell(_ fact: Fact, _ name: String? = nil) {
      seq += 1
      time += 10
      let draft = EventDraft(fact, workstream: name.flatMap { WorkstreamID($0) }, attempt: 1)
      let at = Timestamp(seconds: 1000).advanced(bySeconds: time)
      timeline.take(Event(draft, seq: seq, writer: "main", at: at) { _ in .zero })
    }
    let entries = names.map { name in
      Told<Fact.PlanEntry> { ($0.id, $0.after) = (WorkstreamID(name), []) }
    }
    tell(.runStarted(.init { $0.workstreams = entries }))
    for name in names {
      tell(.taskAssigned(.init()), name)
      tell(.usageRecorded(.init { $0.costUSD = 1.5 }), name)
      tell(.taskCompleted(.init()), name)
      tell(.candidateQueued(.init()), name)
    }
    timeline.end(live: nil)
    let metrics = RunMetrics(
      timeline, RunState(run: run),
      planned: Dictionary(
        uniqueKeysWithValues: names.compactMap { WorkstreamID($0) }.map {
          ($0, RunMetrics.Slot(start: 0, end: 50))
        }))
    return RunPage(
      metrics, timeline, summary: [reason],
      sections: [ReportSection(title: reason, head: ["", "n"], rows: [[reason, "1"]])]
    ).html
  }

  /// The pictures of the page, each parsed as XML.
  private func pictures(_ page: String) throws -> [XMLDocument] {
    try page.components(separatedBy: "<svg").dropFirst().map { part in
      let text = "<svg" + (part.components(separatedBy: "</svg>").first ?? "") + "</svg>"
      return try XMLDocument(xmlString: text)
    }
  }

  @Test func itHasAllPicturesAndNeedsNothingElse() throws {
    let page = try page(["ws-a", "ws-b"])
    for title in ["Who did what when", "Spent", "Candidates in the queue"] {
      #expect(page.contains("<h2>\(title)</h2>"), "\(title)")
    }
    #expect(!page.contains("<script") && !page.contains("http") && !page.contains("url("))
    // What heeds no rules in a picture draws it all the same.
    let shapes = page.components(separatedBy: "<rect class=\"u-").dropFirst()
    #expect(shapes.count >= 8 && shapes.allSatisfy { $0.prefix(40).contains("\" fill=\"#") })
    #expect(page.contains("$3.0000") && page.contains("class=\"plan\""), "\(page)")
    let pictures = try pictures(page)
    #expect(pictures.count >= 4)
    let bars = try pictures.flatMap { try $0.nodes(forXPath: "//rect") }
    for case let bar as XMLElement in bars {
      let width = Double(bar.attribute(forName: "width")?.stringValue ?? "") ?? -1
      let x = Double(bar.attribute(forName: "x")?.stringValue ?? "0") ?? -1
      #expect(width >= 0 && x >= 0 && x + width <= 1001, "\(bar)")
    }
  }

  @Test func nothingThatOthersWroteIsMarkup() throws {
    let evil = "<img src=x onerror=alert(1)>\"'&</title><script>\u{1B}[31m\u{202E}"
    let page = try page(["ws-a"], reason: evil)
    #expect(!page.contains("<img") && !page.contains("<script"))
    #expect(!page.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
    #expect(page.contains("&lt;img src=x"))
    _ = try pictures(page)
  }

  @Test func manyWorkstreamsHaveTheLongestDrawn() throws {
    let page = try page((0..<300).map { "ws-\($0)" })
    #expect(page.contains("The longest 200 of 300."))
    #expect(page.utf8.count < 600_000, "\(page.utf8.count)")
  }

  @Test func marksAreWhatPeopleCountIn() {
    func marks(_ seconds: Double) -> [String] {
      TimeAxis(seconds: seconds, from: 0, to: 800).marks().map(DurationText.words)
    }
    #expect(marks(9) == ["0", "2 s", "4 s", "6 s", "8 s"])
    #expect(marks(600) == ["0", "2 min", "4 min", "6 min", "8 min", "10 min"])
    #expect(marks(45_000).prefix(3) == ["0", "2 h", "4 h"])
    #expect(marks(0.4) == ["0", "0.1 s", "0.2 s", "0.3 s", "0.4 s"])
    #expect(marks(1e9).count <= 10)
    #expect(DurationText.words(44_700) == "12 h 25 min" && DurationText.words(90) == "1 min 30 s")
    #expect(DurationText.words(187_200) == "2 d 4 h" && DurationText.words(1e300) != "")
  }
}
