import UETModel

/// Documents that depend on the seed alone: valid ones, and valid ones with a few things changed.
struct DocumentGenerator {
  var random: SplitMix

  init(seed: UInt64) { random = SplitMix(seed: seed) }

  mutating func chance(_ one: Int, in many: Int) -> Bool {
    Int.random(in: 0..<many, using: &random) < one
  }

  mutating func pick<Element>(_ list: [Element]) -> Element {
    list[Int.random(in: 0..<list.count, using: &random)]
  }

  mutating func list(_ choices: [JSONValue], from least: Int = 0) -> JSONValue {
    let count = Int.random(in: least...3, using: &random)
    return .array((0..<count).map { _ in pick(choices) })
  }

  mutating func bundle() -> JSONValue {
    let document: JSONValue =
      switch Int.random(in: 0..<4, using: &random) {
      case 0: .array((0..<Int.random(in: 0..<3, using: &random)).map { _ in workstream() })
      case 1: phase()
      default: workstream()
      }
    return chance(2, in: 3)
      ? changed(document, times: Int.random(in: 1...3, using: &random)) : document
  }

  mutating func configuration() -> JSONValue {
    var object = JSONObject()
    for (key, values) in Self.configurationFields where chance(1, in: 2) {
      object.append(key, pick(values))
    }
    let document = JSONValue.object(object)
    return chance(2, in: 3)
      ? changed(document, times: Int.random(in: 1...3, using: &random)) : document
  }

  private mutating func phase() -> JSONValue {
    var object: JSONObject = ["phase": "build"]
    object.append("workstreams", .array((0..<2).map { _ in workstream() }))
    if chance(1, in: 2) { object.append("max_cost_usd", pick([0, 20, 1.5])) }
    if chance(1, in: 2) { object.append("metadata", ["a": [1, nil]]) }
    if chance(1, in: 3) { object.append("rollback_order", []) }
    return .object(object)
  }

  private mutating func workstream() -> JSONValue {
    var object: JSONObject = [
      "id": pick(["ws-a", "ws-b1", "ws-some-longer-name"]),
      "files_scope": scope(), "tasks": list(["do it", "", "ä\u{7}"]),
      "tool": pick(["shell", "x y"]),
    ]
    for (key, values) in Self.workstreamFields where chance(1, in: 4) {
      object.append(key, pick(values))
    }
    return .object(object)
  }

  private mutating func scope() -> JSONValue {
    let patterns: [JSONValue] = ["src", "docs/", "a/*.c", "README.md", "x/**"]
    switch Int.random(in: 0..<3, using: &random) {
    case 0: return ["reads": list(patterns, from: 1)]
    case 1: return ["reads": list(patterns), "writes": list(patterns, from: 1)]
    default: return list(patterns, from: 1)
    }
  }

  static let commands: [JSONValue] = ["make", ["make", "test"], ["a", ""], "a\nb"]
  static let durations: [JSONValue] = [
    1, 0.5, "45m", "1h30m", "1.5h", "90", "500ms", "1d1h1m1s1ms", "0h1m", "0.5s",
  ]
}

extension DocumentGenerator {
  private static let workstreamFields: [(String, [JSONValue])] = [
    ("$schema", ["../schema/bundle.schema.json"]), ("files_create", [[], ["a/b", "c"]]),
    ("acceptance_tests", [["prose", ["command": ["a"]]], [["command": "a b"]]]),
    ("depends_on", [[], ["ws-a", "ws-*"], ["?", "x*-"]]), ("parallel_ok", [true, false]),
    ("conflict_group", ["db"]), ("kind", ["design", "integration"]), ("priority", ["background"]),
    ("estimated_context_tokens", [0, 1000, 5.0]), ("max_cost_usd", [0, 0.5, 10]),
    ("estimated_duration", durations), ("timeout", durations),
    ("compensation_actions", [commands.asList, [["command": "x"]]]),
    ("forward_actions", [commands.asList]),
    (
      "test_gates",
      [
        [["type": "GATE_UNIT"]],
        [
          ["type": "x", "required": false, "blocking": true, "wave_boundary": true, "command": "t"]
        ],
      ]
    ),
    ("review", ["none", "before_merge"]), ("risk", ["high", ""]),
    ("env", [[:], ["A": "b", "_x1": ""]]), ("model", ["m-1"]), ("command", commands),
    ("worktree", ["own", "slot", "none"]), ("openspec_change", ["OS-1", 1, true]),
    ("proposed", [true, false]), ("imported", [[:], ["format": "openspec", "was": [:]]]),
    ("ccpm_issue", [1, "N/A"]), ("gate", [1]), ("capability", ["c"]),
    ("capability_payload", [[], [:], 1, "x"]), ("metadata", [[:], ["a": ["b": [1, nil]]]]),
    (
      "circuit_breaker",
      [[:], ["max_attempts": 3, "max_error_repeats": 0, "oscillation_threshold": 2]]
    ),
    (
      "resources",
      [
        [:], ["cpu": 2, "memory": "4GB", "disk": 0, "gpu": 1],
        ["cpu": 0.5, "memory": "1.5 GiB", "a-b_2": 0],
      ]
    ),
  ]

