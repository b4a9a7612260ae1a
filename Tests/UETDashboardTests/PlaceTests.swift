import Testing
import UETModel

@testable import UETDashboard

@Suite struct PlaceTests {
  private static let run = RunID("20261130-220729-2bbb")
  private static let other = RunID("20261130-220729-2bbc")

  private func place(_ target: String) -> Place? {
    Place(WebRequest(method: "GET", target: target, fields: [:]))
  }

  @Test func addressesLeadBack() throws {
    let run = try #require(Self.run)
    let id = try #require(WorkstreamID("ws-news"))
    var query = Place.RunQuery()
    query.phase = "größe & <b>+ \"x\"/?#%"
    query.words = "a b"
    query.state = .rolledBack
    query.page = 7
    let places: [Place] = [
      .runs, .run(run), .run(run, query), .workstream(run, id), .reviews(run), .plan(),
      .workstream(run, id, .log, attempt: 3), .workstream(run, id, .diff),
      .compare(run, Self.other),
      .compare(nil, nil), .plan(phase: "a/b"), .news(run), .news(nil), .act(run), .style, .script,
      .icon,
    ]
    for each in places {
      #expect(place(each.path) == each, "\(each.path)")
      #expect(each.path.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") })
    }
  }

  @Test(arguments: [
    "", "x", "/runs", "/runs/", "/runs/x", "/runs/20261130-220729-2bbb/", "/../etc/passwd",
    "/runs/20261130-220729-2bbb/WS-a", "/runs/20261130-220729-2bbb/ws-a/news/x",
    "/runs/20261130-220729-2bbb/ws-a/..", "//evil.example", "/runs/%2e%2e", "/style.css/x",
  ])
  func whatIsNoneOfOursIsNothing(_ target: String) {
    #expect(place(target) == nil)
  }

  @Test func brokenQueriesAreEmpty() {
    let fields = FormFields("a=%ff&b=%zz&c=1&c=2&d&=e&f=a%2Bb+c")
    #expect(fields["a"] == nil && fields["b"] == "%zz" && fields["c"] == "1" && fields["d"] == nil)
    #expect(fields.all("c") == ["1", "2"] && fields["f"] == "a+b c")
  }
}
