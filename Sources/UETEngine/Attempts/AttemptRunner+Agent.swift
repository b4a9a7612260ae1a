import UETModel
import UETPlanning
import UETScheduling
import UETSystem
import UETTools
import UETWorkers

extension AttemptRunner {
  /// Asks an agent program, records what it used, and fails by what it says.
  func runAgent(
    _ adapter: any ToolAdapter.Type, _ tool: Configuration.Tool, _ invocation: ToolInvocation
  ) async throws {
    let call = try call(adapter, tool, invocation)
    let ended = await supervise(
      call.argv, timeout: invocation.timeout, input: call.launch.readsPrompt ? promptFile : nil,
      also: call.environment)
    try requireLife(ended)
    if case .notStarted(_, let message) = ended.ending {
      var failure = AttemptFailure(
        .toolFailure, "'\(call.argv[0])' could not be started: \(message)")
      failure.isToolBroken = true
      throw failure
    }
    let conclusion = call.conclusion(
      log: context.logs.output(order.name), ToolEnding(ended.ending),
      home: environment.merging(call.environment) { $1 })
    removeLitter(call.launch.litter)
    record(conclusion)
    for warning in conclusion.warnings { context.notes.once(warning) }
    switch ended.ending {
    case .stopped: throw CancellationError()
    case .timedOut:
      throw AttemptFailure(
        .timeout, "no end after \(seconds(invocation.timeout ?? 0))", isTransient: true)
    default: break
    }
    guard let kind = conclusion.outcome.kind,
      let message = conclusion.outcome.message.map(context.logs.redaction.redacted)
    else { return }
    var failure = AttemptFailure(
      kind, "'\(workstream.tool)' did not finish: \(message.terminalSafe)",
      isTransient: conclusion.outcome.isTransient)
    failure.isToolBroken = conclusion.outcome.isFaultOfTool
    throw failure
  }

  private var promptFile: String { context.logs.prompt(order.name) }

  private func call(
    _ adapter: any ToolAdapter.Type, _ tool: Configuration.Tool, _ invocation: ToolInvocation
  ) throws -> AgentCall {
    let scratch = context.logs.scratch(order.name)
    try Files.makeDirectory(scratch)
    guard let prompt = try Files.read(promptFile).map({ String(decoding: $0, as: UTF8.self) })
    else { throw AttemptFailure(.toolFailure, "its prompt was taken away: '\(promptFile)'") }
    let request = ToolRequest(
      program: adapter.name, model: invocation.model, prompt: prompt, promptFile: promptFile,
      folder: path, scratch: scratch, sessionName: context.facts.sessionName(of: order.name),
      maxCost: order.cap?.dollars ?? workstream.estimate.maxCostUSD
        ?? context.configuration.budget.maxCostPerTask,
      files: existingFiles, start: context.project.clock.now())
    return AgentCall(adapter, tool, request: request, user: context.project.environment)
  }

  /// Files that the scope names one by one, and that are there.
  private var existingFiles: [String] {
    let patterns = workstream.scope.writes + workstream.scope.creates
    let paths = patterns.compactMap { pattern -> String? in
      guard let name = pattern.spelledPath, Files.kind("\(path)/\(name)") == .file else {
        return nil
      }
      return name
    }
    return Array(paths.prefix(50))
  }

  /// Moves away what the program left for itself at the root of the worktree, where nobody tracks
  /// it.
  private func removeLitter(_ patterns: [String]) {
    guard !patterns.isEmpty, let worktree = context.repository.worktree(at: path),
      let tip = try? context.repository.head(of: worktree),
      let tree = try? context.repository.commit(tip).tree
    else { return }
    for name in Files.names(in: path) {
      let isLitter = patterns.contains { pattern in
        pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
      }
      guard isLitter, (try? context.repository.entry(at: name, in: tree)) == .some(nil) else {
        continue
      }
      try? Files.move("\(path)/\(name)", to: "\(context.logs.scratch(order.name))/\(name)")
    }
  }

  private func record(_ conclusion: ToolConclusion) {
    let facts = conclusion.facts(context.prices, at: context.project.clock.now())
    for fact in facts {
      _ = report(
        EventDraft(.usageRecorded(fact), workstream: id, attempt: attempt, worker: worker))
    }
  }
}

extension ToolEnding {
  fileprivate init(_ ending: ProcessEnding) {
    switch ending {
    case .exited(let status): self = .exited(status)
    case .signalled(let signal): self = .signalled(signal)
    case .timedOut, .stopped, .notStarted: self = .stopped
    }
  }
}
