import Testing
import UETModel

@testable import UETPlanning

/// What is found of work that could be planned and not done.
@Suite struct WorkCheckTests {
  private func load(_ tool: String, tasks: String = "[t]", extra: String = "") -> LoadedBundles {
    let text =
      "id: ws-a\nfiles_scope: [a]\ntasks: \(tasks)\ntool: \(tool)\n\(extra)\n"
    return BundleLoader.load([BundleFile(path: "a.yaml", bytes: Array(text.utf8))])
  }

  private func configuration(_ command: [String]) -> Configuration {
    var configuration = Configuration()
    var tool = Configuration.Tool(.command)
    tool.command = .arguments(command)
    configuration.tools["own"] = tool
    return configuration
  }

  @Test func aShellWorkstreamNeedsACommand() {
    let found = load("shell").checkWork(Configuration(), severity: .error)
    #expect(found.map(\.code) == ["no_command"])
    #expect(found.first?.description.hasPrefix("a.yaml:4:7: tool 'shell'") == true)
    #expect(
      load("shell", extra: "command: make").checkWork(Configuration(), severity: .error) == [])
    #expect(
      load("claude").checkWork(Configuration(), severity: .error) == [], "an agent needs none")
  }

  @Test(arguments: ["[]", "[\"\"]", "[\" \", \"\\n\"]"]) func tasksSaySomething(tasks: String) {
    let found = load("claude", tasks: tasks).checkWork(Configuration(), severity: .warning)
    #expect(found.map(\.code) == ["no_tasks"])
    #expect(found.first?.description.hasPrefix("a.yaml:3:8: warning: ") == true)
  }

  @Test(arguments: [
    (["x", "{promptfile}"], ["{promptfile}"]), (["x", "--task={prompt}"], ["{prompt}"]),
    (["sh", "-c", "x < {prompt_fle}"], ["{prompt_fle}"]),
    (["sh", "-c", "awk '{print}' < {prompt_file}; echo ${model}"], []),
    (["x", "{prompt_file}", "{workstream}-{model}", "{}", "{\"a\": 1}"], []),
  ])
  func placeholdersAreKnown(command: [String], unknown: [String]) {
    let found = load("own").checkWork(configuration(command), severity: .error)
    #expect(found.count == unknown.count)
    for (diagnostic, word) in zip(found, unknown) {
      #expect(diagnostic.code == "unknown_placeholder" && diagnostic.message.contains(word))
    }
  }

  @Test func programsAreLookedFor() {
    let missing = load("own").checkPrograms(configuration(["x", "y"])) { _ in false }
    #expect(missing.map(\.code) == ["program_not_found"] && !missing.hasErrors)
    #expect(load("own").checkPrograms(configuration(["x"])) { $0 == "x" } == [])
    #expect(load("own").checkPrograms(configuration(["./x"])) { _ in false } == [])
    let path = load("own", extra: "env: {PATH: /elsewhere}")
    #expect(path.checkPrograms(configuration(["x"])) { _ in false } == [])
    let bundle = load("shell", extra: "command: [x, y]")
    #expect(bundle.checkPrograms(Configuration()) { _ in false }.count == 1)
    // An agent program is called by its name where no entry says otherwise.
    let agent = load("claude").checkPrograms(Configuration()) { _ in false }
    #expect(
      agent.map(\.message) == ["the program 'claude' of tool 'claude' is not found on the PATH"])
    #expect(load("claude").checkPrograms(Configuration()) { $0 == "claude" } == [])
    var elsewhere = Configuration()
    elsewhere.run.executors = ["slurm"]
    #expect(load("claude").checkPrograms(elsewhere) { _ in false } == [])
  }
}
