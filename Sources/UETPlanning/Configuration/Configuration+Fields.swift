import UETModel

/// How the configuration's fields are read; what a file leaves out keeps its value.
extension Configuration {
  static let fields = FieldTable<Configuration>([
    "$schema": { reading, node, _ in _ = reading.string(node) },
    "version": { reading, node, _ in
      guard let version = reading.integer(node, in: 1...1_000_000) else { return }
      if version != currentVersion {
        reading.noteValue(
          node, "must be \(currentVersion): this program reads no other version",
          hint: "a newer git-uet wrote the file")
      }
    },
    "workstreams": { $2.workstreams = $0.text($1) ?? $2.workstreams },
    "run": { $0.read($1, runFields, into: &$2.run) },
    "tools": { $0.tools($1, into: &$2.tools) },
    "gates": { $0.gates($1, into: &$2.gates) },
    "budget": { $0.read($1, budgetFields, into: &$2.budget) },
    "limits": { $0.limits($1, into: &$2.limits) },
    "retry": { $0.read($1, retryFields, into: &$2.retry) },
    "integration": { $0.read($1, integrationFields, into: &$2.integration) },
    "sandbox": { $0.read($1, sandboxFields, into: &$2.sandbox) },
    "inbox": { $0.read($1, inboxFields, into: &$2.inbox) },
    "secrets": { $0.read($1, secretsFields, into: &$2.secrets) },
    "workers": { $0.read($1, workersFields, into: &$2.workers) },
    "tiers": { $0.read($1, tiersFields, into: &$2.tiers) },
    "context": { $0.read($1, contextFields, into: &$2.context) },
    "prompt": { $0.read($1, promptFields, into: &$2.prompt) },
    "server": { $0.read($1, serverFields, into: &$2.server) },
    "executors": { $0.executors($1, into: &$2) },
  ])

  static let runFields = FieldTable<Run>([
    "workers": { $2.workerCount = $0.workers($1) ?? $2.workerCount },
    "min_workers": { $2.minWorkers = $0.integer($1, in: 1...1024) ?? $2.minWorkers },
    "max_workers": { $2.maxWorkers = $0.integer($1, in: 1...10_000) ?? $2.maxWorkers },
    "base": { $2.base = $0.name($1) ?? $2.base },
    "worktrees": { $2.worktrees = $0.text($1) ?? $2.worktrees },
    "mode": { $2.mode = $0.choice($1) ?? $2.mode },
    "keep": { $2.keep = $0.choice($1) ?? $2.keep },
    "keep_disk": { $2.keepDisk = $0.bytes($1) },
    "sparse": { $2.sparse = $0.sparse($1) ?? $2.sparse },
    "setup_timeout": { $2.setupTimeout = $0.duration($1) ?? $2.setupTimeout },
    "cache_fallback": { $2.cacheFallback = $0.choice($1) ?? $2.cacheFallback },
    "same_path": { $2.samePath = $0.choice($1) ?? $2.samePath },
    "setup": { reading, node, run in run.setup = reading.list(node) { $0.command($1) } },
    "copy": { reading, node, run in run.copy = reading.list(node) { $0.relativePath($1) } },
    "caches": { reading, node, run in run.caches = reading.list(node) { $0.relativePath($1) } },
    "ports": { $2.ports = $0.integer($1, in: 0...1000) ?? $2.ports },
    "base_timeout": { $2.baseTimeout = $0.duration($1) ?? $2.baseTimeout },
    "git_timeout": { $2.gitTimeout = $0.duration($1) ?? $2.gitTimeout },
    "stale": { $2.stale = $0.duration($1) ?? $2.stale },
    "resources": { $2.resources = $0.resources($1) },
    "executor": { $2.executors = $0.executorNames($1) ?? $2.executors },
    "hold": { $2.hold = $0.choice($1) ?? $2.hold },
    "background": { $2.background = $0.bool($1) ?? $2.background },
    "drain": { $2.drain = $0.duration($1, allowsZero: true) ?? $2.drain },
    "notify": { reading, node, run in
      var draft = NotifyDraft()
      reading.read(node, notifyFields, into: &draft)
      guard let command = draft.command else {
        if case .object = node.value {
          reading.note("missing_field", at: node.offset, "'run.notify' needs a 'command'")
        }
        return
      }
      run.notify = Notify(kinds: draft.kinds ?? Set(Notify.Kind.allCases), command: command)
    },
  ])

  struct NotifyDraft {
    var kinds: Set<Notify.Kind>?
    var command: Command?
  }

  static let notifyFields = FieldTable<NotifyDraft>([
    "on": { reading, node, draft in draft.kinds = Set(reading.list(node) { $0.choice($1) }) },
    "command": { $2.command = $0.command($1) },
  ])

