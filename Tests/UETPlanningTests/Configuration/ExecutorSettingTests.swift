import Testing
import UETModel

@testable import UETPlanning

@Suite struct ExecutorSettingTests {
  private func load(_ text: String) -> (Configuration, [String]) {
    let (configuration, diagnostics) = Configuration.load(Array(text.utf8), file: "config.yaml")
    return (configuration, diagnostics.map(\.description))
  }

  private static let text = """
    run: {executor: big}
    tools: {shell: {executor: local}}
    gates: {G: {command: x, executor: slurm}, H: {command: y}}
    executors:
      big: {kind: slurm, partition: long, account: a, time: 2h, options: [--qos=low],
        wrapper: [apptainer, exec, image.sif], remote: "ssh://host/r.git", folder: /scratch,
        program: /opt/git-uet, jobs: 200, poll: 5s, heartbeat: 1m, pass_env: [HTTPS_PROXY]}
      sge:
        submit: "qsub -terse {script}"
        status: [qstat]
        cancel: [qdel, "{ids}"]
        id: "{id}."
        columns: {state: 5, name: 3}
        states: {qw: waiting, Eqw: held, r: running}
      here: {kind: processes}
    """

  @Test func readAndWrittenBack() throws {
    let (configuration, lines) = load(Self.text)
    #expect(lines == [])
    let big = try #require(configuration.executors["big"])
    #expect(big.kind == .slurm && big.partition == "long" && big.account == "a")
    #expect(big.time == 7200 && big.options == ["--qos=low"] && big.jobs == 200)
    #expect(big.wrapper == ["apptainer", "exec", "image.sif"] && big.remote == "ssh://host/r.git")
    #expect(big.folder == "/scratch" && big.program == "/opt/git-uet")
    #expect(big.poll == 5 && big.heartbeat == 60 && big.passedVariables == ["HTTPS_PROXY"])
    let sge = try #require(configuration.executors["sge"])
    #expect(sge.kind == .command && sge.submit == .script("qsub -terse {script}"))
    #expect(sge.status == .arguments(["qstat"]) && sge.cancel == .arguments(["qdel", "{ids}"]))
    #expect(sge.id == "{id}." && sge.columns == [.id: 1, .state: 5, .name: 3])
    #expect(sge.states == ["qw": .waiting, "Eqw": .held, "r": .running])
    #expect(configuration.executors["here"]?.kind == .processes)
    let (again, problems) = Configuration.load(configuration.encoded(), file: "config.yaml")
    #expect(again == configuration && problems.isEmpty)
  }

  @Test func whoRunsWhere() throws {
    let (configuration, _) = load(Self.text)
    #expect(configuration.executors(for: "shell") == ["local"])
    #expect(configuration.executors(for: "claude") == ["big"])
    #expect(configuration.executor(ofGate: "G") == "slurm")
    #expect(configuration.executor(ofGate: "H") == "local")
    #expect(configuration.executor(named: "slurm") == Configuration.Executor(.slurm))
    #expect(configuration.executor(named: "local") == nil)
    try configuration.requireDeclaredExecutors()
  }

  @Test func severalInTheirOrder() throws {
    let (configuration, lines) = load(
      """
      run: {executor: [local, slurm], workers: auto, max_workers: 9}
      tools: {claude: {executor: [slurm, local]}}
      executors: {local: {jobs: 3}}
      """)
    #expect(lines == [])
    #expect(configuration.executors(for: "shell") == ["local", "slurm"])
    #expect(configuration.executors(for: "claude") == ["slurm", "local"])
    #expect(configuration.localJobs == 3)
    #expect(configuration.run.workers == 9 && configuration.run.leastWorkers == 1)
    try configuration.requireDeclaredExecutors()
    let (again, problems) = Configuration.load(configuration.encoded(), file: "config.yaml")
    #expect(again == configuration && problems.isEmpty)
  }

  @Test(arguments: [
    ("run: {executor: [local, local]}", "none of them twice"), ("run: {executor: []}", "or more"),
    ("run: {workers: many}", "'workers' must be a whole number"),
    ("run: {max_workers: auto}", "'max_workers'"),
  ])
  func noSuchNumberNorPlace(text: String, words: String) {
    let (_, lines) = load(text + "\n")
    #expect(lines.count == 1 && lines.first?.contains(words) == true, "\(lines)")
  }

  @Test(
    arguments: [
      "run: {executor: cloud}", "tools: {shell: {executor: cloud}}",
      "gates: {G: {command: x, executor: cloud}}",
    ])
  func undeclared(text: String) throws {
    let (configuration, lines) = load(text + "\nexecutors: {sun: {kind: slurm}}\n")
    #expect(lines == [])
    let refusal = #expect(throws: Refusal.self) { try configuration.requireDeclaredExecutors() }
    #expect(refusal?.status == .usage)
    #expect(refusal?.messages.first?.contains("not declared: 'cloud'") == true)
    #expect(refusal?.hints.first == "there are: 'local', 'slurm', 'sun'")
  }

  @Test(
    arguments: [
      ("a: {}", "executor 'a' needs a 'kind', or 'submit', 'status' and 'cancel'"),
      ("a: {submit: x, status: y}", "'submit', 'status' and 'cancel'"),
      ("a: {kind: command}", "executor 'a' needs 'submit', 'status' and 'cancel'"),
      ("local: {kind: slurm}", "unknown field 'kind'"),
      ("a: {submit: x, status: y, cancel: z, id: Job}", "must have one '{id}'"),
      ("a: {kind: slurm, jobs: 0}", "'jobs'"),
      ("a: {submit: x, status: y, cancel: z, states: {r: walking}}", "'r' must be"),
      ("a: {kind: slurm, partitoin: x}", "did you mean 'partition'"),
    ])
  func refused(text: String, words: String) {
    let (_, lines) = load("executors: {\(text)}\n")
    #expect(lines.count == 1 && lines.first?.contains(words) == true, "\(lines)")
  }

  @Test func gitsConfiguration() throws {
    let (configuration, diagnostics) = Configuration().applying(gitConfig: [
      ("uet.executor", "big"), ("uet.executors.big.kind", "slurm"),
      ("uet.executors.big.options", "--qos=low"), ("uet.executors.big.options", "--nice"),
      ("uet.executors.big.passEnv", "A"), ("uet.executors.q.submit", "qsub {script}"),
      ("uet.executors.q.status", "qstat"), ("uet.executors.q.cancel", "qdel {ids}"),
      ("uet.tools.shell.executor", "local"), ("uet.workers", "auto"),
      ("uet.executors.local.jobs", "2"),
    ])
    #expect(configuration.run.workerCount == .auto && configuration.localJobs == 2)
    #expect(diagnostics.isEmpty, "\(diagnostics)")
    #expect(configuration.run.executors == ["big"])
    #expect(configuration.executors["big"]?.options == ["--qos=low", "--nice"])
    #expect(configuration.executors["big"]?.passedVariables == ["A"])
    #expect(configuration.executors["q"]?.submit == .script("qsub {script}"))
    try configuration.requireDeclaredExecutors()
  }

  /// Its commands are run: a person looks at them first.
  @Test func isOfWhatIsDeclaredToBeRun() {
    let (configuration, _) = load(Self.text)
    let parts = DeclaredParts(
      configuration, file: "config.yaml", without: Configuration(), [])
    let names = parts.settings.map(\.name)
    #expect(Set(names).isSuperset(of: ["run.executor", "executors.sge", "tools.shell.executor"]))
  }
}
