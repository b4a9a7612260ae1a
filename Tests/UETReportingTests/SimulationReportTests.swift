import Testing
import UETModel
import UETPlanning
import UETReporting
import UETTestSupport

@Suite struct SimulationReportTests {
  @Test func reportsAreWellFormed() throws {
    let list = ["a", "b", "c"].map { work($0, writes: [$0], hours: 2) }
    let plan = Planner.plan(workstreams: list, dependencies: [[], [], []])
    let result = Simulation(plan, SimulationOptions(workers: [1, 2], trials: 5)).run()
    let report = SimulationReport(result)
    #expect(report.json()["rows"]?.array?.count == 2)
    #expect(report.text().contains("assumed: "))
    #expect(report.text().contains("more than 2 workers may help still"))
    #expect(report.svg().hasSuffix("</svg>\n"))
    let page = report.html()
    #expect(
      page.hasSuffix("</html>\n") && page.contains("<td>2</td>") && page.contains("<polyline"))
    #expect(!page.contains("src=") && !page.contains("href=") && !page.contains("..</p>"))
    let empty = Simulation(
      Planner.plan(workstreams: [], dependencies: []), SimulationOptions(workers: [], trials: 1)
    ).run()
    #expect(SimulationReport(empty).text().contains("1 trials"))
    #expect(SimulationReport(empty).html().hasSuffix("</html>\n"))
  }
}