  static let toolFields = FieldTable<ToolDraft>([
    "adapter": { $2.adapter = $0.choice($1) },
    "model": { $2.tool.model = $0.name($1) },
    "timeout": { $2.tool.timeout = $0.duration($1) },
    "transient": { reading, node, draft in
      draft.tool.transient = reading.list(node) { $0.integer($1, in: 1...255) }
    },
    "command": { $2.tool.command = $0.command($1) },
    "args": { reading, node, draft in
      draft.tool.arguments = reading.list(node) { $0.text($1) }
    },
    "pass_env": { reading, node, draft in
      draft.tool.passedVariables = reading.list(node) { $0.variable($1) }
    },
    "env": { $2.tool.environment = $0.environment($1) },
    "provider": { $2.tool.provider = $0.name($1) },
    "capabilities": { reading, node, draft in
      draft.tool.capabilities = reading.list(node) { $0.name($1) }
    },
    "fallback": { reading, node, draft in
      draft.tool.fallbacks = reading.list(node) { $0.name($1) }
    },
    "max_turns": { $2.tool.maxTurns = $0.integer($1, in: 1...1_000_000) },
    "trust": { $2.tool.trust = $0.choice($1) ?? $2.tool.trust },
    "mcp": { $2.tool.offersTools = $0.bool($1) ?? $2.tool.offersTools },
    "resume": { $2.tool.resumes = $0.bool($1) ?? true },
    "mode": { $2.tool.mode = $0.name($1) },
    "resources": { $2.tool.resources = $0.resources($1) },
    "background": { $2.tool.background = $0.bool($1) ?? $2.tool.background },
    "executor": { $2.tool.executors = $0.executorNames($1) },
    "permissions": { $0.read($1, permissionFields, into: &$2.tool.permissions) },
  ])

  static let permissionFields = FieldTable<[Tool.Permission: Tool.Answer]>([
    "read": { $2[.read] = $0.choice($1) ?? $2[.read] },
    "execute": { $2[.execute] = $0.choice($1) ?? $2[.execute] },
    "fetch": { $2[.fetch] = $0.choice($1) ?? $2[.fetch] },
    "other": { $2[.other] = $0.choice($1) ?? $2[.other] },
  ])

  static let gateFields = FieldTable<GateDraft>([
    "command": { $2.command = $0.command($1) },
    "timeout": { $2.gate.timeout = $0.duration($1) },
    "wave_boundary": { $2.gate.waveBoundary = $0.bool($1) ?? false },
    "timeout_is": { $2.gate.timeoutIs = $0.choice($1) ?? .fault },
    "keyed_by": { $2.gate.keyedBy = $0.choice($1) },
    "inputs": { $2.gate.inputs = $0.inputs($1) },
    "signal_is": { $2.gate.signalIs = $0.choice($1) ?? .fault },
    "resources": { $2.gate.resources = $0.resources($1) },
    "executor": { $2.gate.executor = $0.name($1) },
    "retries": { $2.gate.retries = $0.integer($1, in: 0...100) ?? 0 },
    "network": { $2.gate.network = $0.bool($1) ?? true },
    "keep": { reading, node, draft in
      draft.gate.keep = reading.list(node) { $0.relativePath($1) }
    },
    "warm": { $2.gate.warm = $0.bool($1) ?? true },
  ])

  static let budgetFields = FieldTable<Budget>([
    "max_cost_total": { $2.maxCostTotal = $0.cost($1) },
    "max_cost_per_phase": { $2.maxCostPerPhase = $0.cost($1) },
    "max_cost_per_task": { $2.maxCostPerTask = $0.cost($1) },
    "warning_threshold": { $2.warningThreshold = $0.number($1, in: 0...1) ?? 0.8 },
    "reduce_parallelism_at": { $2.reduceParallelismAt = $0.number($1, in: 0...1) ?? 0.9 },
    "mode": { $2.mode = $0.choice($1) ?? $2.mode },
  ])

  static let limitFields = FieldTable<Limit>([
    "requests_per_minute": { $2.requestsPerMinute = $0.integer($1, in: 1...1_000_000_000) },
    "tokens_per_minute": { $2.tokensPerMinute = $0.integer($1, in: 1...1_000_000_000_000) },
    "concurrency": { $2.concurrency = $0.integer($1, in: 1...1024) },
  ])

