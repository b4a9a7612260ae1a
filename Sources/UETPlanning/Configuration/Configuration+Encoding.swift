import UETModel

extension Configuration {
  /// The whole configuration as canonical JSON, which is YAML as well: reading it gives an equal
  /// value.
  package func encoded() -> [UInt8] {
    var text = ""
    for scalar in JSONValue.object(json.canonical).encoded(.pretty).unicodeScalars {
      if Self.needsEscape(scalar) {
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
      } else {
        text.unicodeScalars.append(scalar)
      }
    }
    return Array(text.utf8) + [0x0A]
  }

  /// Whether JSON allows the character as it is where YAML does not, or takes it for a line break.
  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x80..<0xA0, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
    default: false
    }
  }

  /// Every value, defaults included; what is not set is left out.
  package var json: JSONObject {
    [
      "version": .integer(Int64(Self.currentVersion)),
      "workstreams": .string(workstreams),
      "run": .object(run.json),
      "tools": Self.object(tools, \.json),
      "gates": Self.object(gates, \.json),
      "budget": .object(budget.json),
      "limits": Self.object(limits, \.json),
      "retry": .object(retry.json),
      "integration": .object(integration.json),
      "sandbox": .object(sandbox.json),
      "inbox": ["trust": .array(inbox.trust.map(JSONValue.string))],
      "secrets": ["allow": .array(secrets.allow.map(JSONValue.string))],
      "workers": ["may_widen": .bool(workers.mayWiden)],
      "prompt": .object(prompt.json),
      "context": [
        "overflow": .string(context.overflow.rawValue), "reserve": .number(context.reserve),
      ],
      "tiers": .object(tiers.json),
      "server": .object(server.json),
      "executors": executorsJSON,
    ]
  }

  static func object<Value>(
    _ values: [String: Value], _ json: (Value) -> JSONObject
  ) -> JSONValue {
    let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    var object = JSONObject()
    for name in names { object.append(name, values[name].map { .object(json($0)) }) }
    return .object(object)
  }
}

extension Configuration.Sandbox {
  fileprivate var json: JSONObject {
    var object: JSONObject = ["mode": .string(mode.rawValue), "network": .bool(network)]
    if !read.isEmpty { object.append("read", .array(read.map(JSONValue.string))) }
    if !write.isEmpty { object.append("write", .array(write.map(JSONValue.string))) }
    return object
  }
}

extension Configuration.Prompt {
  fileprivate var json: JSONObject {
    var object: JSONObject = [
      "log_tokens": .integer(Int64(logTokens)), "handoff": .bool(handoff),
      "handoff_tokens": .integer(Int64(handoffTokens)),
    ]
    object.append("preamble", preamble.map(JSONValue.string))
    return object
  }
}

extension Configuration.Run {
  fileprivate var json: JSONObject {
    var object: JSONObject = [
      "workers": workerCount.json, "base": .string(base), "worktrees": .string(worktrees),
      "mode": .string(mode.rawValue), "keep": .string(keep.rawValue),
    ]
    if workerCount == .auto {
      object.append("min_workers", .integer(Int64(minWorkers)))
      object.append("max_workers", .integer(Int64(maxWorkers)))
    }
    object.append("keep_disk", keepDisk.map { .integer(Int64($0)) })
    switch sparse {
    case .off: object.append("sparse", .bool(false))
    case .scope(and: []): object.append("sparse", .bool(true))
    case .scope(let paths): object.append("sparse", .array(paths.map(JSONValue.string)))
    }
    object.append("setup", .array(setup.map(\.json)))
    object.append("setup_timeout", .number(setupTimeout))
    object.append("copy", .array(copy.map(JSONValue.string)))
    object.append("caches", .array(caches.map(JSONValue.string)))
    object.append("cache_fallback", .string(cacheFallback.rawValue))
    if samePath != .auto { object.append("same_path", .string(samePath.rawValue)) }
    object.append("ports", .integer(Int64(ports)))
    object.append("drain", .number(drain))
    object.append("stale", .number(stale))
    if !resources.isEmpty { object.append("resources", .object(resources.json)) }
    if hold != .auto { object.append("hold", .string(hold.rawValue)) }
    if background { object.append("background", true) }
    if executors != [Configuration.localExecutor] {
      object.append("executor", executors.executorsJSON)
    }
    if let notify {
      let kinds = notify.kinds.map(\.rawValue).sorted()
      object.append(
        "notify",
        ["on": .array(kinds.map(JSONValue.string)), "command": notify.command.json])
    }
    object.append("base_timeout", .number(baseTimeout))
    object.append("git_timeout", .number(gitTimeout))
    return object
  }
}

