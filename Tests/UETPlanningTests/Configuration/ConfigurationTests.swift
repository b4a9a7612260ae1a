import Testing
import UETModel

@testable import UETPlanning

@Suite struct ConfigurationTests {
  private func load(_ text: String) -> (Configuration, [String]) {
    let (configuration, diagnostics) = Configuration.load(Array(text.utf8), file: "config.yaml")
    return (configuration, diagnostics.map { "[\($0.code)] \($0)" })
  }

  @Test(arguments: ["", "# nothing\n", "{}", "---\n", "version: 1\n", "run:\ntools:\n"])
  func defaults(text: String) {
    let (configuration, lines) = load(text)
    #expect(lines == [])
    #expect(configuration == Configuration())
  }

  @Test func everything() throws {
    let (configuration, lines) = load(Self.full)
    #expect(lines == [])
    #expect(configuration.run.workers == 8)
    #expect(configuration.run.setup == [.script("npm ci"), .arguments(["make", "deps"])])
    #expect(configuration.run.drain == 300)
    #expect(configuration.tools["shell"]?.timeout == 1800)
    #expect(configuration.tools["shell"]?.transient == [75])
    #expect(configuration.tools["claude"]?.model == "claude-sonnet-4-5")
    #expect(configuration.tools["codex"] == Configuration.Tool(.codex))
    #expect(configuration.tools["mine"]?.adapter == .command)
    #expect(configuration.gates["GATE_UNIT"]?.waveBoundary == true)
    #expect(configuration.gates["GATE_LINT"]?.command == .arguments(["make", "lint"]))
    #expect(configuration.gates["GATE_SH"]?.command == .script("a | b"))
    #expect(configuration.budget.mode == .goOn)
    #expect(configuration.limits["anthropic"]?.tokensPerMinute == 400_000)
    #expect(configuration.retry.max == 60)
    #expect(configuration.integration.gates == ["GATE_UNIT"])
    #expect(configuration.sandbox.mode == .off)
  }

  static let full = """
    version: 1
    workstreams: plans
    run: {workers: 8, base: HEAD, worktrees: "../{repo}.worktrees", mode: own, keep: unlanded,
          setup: [npm ci, [make, deps]], copy: [.env], caches: [node_modules], ports: 10, drain: 300s}
    tools:
      claude: {adapter: claude, model: claude-sonnet-4-5}
      codex:
      aider:  {adapter: aider}
      shell:  {timeout: 30m, transient: [75]}
      mine:   {command: [mytool, "{prompt_file}"]}
      talker: {adapter: acp, command: [vibe-acp], mode: ask, mcp: true, permissions: {fetch: reject}}
    gates:
      GATE_LINT: {command: [make, lint], timeout: 10m}
      GATE_UNIT: {command: [make, test], timeout: 30m, wave_boundary: true, retries: 2}
      GATE_SH: {command: a | b}
    budget: {max_cost_total: 100, max_cost_per_phase: 20, max_cost_per_task: 5,
             warning_threshold: 0.8, reduce_parallelism_at: 0.9, mode: continue}
    limits: {anthropic: {requests_per_minute: 50, tokens_per_minute: 400000, concurrency: 4}}
    retry: {max_attempts: 3, initial: 1s, factor: 2, max: 60s}
    integration: {target: main, strategy: auto, window: 20, slots: 2, gates: [GATE_UNIT]}
    sandbox: {mode: off, network: true}

    """

  @Test(arguments: ["config.yaml", "config.json"]) func roundTrip(file: String) {
    for text in [
      Self.full, "",
      #"gates: {"a\"\u00e9'": {command: "x\ty\u0085\u2028\u2029\ufeff\u0080\u009f\uffff\u001b\\é"}}"#,
      #"tools: {"$(x)": {command: ["- a: b #", " lead", "trail ", "%", "@", "null", "1"]}}"#,
    ] {
      let (configuration, lines) = load(text)
      #expect(lines == [])
      let bytes = configuration.encoded()
      let (again, diagnostics) = Configuration.load(bytes, file: file)
      #expect(diagnostics == [])
      #expect(again == configuration)
      #expect(again.encoded() == bytes)
    }
  }

  @Test func gitConfigComesOnTop() {
    let (base, _) = load(Self.full)
    let (configuration, diagnostics) = base.applying(gitConfig: [
      ("uet.workers", "2"), ("uet.run.base", "v1"), ("uet.budget.maxcosttotal", "7.5"),
      ("uet.gates.GATE_UNIT.timeout", "90"), ("uet.tools.my.tool.command", "run it"),
      ("uet.tools.my.tool.model", "m"), ("uet.sandbox.network", "no"),
      ("uet.run.copy", "a"), ("uet.run.copy", "b"), ("uet.run.caches", ""),
      ("uet.tools.shell.transient", "3"), ("uet.tools.shell.transient", "4"),
      ("uet.refprefix", "refs/x"), ("uet.run.workers", "3"), ("core.bare", "true"),
      ("uet.workstreams", "w"),
    ])
    #expect(diagnostics == [])
    var wanted = base
    wanted.run.workers = 3
    wanted.run.base = "v1"
    wanted.budget.maxCostTotal = 7.5
    wanted.gates["GATE_UNIT"]?.timeout = 90
    var tool = Configuration.Tool(.command)
    tool.command = .script("run it")
    tool.model = "m"
    wanted.tools["my.tool"] = tool
    wanted.sandbox.network = false
    wanted.run.copy = ["a", "b"]
    wanted.run.caches = []
    wanted.tools["shell"]?.transient = [3, 4]
    wanted.workstreams = "w"
    #expect(configuration == wanted)
  }