  static let retryFields = FieldTable<Retry>([
    "max_attempts": { $2.maxAttempts = $0.integer($1, in: 1...1000) ?? $2.maxAttempts },
    "initial": { $2.initial = $0.duration($1, allowsZero: true) ?? $2.initial },
    "factor": { $2.factor = $0.number($1, in: 1...100) ?? $2.factor },
    "max": { $2.max = $0.duration($1, allowsZero: true) ?? $2.max },
    "breaker_failures": { $2.breakerFailures = $0.integer($1, in: 0...1000) ?? $2.breakerFailures },
    "breaker_wait": { $2.breakerWait = $0.duration($1, allowsZero: true) ?? $2.breakerWait },
    "patience": { $2.patience = $0.duration($1, allowsZero: true) ?? $2.patience },
    "after_crash": { $2.afterCrash = $0.choice($1) ?? $2.afterCrash },
  ])

  static let integrationFields = FieldTable<Integration>([
    "target": { $2.target = $0.name($1) },
    "strategy": { $2.strategy = $0.choice($1) ?? $2.strategy },
    "window_times": { reading, node, target in
      target.windowTimes = reading.list(node) { $0.mergeWindow($1) }
    },
    "window": { $2.window = $0.integer($1, in: 1...1000) ?? $2.window },
    "slots": { $2.slots = $0.integer($1, in: 1...1024) ?? $2.slots },
    "gates": { reading, node, target in target.gates = reading.list(node) { $0.name($1) } },
    "assume_disjoint": { $2.assumeDisjoint = $0.bool($1) ?? $2.assumeDisjoint },
    "confirm": { $2.confirm = $0.bool($1) ?? $2.confirm },
    "final": { $2.final = $0.choice($1) ?? $2.final },
    "after_landing": { reading, node, target in
      target.afterLanding = reading.list(node) { $0.name($1) }
    },
    "on_red": { $2.onRed = $0.choice($1) ?? $2.onRed },
    "on_security": { $2.onSecurity = $0.choice($1) ?? $2.onSecurity },
    "on_budget": { $2.onBudget = $0.choice($1) ?? $2.onBudget },
    "repair": { reading, node, target in
      target.repair = reading.list(node) { $0.choice($1, RepairMethod.self) }
    },
    "resolver": { $2.resolver = $0.resolver($1) },
    "resolver_timeout": { $2.resolverTimeout = $0.duration($1) ?? $2.resolverTimeout },
  ])

  static let sandboxFields = FieldTable<Sandbox>([
    "mode": { $2.mode = $0.choice($1) ?? $2.mode },
    "network": { $2.network = $0.bool($1) ?? $2.network },
    "read": { reading, node, sandbox in sandbox.read = reading.list(node) { $0.farPath($1) } },
    "write": { reading, node, sandbox in sandbox.write = reading.list(node) { $0.farPath($1) } },
  ])

  static let secretsFields = FieldTable<Secrets>([
    "allow": { reading, node, secrets in
      secrets.allow = reading.list(node) { $0.pattern($1)?.text }
    }
  ])

  static let inboxFields = FieldTable<Inbox>([
    "trust": { reading, node, inbox in inbox.trust = reading.list(node) { $0.name($1) } }
  ])

  static let workersFields = FieldTable<Workers>([
    "may_widen": { $2.mayWiden = $0.bool($1) ?? $2.mayWiden }
  ])

  static let promptFields = FieldTable<Prompt>([
    "preamble": { $2.preamble = $0.relativePath($1) },
    "log_tokens": { $2.logTokens = $0.integer($1, in: 0...100_000) ?? $2.logTokens },
    "handoff": { $2.handoff = $0.bool($1) ?? $2.handoff },
    "handoff_tokens": { $2.handoffTokens = $0.integer($1, in: 0...100_000) ?? $2.handoffTokens },
  ])

  static let contextFields = FieldTable<Context>([
    "overflow": { $2.overflow = $0.choice($1) ?? $2.overflow },
    "reserve": { $2.reserve = $0.number($1, in: 0...0.95) ?? $2.reserve },
  ])

  struct ToolDraft {
    var tool: Tool
    var adapter: Adapter?
  }

  struct GateDraft {
    var gate: Gate
    var command: Command?
  }
}

extension Reading {
  fileprivate mutating func cost(_ node: Node) -> Double? {
    number(node, in: 0...WorkstreamFields.maximumCost)
  }

  /// A text names a tool; a list is a command.
  fileprivate mutating func resolver(_ node: Node) -> Configuration.Resolver? {
    switch node.value {
    case .null: return nil
    case .string: return name(node).map(Configuration.Resolver.tool)
    default: return command(node).map(Configuration.Resolver.command)
    }
  }

