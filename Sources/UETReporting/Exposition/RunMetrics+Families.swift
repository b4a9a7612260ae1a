import UETModel

extension RunMetrics {
  /// Gates come from the configuration, and may be many: the rest counts as `other`.
  private static let mostGates = 50

  /// The figures for collectors. How many series there are does not depend on how many workstreams
  /// or runs: none of them names one, but for the one that says which run it is.
  ///
  /// `isLive`: a process works on the run.
  package func families(_ state: RunState, isLive: Bool, version: String) -> [MetricFamily] {
    var families: [MetricFamily] = []
    var build = MetricFamily("uet_build", .info, "The program that says this.")
    build.add(1, ["version": version])
    var subject = MetricFamily("uet_run", .info, "The run that this is about.")
    subject.add(1, ["run": "\(run)"])
    families += [build, subject, statuses]
    families.add("uet_run_live", .gauge, "Whether a process works on the run.", isLive ? 1 : 0)
    families.add(
      "uet_run_start_time_seconds", .gauge, "When the run was started, since 1970.",
      unit: "seconds", started.map(Self.time))
    families.add(
      "uet_run_last_event_time_seconds", .gauge, "When something was recorded last, since 1970.",
      unit: "seconds", state.updatedAt.map(Self.time))
    families.add(
      "uet_run_duration_seconds", .gauge, "Time in which something worked on the run.",
      unit: "seconds", seconds)
    families.add(
      "uet_run_idle_seconds", .gauge, "Time between, in which nothing did.", unit: "seconds", idle)
    families.add(
      "uet_run_planned_seconds", .gauge, "What the plan said that attempts take in all.",
      unit: "seconds", plannedSeconds)
    families.add(
      "uet_run_speedup_ratio", .gauge, "Work by the time that it took.", unit: "ratio", speedup)
    families.add(
      "uet_run_possible_speedup_ratio", .gauge, "The most that it can have been.", unit: "ratio",
      possibleSpeedup)
    families.add("uet_recoveries", .counter, "How often the run was taken up again.", recoveries)
    families.add("uet_plan_changes", .counter, "How often its plan was changed.", planChanges)
    families += [standing(state), times]
    families += attemptFamilies(state) + gateFamilies + queueFamilies + usageFamilies
    return families
  }

  private static func time(_ moment: Timestamp) -> Double {
    Double(moment.microseconds) / 1_000_000
  }

  private var statuses: MetricFamily {
    var family = MetricFamily("uet_run_status", .gauge, "1 for how the run stands.")
    for each in RunState.Status.allCases {
      family.add(each == status ? 1 : 0, ["status": each.rawValue.lowercased()])
    }
    return family
  }

  private func standing(_ state: RunState) -> MetricFamily {
    var family = MetricFamily("uet_workstreams", .gauge, "Workstreams, by state.")
    let counts = state.counts
    for each in WorkstreamState.allCases {
      family.add(Double(counts[each] ?? 0), ["state": each.rawValue.lowercased()])
    }
    return family
  }

  private var times: MetricFamily {
    var family = MetricFamily(
      "uet_workstream_time_seconds", .gauge, "Time of all workstreams, by what it went into.",
      unit: "seconds")
    for use in TimeUse.allCases { family.add(uses[use] ?? 0, ["use": use.rawValue]) }
    return family
  }

  private func attemptFamilies(_ state: RunState) -> [MetricFamily] {
    var families: [MetricFamily] = []
    families.add("uet_attempts", .counter, "Attempts that were begun.", attempts)
    var failed = MetricFamily("uet_attempt_failures", .counter, "Attempts that failed, by kind.")
    let failures = failures
    for kind in ErrorKind.allCases {
      failed.add(Double(failures[kind] ?? 0), ["error": kind.rawValue])
    }
    var workers = MetricFamily("uet_workers", .gauge, "Workers, by state.")
    for each in WorkerRecord.State.allCases {
      workers.add(
        Double(state.pool.count { $0.state == each }), ["state": each.rawValue.lowercased()])
    }
    families += [failed, workers]
    families.add(
      "uet_worker_use_ratio", .gauge, "Of the worker time that there was, what attempts took.",
      unit: "ratio", workerUse)
    return families
  }

  private var gateFamilies: [MetricFamily] {
    var runs = MetricFamily("uet_gate_runs", .counter, "Runs of gates that ended, by result.")
    var seconds = MetricFamily(
      "uet_gate_seconds", .counter, "Time that runs of gates took.", unit: "seconds")
    var flaky = MetricFamily("uet_gate_flaky", .counter, "Runs that were red first, then green.")
    var reused = MetricFamily("uet_gate_reused", .counter, "Verdicts that were known already.")
    func add(_ name: String, _ gates: some Collection<GateFigures>) {
      func sum(_ value: (GateFigures) -> Int) -> Double {
        Double(gates.reduce(0) { $0 + value($1) })
      }
      runs.add(sum { $0.runs - $0.red }, ["gate": name, "result": "green"])
      runs.add(sum(\.red), ["gate": name, "result": "red"])
      runs.add(sum(\.faults), ["gate": name, "result": "fault"])
      seconds.add(gates.reduce(0) { $0 + $1.seconds }, ["gate": name])
      flaky.add(sum(\.flaky), ["gate": name])
      reused.add(sum(\.reused), ["gate": name])
    }
    for gate in gates.prefix(Self.mostGates) { add(gate.name, [gate]) }
    if gates.count > Self.mostGates { add("other", gates.dropFirst(Self.mostGates)) }
    return [runs, seconds, flaky, reused]
  }

  private var queueFamilies: [MetricFamily] {
    var families: [MetricFamily] = []
    families.add("uet_queue_candidates", .counter, "Results that came to the queue.", candidates)
    families.add("uet_queue_integrated", .counter, "Candidates that were merged.", integrated)
    families.add("uet_queue_landed", .counter, "Candidates that landed in the target.", landed)
    families.add("uet_queue_ejections", .counter, "Candidates set aside.", ejections.count)
    families.add("uet_queue_conflicts", .counter, "Merges that conflicted.", conflicts)
    families.add("uet_queue_gate_runs", .counter, "Runs of gates in the queue.", queueGateRuns)
    families.add(
      "uet_queue_wait_median_seconds", .gauge, "From the queue's beginning with one to its merge.",
      unit: "seconds", queueWait?.median)
    families.add(
      "uet_queue_wait_longest_seconds", .gauge, "The longest of these.", unit: "seconds",
      queueWait?.longest)
    return families
  }

  private var usageFamilies: [MetricFamily] {
    var families: [MetricFamily] = []
    var tokens = MetricFamily("uet_tokens", .counter, "Tokens that were reported, by kind.")
    tokens.add(Double(usage.inputTokens - usage.cachedTokens), ["kind": "input"])
    tokens.add(Double(usage.cachedTokens), ["kind": "cached_input"])
    tokens.add(Double(usage.outputTokens), ["kind": "output"])
    families.append(tokens)
    families.add(
      "uet_cost_usd", .counter, "What the reports with a price come to, in US dollars.",
      unit: "usd", usage.costUSD)
    families.add("uet_usage_reports", .counter, "Reports of use.", usage.reports)
    families.add(
      "uet_usage_unpriced", .counter, "Reports without a price: the cost is more.", usage.unpriced)
    return families
  }
}