  @Test func gitConfigProblemsNameTheSetting() {
    let (_, diagnostics) = Configuration().applying(gitConfig: [
      ("uet.run.workers", "many"), ("uet.wrokers", "1"), ("uet.run.bas", "x"), ("uet.foo.bar", "x"),
      ("uet.tools.t.model", "m"), ("uet.run.mode", "slot"), ("uet.integration.gates", "G"),
    ])
    #expect(
      diagnostics.map(\.description) == [
        "git config uet.wrokers: warning: unknown setting; did you mean 'workers'?",
        "git config uet.run.bas: warning: unknown setting; did you mean 'base'?",
        "git config uet.foo.bar: warning: unknown setting",
        "git config uet.run.workers: 'workers' must be a whole number, not a string",
        "git config uet.run.mode: 'mode' must be one of 'own', 'slots', not 'slot'; did you mean"
          + " 'slots'?",
        "git config uet.tools.t.model: tool 't' needs an 'adapter' or a 'command'",
      ])
  }

  @Test(arguments: mistakes) func mistakesAreNamed(text: String, lines: [String]) {
    #expect(load(text).1 == lines)
  }

  static let mistakes: [(String, [String])] = [
    (
      "run: [",
      [
        "[invalid_yaml] config.yaml:1:7: while parsing a flow node: did not find expected node content"
      ]
    ),
    ("- a\n", ["[wrong_type] config.yaml:1:1: the document must be an object, not a list"]),
    (
      "version: 2\n",
      [
        "[invalid_value] config.yaml:1:10: 'version' must be 1: this program reads no other version (/version)"
      ]
    ),
    (
      "run:\n  worker: 4\n  drain: fast\n  copy: .env\n  caches: [/x, ../y]\ntool: {}\n",
      [
        "[unknown_field] config.yaml:2:3: unknown field 'worker'; did you mean 'workers'? (/run/worker)",
        "[invalid_value] config.yaml:3:10: 'drain' is no duration (/run/drain)",
        "[wrong_type] config.yaml:4:9: 'copy' must be a list, not a string (/run/copy)",
        "[invalid_value] config.yaml:5:12: each entry of 'caches' must be a path inside the repository, not '/x' (/run/caches/0)",
        "[invalid_value] config.yaml:5:16: each entry of 'caches' must be a path inside the repository, not '../y' (/run/caches/1)",
        "[unknown_field] config.yaml:6:1: unknown field 'tool'; did you mean 'tools'? (/tool)",
      ]
    ),
    (
      "run: {workers: 0, mode: 5}\nbudget: {warning_threshold: 1.5, mode: stop}\nsandbox: {network: no}\n",
      [
        "[invalid_value] config.yaml:1:16: 'workers' must be 1 or more (/run/workers)",
        "[wrong_type] config.yaml:1:25: 'mode' must be a string, not a number (/run/mode)",
        "[invalid_value] config.yaml:2:29: 'warning_threshold' must be 1 or less (/budget/warning_threshold)",
        "[invalid_value] config.yaml:2:40: 'mode' must be one of 'warn', 'halt', 'continue', not 'stop' (/budget/mode)",
        "[wrong_type] config.yaml:3:20: 'network' must be true or false, not a string (/sandbox/network)",
      ]
    ),
    (
      "tools: {x: {}, y: {adapter: command}, z: {adapter: aidr}, w: {adapter: acp}}\ngates: {G: {timeout: 1s}, H: {command: []}}\n",
      [
        "[missing_field] config.yaml:1:12: tool 'x' needs an 'adapter' or a 'command' (/tools/x)",
        "[missing_field] config.yaml:1:19: tool 'y' needs a 'command' (/tools/y)",
        "[invalid_value] config.yaml:1:52: 'adapter' must be one of 'acp', 'aider', 'claude', 'codex', 'gptme', 'kimi', 'mini', 'openhands', 'vibe', 'shell', 'command', not 'aidr'; did you mean 'aider'? (/tools/z/adapter)",
        "[missing_field] config.yaml:1:62: tool 'w' needs a 'command' (/tools/w)",
        "[missing_field] config.yaml:2:12: gate 'G' needs a 'command' (/gates/G)",
        "[invalid_value] config.yaml:2:40: 'command' must not be empty (/gates/H/command)",
      ]
    ),
    (
      "gates: {GATE_UNIT: {command: x}}\nintegration: {gates: [GATE_UNT]}\n",
      [
        "[unknown_gate] config.yaml:2:23: gate 'GATE_UNT' is not declared under 'gates'; did you mean 'GATE_UNIT'? (/integration/gates/0)"
      ]
    ),
  ]
}