  /// `true` for the scope alone, a list for the scope and these paths.
  fileprivate mutating func sparse(_ node: Node) -> Configuration.Sparse? {
    switch node.value {
    case .array(let items):
      // In git's configuration each value is a text.
      if isText, items.count == 1, case .string(let text) = items[0].value,
        ["true", "false"].contains(text.lowercased())
      {
        return text.lowercased() == "true" ? .scope(and: []) : .off
      }
      return .scope(and: list(node) { $0.relativePath($1) })
    default: return bool(node).map { $0 ? .scope(and: []) : .off }
    }
  }

  /// A path below the repository's root that is no pattern.
  fileprivate mutating func relativePath(_ node: Node) -> String? {
    guard let text = text(node) else { return nil }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    let isInside = !text.hasPrefix("/") && !parts.contains("..")
    guard isInside, parts.first?.lowercased() != ".git" else {
      noteValue(node, "must be a path inside the repository, not \(text.quoted(limit: 60))")
      return nil
    }
    return text
  }

  /// A path outside of the repository.
  fileprivate mutating func farPath(_ node: Node) -> String? {
    guard let text = text(node) else { return nil }
    guard text.hasPrefix("/") || text.hasPrefix("~/") else {
      noteValue(
        node,
        "must be an absolute path, or one from the home as '~/.cache', not "
          + text.quoted(limit: 60))
      return nil
    }
    return text
  }

  fileprivate mutating func tools(_ node: Node, into tools: inout [String: Configuration.Tool]) {
    named(node) { reading, name, value in
      let known = tools[name]
      var draft = Configuration.ToolDraft(tool: known ?? Configuration.Tool(.command))
      let errorsBefore = reading.errorCount
      if !value.isNull { reading.read(value, Configuration.toolFields, into: &draft) }
      guard reading.errorCount == errorsBefore else { return }
      draft.tool.adapter = draft.adapter ?? known?.adapter ?? .command
      if draft.tool.adapter.needsCommand, draft.tool.command == nil {
        reading.note(
          "missing_field", at: value.offset,
          draft.adapter == nil
            ? "tool \(name.quoted(limit: 60)) needs an 'adapter' or a 'command'"
            : "tool \(name.quoted(limit: 60)) needs a 'command'")
      }
      tools[name] = draft.tool
    }
  }

  fileprivate mutating func gates(_ node: Node, into gates: inout [String: Configuration.Gate]) {
    named(node) { reading, name, value in
      var draft = Configuration.GateDraft(
        gate: gates[name] ?? Configuration.Gate(.arguments([])), command: gates[name]?.command)
      let errorsBefore = reading.errorCount
      reading.read(value, Configuration.gateFields, into: &draft)
      guard let command = draft.command else {
        guard reading.errorCount == errorsBefore else { return }
        return reading.note(
          "missing_field", at: value.offset, "gate \(name.quoted(limit: 60)) needs a 'command'")
      }
      if draft.gate.inputs != nil, draft.gate.keyedBy == .commit {
        reading.note(
          "invalid_value", at: value.offset,
          "gate \(name.quoted(limit: 60)) cannot have both 'inputs' and 'keyed_by: commit'",
          hint: "one that looks at history is keyed by commit alone: leave 'inputs' out")
      }
      draft.gate.command = command
      gates[name] = draft.gate
    }
  }

  fileprivate mutating func limits(
    _ node: Node, into limits: inout [String: Configuration.Limit]
  ) {
    named(node) { reading, name, value in
      var limit = limits[name] ?? Configuration.Limit()
      if !value.isNull { reading.read(value, Configuration.limitFields, into: &limit) }
      limits[name] = limit
    }
  }

  /// The paths that a gate reads, or that they are learned.
  fileprivate mutating func inputs(_ node: Node) -> Configuration.Gate.Inputs? {
    if node.isNull { return nil }
    if case .string(let text) = node.value, text == "auto" { return .learned }
    let errorsBefore = errorCount
    let patterns = list(node) { $0.pattern($1) }
    if patterns.isEmpty, errorCount == errorsBefore {
      noteValue(
        node, "must name a path",
        hint: "leave it out where the gate may read all; '.' is all, too")
    }
    return patterns.isEmpty ? nil : .declared(patterns)
  }

  /// Each member of an object whose keys are names of the user's choice.
  mutating func named(
    _ node: Node, _ body: (inout Reading, String, Node) -> Void
  ) {
    for member in object(node) ?? [] {
      within(key: member.key) { reading in
        let isPlain =
          !member.key.isEmpty && member.key.unicodeScalars.count <= 200
          && Self.isPrintable(member.key)
        guard isPlain else {
          reading.note("invalid_value", at: Int(member.keyOffset), "this is no usable name")
          return
        }
        body(&reading, member.key, member.value)
      }
    }
  }
}