extension Configuration.Tool {
  fileprivate var json: JSONObject {
    var object: JSONObject = ["adapter": .string(adapter.rawValue)]
    object.append("model", model.map(JSONValue.string))
    object.append("timeout", timeout.map(JSONValue.number))
    object.append("transient", .array(transient.map { .integer(Int64($0)) }))
    object.append("command", command?.json)
    if !arguments.isEmpty { object.append("args", .array(arguments.map(JSONValue.string))) }
    if !passedVariables.isEmpty {
      object.append("pass_env", .array(passedVariables.map(JSONValue.string)))
    }
    if !environment.isEmpty {
      let sorted = environment.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      object.append("env", .object(JSONObject(sorted.map { ($0.key, .string($0.value)) })))
    }
    object.append("max_turns", maxTurns.map { .integer(Int64($0)) })
    object.append("provider", provider.map(JSONValue.string))
    if !capabilities.isEmpty {
      object.append("capabilities", .array(capabilities.map(JSONValue.string)))
    }
    if !fallbacks.isEmpty { object.append("fallback", .array(fallbacks.map(JSONValue.string))) }
    if offersTools { object.append("mcp", true) }
    if trust != .full { object.append("trust", .string(trust.rawValue)) }
    object.append("mode", mode.map(JSONValue.string))
    if !permissions.isEmpty {
      let sorted = permissions.map { ($0.key.rawValue, JSONValue.string($0.value.rawValue)) }
        .sorted { $0.0 < $1.0 }
      object.append("permissions", .object(JSONObject(sorted)))
    }
    if !resumes { object.append("resume", false) }
    if background { object.append("background", true) }
    if !resources.isEmpty { object.append("resources", .object(resources.json)) }
    object.append("executor", executors?.executorsJSON)
    return object
  }
}

extension Configuration.Gate {
  fileprivate var json: JSONObject {
    var object: JSONObject = ["command": command.json]
    object.append("timeout", timeout.map(JSONValue.number))
    object.append("wave_boundary", .bool(waveBoundary))
    object.append("timeout_is", .string(timeoutIs.rawValue))
    object.append("keyed_by", keyedBy.map { .string($0.rawValue) })
    object.append("inputs", inputs.map(\.json))
    object.append("signal_is", .string(signalIs.rawValue))
    object.append("retries", .integer(Int64(retries)))
    if !resources.isEmpty { object.append("resources", .object(resources.json)) }
    object.append("executor", executor.map(JSONValue.string))
    if !network { object.append("network", false) }
    if !keep.isEmpty { object.append("keep", .array(keep.map(JSONValue.string))) }
    if !warm { object.append("warm", false) }
    return object
  }
}

extension Configuration.Gate.Inputs {
  fileprivate var json: JSONValue {
    switch self {
    case .declared(let patterns): .array(patterns.map { .string($0.text) })
    case .learned: .string("auto")
    }
  }
}

extension Configuration.Budget {
  fileprivate var json: JSONObject {
    var object = JSONObject()
    object.append("max_cost_total", maxCostTotal.map(JSONValue.number))
    object.append("max_cost_per_phase", maxCostPerPhase.map(JSONValue.number))
    object.append("max_cost_per_task", maxCostPerTask.map(JSONValue.number))
    object.append("warning_threshold", .number(warningThreshold))
    object.append("reduce_parallelism_at", .number(reduceParallelismAt))
    object.append("mode", .string(mode.rawValue))
    return object
  }
}

extension Configuration.Limit {
  fileprivate var json: JSONObject {
    var object = JSONObject()
    object.append("requests_per_minute", requestsPerMinute.map { .integer(Int64($0)) })
    object.append("tokens_per_minute", tokensPerMinute.map { .integer(Int64($0)) })
    object.append("concurrency", concurrency.map { .integer(Int64($0)) })
    return object
  }
}

extension Configuration.Retry {
  fileprivate var json: JSONObject {
    [
      "max_attempts": .integer(Int64(maxAttempts)), "initial": .number(initial),
      "factor": .number(factor), "max": .number(max),
      "breaker_failures": .integer(Int64(breakerFailures)), "breaker_wait": .number(breakerWait),
      "patience": .number(patience),
      "after_crash": .string(afterCrash.rawValue),
    ]
  }
}

extension Configuration.Integration {
  fileprivate var json: JSONObject {
    var object = JSONObject()
    object.append("target", target.map(JSONValue.string))
    object.append("strategy", .string(strategy.rawValue))
    object.append("window", .integer(Int64(window)))
    if !windowTimes.isEmpty {
      object.append("window_times", .array(windowTimes.map { .string($0.text) }))
    }
    object.append("slots", .integer(Int64(slots)))
    object.append("gates", .array(gates.map(JSONValue.string)))
    object.append("assume_disjoint", .bool(assumeDisjoint))
    object.append("confirm", .bool(confirm))
    if final != .warm { object.append("final", .string(final.rawValue)) }
    object.append("after_landing", .array(afterLanding.map(JSONValue.string)))
    object.append("on_red", .string(onRed.rawValue))
    object.append("on_security", .string(onSecurity.rawValue))
    object.append("on_budget", .string(onBudget.rawValue))
    object.append("repair", repair.map { .array($0.map { .string($0.rawValue) }) })
    switch resolver {
    case .tool(let name): object.append("resolver", .string(name))
    case .command(let command):
      object.append("resolver", .array(command.argv.map(JSONValue.string)))
    case nil: break
    }
    object.append("resolver_timeout", .number(resolverTimeout))
    return object
  }
}
