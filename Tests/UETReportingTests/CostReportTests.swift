import Testing
import UETLedger
import UETModel
import UETReporting
import UETTestSupport

@Suite struct CostReportTests {
  static let run = RunID(startedAt: Timestamp(seconds: 1_700_000_000), after: [])

  static func total(
    _ name: String, _ attempt: Int, model: String?, output: Int, cost: Double? = nil
  ) -> CostTotal {
    var total = CostTotal(run: run)
    total.workstream = WorkstreamID(name)
    (total.attempt, total.model, total.reports) = (attempt, model, 1)
    (total.inputTokens, total.outputTokens) = (10 * output, output)
    total.unpriced = cost == nil ? 1 : 0
    (total.costUSD, total.leastUSD) = (cost ?? 0, cost ?? 0)
    return total
  }

  static let totals = [
    total("ws-a", 1, model: "m,1", output: 5, cost: 0.25),
    total("ws-a", 2, model: "m,1", output: 7, cost: 0.5),
    total("ws-b", 1, model: nil, output: 9),
  ]

  @Test(arguments: [
    (CostGrouping.workstream, ["ws-a", "ws-b"]), (.step, ["ws-a.2", "ws-a.1", "ws-b.1"]),
    (.model, ["m,1", nil]), (.tool, ["shell", nil]), (.worker, [nil]), (.phase, [nil]),
  ])
  func theDearestStandsFirst(grouping: CostGrouping, names: [String?]) throws {
    let id = try #require(WorkstreamID("ws-a"))
    let report = CostReport(
      Self.run, by: grouping, adding: Self.totals, planned: [id: work("a", writes: ["a"])])
    #expect(report.lines.map(\.name) == names)
    #expect(report.total.outputTokens == 21 && report.total.costUSD == 0.75)
  }

  @Test func columnsStandBelowEachOther() {
    let table = CostReport(Self.run, by: .model, adding: Self.totals).table
    #expect(
      table == [
        "                reports  input  cached  output     cost  unpriced",
        "  m,1                 2    120       0      12  $0.7500         0",
        "  (none named)        1     90       0       9        -         1",
        "  total               3    210       0      21  $0.7500         1",
      ])
  }

  @Test func whatIsUnknownIsNoNumber() {
    let report = CostReport(Self.run, by: .model, adding: Self.totals)
    #expect(report.csv.dropFirst() == ["\"m,1\",2,0,120,0,12,0.75,0.75", ",1,1,90,0,9,,"])
    let lines = report.json["lines"]?.array ?? []
    #expect(lines.first?["cost_usd"] == 0.75 && lines.last?["cost_usd"] == nil)
    #expect(lines.last?["name"] == .null && report.json["by"] == "model")
  }
}