  private static let configurationFields: [(String, [JSONValue])] = [
    ("version", [1]), ("workstreams", ["plans"]), ("$schema", ["x"]),
    (
      "run",
      [
        ["workers": 4, "base": "HEAD", "worktrees": "../w", "mode": "slots", "keep": "all"],
        [
          "setup": commands.asList, "copy": [".env", "a/b"], "caches": [], "ports": 0,
          "drain": "0s",
        ],
        ["drain": 0, "base_timeout": "2m", "git_timeout": 90, "caches": [".gitignore"]],
        ["keep_disk": "1.5 GiB", "sparse": true, "setup_timeout": "5m", "cache_fallback": "copy"],
        ["keep_disk": 0, "sparse": ["a/b", ".github"], "cache_fallback": "none"],
        ["keep_disk": "10GB", "sparse": [], "setup_timeout": 1.5, "executor": "slurm"],
        [
          "resources": ["cpu": 2, "memory": "4GB", "seats": 3], "hold": "count", "background": true,
        ],
      ]
    ),
    (
      "tools",
      [
        [
          "claude": ["adapter": "claude", "model": "m"], "codex": nil,
          "shell": ["timeout": "30m", "transient": [75]],
        ], ["mine": ["command": ["a", "b"]], "other": ["adapter": "aider"]],
        ["third": ["adapter": "command", "command": "x"], "aider": ["adapter": "codex"]],
        ["claude": ["fallback": ["codex"], "capabilities": ["a", "b"], "provider": "p"]],
        ["claude": ["resources": ["memory": "500 MB"]], "z": ["command": "x", "resources": [:]]],
        [
          "fourth": [
            "adapter": "acp", "command": ["a", "acp"], "mode": "auto", "mcp": true,
            "permissions": ["execute": "reject", "fetch": nil],
          ]
        ],
      ]
    ),
    (
      "gates",
      [
        [
          "G": ["command": "x"],
          "H": ["command": ["a"], "timeout": 1, "wave_boundary": true, "retries": 2],
          "I": ["command": "y", "resources": ["cpu": 1]],
        ]
      ]
    ),
    (
      "budget",
      [
        ["max_cost_total": 100, "max_cost_per_phase": 0, "max_cost_per_task": 1.5],
        ["warning_threshold": 0.5, "reduce_parallelism_at": 1, "mode": "continue"],
      ]
    ),
    (
      "limits",
      [["p": ["requests_per_minute": 5, "tokens_per_minute": 9, "concurrency": 1], "q": nil]]
    ),
    (
      "retry",
      [
        ["max_attempts": 3, "initial": "1s", "factor": 2, "max": 0],
        ["breaker_failures": 0, "breaker_wait": "1m"],
        ["after_crash": "escalate", "patience": "10s"],
      ]
    ),
    (
      "integration",
      [["target": "main", "strategy": "batch", "window": 1, "slots": 2, "gates": []]]
    ),
    ("sandbox", [["mode": "on", "network": false]]),
    (
      "executors",
      [
        ["slurm": nil, "big": ["kind": "slurm", "partition": "p", "time": "1h", "jobs": 100]],
        ["slurm": ["options": ["--qos=low"], "wrapper": ["apptainer", "exec", "i"], "poll": 0.5]],
        [
          "sge": [
            "submit": "qsub", "status": ["qstat"], "cancel": ["qdel", "{ids}"], "id": "job {id} (",
            "columns": ["id": 1, "state": 5, "name": nil],
            "states": ["qw": "waiting", "E": "held"],
          ]
        ], ["here": ["kind": "processes", "remote": "r", "folder": "/f", "heartbeat": "5s"]],
        ["lost": ["kind": "command", "submit": "x"]], ["local": ["kind": "slurm"]],
      ]
    ),
    (
      "tiers",
      [
        ["mode": "off"], ["settle": "10s", "focus": ["memory": 20, "io": false]],
        ["critical": ["disk_free": "1GB", "battery": 5.5], "settle": 0],
      ]
    ),
  ]
}

extension [JSONValue] {
  fileprivate var asList: JSONValue { .array(self) }
}
