import Testing
import UETModel

@testable import UETPlanning

@Suite struct ResourceSettingTests {
  private func load(_ text: String) -> (Configuration, [String]) {
    let (configuration, diagnostics) = Configuration.load(Array(text.utf8), file: "config.yaml")
    return (configuration, diagnostics.map { "[\($0.code)] \($0)" })
  }

  @Test func amountsAreReadAndWrittenBack() throws {
    let (configuration, lines) = load(
      """
      run: {resources: {cpu: 7.5, memory: 4GB, seats: 2}}
      tools: {shell: {resources: {cpu: 2}}}
      gates: {G: {command: x, resources: {disk: 1.5GiB}}}
      """)
    #expect(lines == [])
    #expect(
      configuration.run.resources
        == Resources(["cpu": 7500, "memory": 4_000_000_000, "seats": 2]))
    #expect(configuration.tools["shell"]?.resources == Resources(["cpu": 2000]))
    #expect(configuration.gates["G"]?.resources == Resources(["disk": 1_610_612_736]))
    let (again, problems) = Configuration.load(configuration.encoded(), file: "config.yaml")
    #expect(again == configuration && problems.isEmpty)
  }

  @Test func whatIsNoAmountIsRefused() {
    let (_, lines) = load("run: {resources: {cpu: many, memory: 4 apples, Seats: 1, seats: 1.5}}\n")
    #expect(lines.count == 4, "\(lines)")
    #expect(lines.contains { $0.contains("'Seats' is no name of a resource") }, "\(lines)")
  }

  @Test func gitsConfigurationHasThemAsText() {
    let (configuration, diagnostics) = Configuration().applying(
      gitConfig: [("uet.run.resources", "cpu=2, memory=4GB gpu=1")])
    #expect(diagnostics.isEmpty)
    #expect(
      configuration.run.resources == Resources(["cpu": 2000, "memory": 4_000_000_000, "gpu": 1]))
    let (_, wrong) = Configuration().applying(gitConfig: [("uet.run.resources", "two cores")])
    #expect(wrong.hasErrors)
  }

  @Test func bundleNamesWhatItNeeds() throws {
    let text = """
      {id: ws-a, files_scope: [a], tasks: [t], tool: shell, command: make,
       resources: {cpu: 2, memory: 4GB, gpu: 1}}
      """
    let loaded = BundleLoader.load([BundleFile(path: "a.yaml", bytes: Array(text.utf8))])
    #expect(loaded.diagnostics.isEmpty)
    #expect(
      loaded.workstreams.first?.resources
        == Resources(["cpu": 2000, "memory": 4_000_000_000, "gpu": 1]))
  }
}
