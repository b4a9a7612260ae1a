import UETLedger
import UETModel
import UETPlanning
import UETReporting
import UETScheduling
import UETSystem
import UETTools
import UETWorkers

extension AttemptRunner {
  /// Commands of `run.setup`, in order, each with a log of its own; the first that fails ends the
  /// attempt.
  ///
  /// It is the machine that is not ready then, not the worker that failed: hence another kind of
  /// error, and another try after a wait.
  func runSetup() async throws {
    let settings = context.configuration.run
    for (index, command) in settings.setup.enumerated() {
      let name = index == 0 ? "setup" : "setup-\(index + 1)"
      let log = context.logs.gate(name, order.name)
      let report = await supervise(command.argv, timeout: settings.setupTimeout, log: log)
      try requireLife(report)
      switch report.ending {
      case .exited(0): continue
      case .stopped: throw CancellationError()
      default:
        let words = context.logs.lastWords(log)
        throw AttemptFailure(
          .resourceLimit, "set-up failed before the worker began: " + describeSetup(report) + words,
          isTransient: true)
      }
    }
  }

  private func describeSetup(_ report: ProcessReport) -> String {
    guard case .timedOut = report.ending else { return "it \(describe(report.ending))" }
    return "no end after \(seconds(context.configuration.run.setupTimeout))"
  }

  /// Runs the tool; a failure to start counts as the tool's.
  mutating func runTool() async throws {
    let invocation: ToolInvocation
    do {
      invocation = try ToolInvocation(
        workstream, tool: order.tool, configuration: context.configuration,
        promptFile: context.logs.prompt(order.name))
    } catch {
      throw AttemptFailure(
        .planConsistency,
        UnusableTool(workstream: id, problem: error).refusal.messages.joined(separator: "; "))
    }
    guard case .command(let argv) = invocation.program else {
      guard case .agent(let adapter, let tool) = invocation.program else { return }
      return try await runAgent(adapter, tool, invocation)
    }
    let own = context.configuration.tools[order.tool].map {
      WorkerEnvironment.own(of: $0, user: context.project.environment)
    }
    let report = await supervise(argv, timeout: invocation.timeout, also: own ?? [:])
    try requireLife(report)
    switch report.ending {
    case .exited(0): return
    case .exited(let status):
      let transient = invocation.transientStatuses.contains(Int(status))
      throw AttemptFailure(
        .toolFailure, "'\(order.tool)' ended with status \(status)" + lastWords,
        isTransient: transient)
    case .timedOut:
      throw AttemptFailure(
        .timeout, "no end after \(seconds(invocation.timeout ?? 0))", isTransient: true)
    case .stopped:
      throw CancellationError()
    case .outOfMemory: throw outOfMemory(report.ending)
    case .signalled, .notStarted:
      var failure = AttemptFailure(
        .toolFailure, "'\(order.tool)' \(describe(report.ending))")
      if case .notStarted = report.ending { failure.isToolBroken = true }
      throw failure
    }
  }

  /// A supervisor that stopped beating, because it was stopped or hangs, was ended: trying again
  /// helps.
  func requireLife(_ report: ProcessReport) throws {
    guard let silence = report.silence, stop.level == .off else { return }
    throw AttemptFailure(
      .timeout, "its supervisor gave no sign of life for \(seconds(silence)) (run.stale)",
      isTransient: true)
  }

  /// It is the machine that had too little, or the amount that the workstream asked for.
  private func outOfMemory(_ ending: ProcessEnding) -> AttemptFailure {
    AttemptFailure(
      .resourceLimit, "'\(order.tool)' \(describe(ending))" + lastWords, isTransient: true)
  }

  /// What the tool said last, to be put behind the reason.
  private var lastWords: String {
    context.logs.lastWords(context.logs.output(order.name))
  }

  /// All that it runs is held to what it counts for.
  private var limits: ProcessLimits {
    let isBackground = context.configuration.tools[order.tool]?.background == true
    return context.facts.hold.limits(
      context.configuration.resources(for: workstream, tool: order.tool),
      isBackground: isBackground || workstream.priority == .background)
  }

  /// Runs a command in the worktree under the supervisor, its output in the attempt's log.
  func supervise(
    _ argv: [String], timeout: Double?, log: String? = nil, input: String? = nil,
    also variables: [String: String] = [:], farewell: Double = 0,
    enclosure: Enclosure? = nil
  ) async -> ProcessReport {
    // The folder may be deleted at any time, as everything under it.
    try? Files.makeDirectory(context.logs.folder)
    let (trees, owner) = (context.logs.trees, order.name.label)
    let log = log ?? context.logs.output(order.name)
    context.written.add(log, of: order.name)
    var process = ProcessOrder(
      argv: argv, workingDirectory: path, environment: environment.merging(variables) { $1 },
      logPath: log, timeout: timeout, grace: 5)
    process.input = input
    process.farewell = farewell
    process.stale = context.configuration.run.stale
    process.limits = limits
    let enclosed = context.enclosed(process, enclosure ?? self.enclosure)
    return await context.supervisor.run(enclosed, stop: stop) { process in
      try? trees.add(process, for: owner)
    }
  }

  /// What its set-up, its tool and its gates see: its place, its prompt, and whom it reports to.
  var enclosure: Enclosure {
    var enclosure = Enclosure(
      owner: id.rawValue,
      worktree: place.isWorktree ? context.repository.worktree(at: path) : nil)
    // By the lock it can see that the run goes on.
    enclosure.reading =
      [promptFile, RunLock.path(of: context.run, in: context.repository)]
      + (context.reports.map { [$0.path] } ?? [])
    enclosure.writing = [path, context.logs.scratch(order.name)]
    enclosure.clone = clone
    return enclosure
  }

  /// The repository that a tool has for itself whose work is not trusted.
  var clone: PrivateClone? {
    guard context.configuration.tools[order.tool]?.trust == Configuration.Tool.Trust.none,
      place.isWorktree, let worktree = context.repository.worktree(at: path)
    else { return nil }
    let room = EnclosedRoom(context.logs, owner: id.rawValue)
    return PrivateClone(of: worktree, in: room, context.repository)
  }

  /// Has what was committed in a clone of its own taken into the repository.
  func fetchClone() async throws {
    do { try await clone?.fetch(context.git) } catch {
      throw AttemptFailure(
        .security, "what it committed in its clone is refused: \("\(error)".terminalSafe)")
    }
  }

  var environment: [String: String] {
    var own = [
      "UET_RUN": context.run.rawValue,
      "UET_WORKSTREAM": id.rawValue,
      "UET_ATTEMPT": String(attempt),
      "UET_WORKER": worker,
      "UET_PROMPT_FILE": context.logs.prompt(order.name),
      "UET_PORT_BASE": String(portBase),
      "TRACEPARENT": TraceIdentity(context.run, base: context.facts.base)
        .traceparent(id, attempt),
    ]
    own["UET_SOCKET"] = context.reports?.path
    own["UET_TOKEN"] = context.reports?.token(for: order.name)
    return WorkerEnvironment.make(
      user: context.project.environment, declared: workstream.environment, run: own)
  }
}

/// How a process ended, in words that follow its name.
func describe(_ ending: ProcessEnding) -> String {
  switch ending {
  case .exited(let status): "ended with status \(status)"
  case .signalled(let signal): "was ended by signal \(signal)"
  case .outOfMemory: "was killed for want of memory"
  case .timedOut: "ran out of time"
  case .stopped: "was stopped"
  case .notStarted(_, let message): "could not be started: \(message)"
  }
}

/// A time span for people: `45 s`, `3 min`, `1.5 h`.
func seconds(_ value: Double) -> String {
  switch value {
  case ..<120: "\(Int(value.rounded())) s"
  case ..<7200: "\(Int((value / 60).rounded())) min"
  default: "\((value / 360).rounded() / 10) h"
  }
}

extension AttemptRunner {
  /// Asks an agent program, records what it used, and fails by what it says.
  mutating func runAgent(
    _ adapter: any ToolAdapter.Type, _ tool: Configuration.Tool, _ invocation: ToolInvocation
  ) async throws {
    let handed = handedTokens(adapter, model: invocation.model)
    if let overflow = overflow(handed, adapter, model: invocation.model) { throw overflow }
    let session = context.facts.resumedSession(of: workstream, by: order.tool, after: previous)
    var (ending, conclusion) = try await ask(adapter, tool, invocation, resuming: session)
    if conclusion.outcome == .sessionGone {
      context.notes.once(
        "attempt \(attempt) of '\(id)' begins anew: the session of the one before it is gone")
      try writePrompt(mayResume: false)
      (ending, conclusion) = try await ask(adapter, tool, invocation, resuming: nil)
    }
    record(conclusion, handed: handed.tokens)
    lastMessage = conclusion.lastMessage
    for warning in conclusion.warnings { context.notes.once(warning) }
    switch ending {
    case .stopped: throw CancellationError()
    case .timedOut:
      throw AttemptFailure(
        .timeout, "no end after \(seconds(invocation.timeout ?? 0))", isTransient: true)
    case .outOfMemory: throw outOfMemory(ending)
    default: break
    }
    guard let kind = conclusion.outcome.kind,
      let message = conclusion.outcome.message.map(context.logs.redaction.redacted)
    else { return }
    var failure = AttemptFailure(
      kind, "'\(order.tool)' did not finish: \(message.terminalSafe)",
      isTransient: conclusion.outcome.isTransient)
    failure.isToolBroken = conclusion.outcome.isFaultOfTool
    if case .rateLimited(let wait) = conclusion.outcome { failure.wait = wait }
    throw failure
  }

  /// A file that the tool's entry has the program write outside of all that it may else write: its
  /// tokens are counted from there.
  private static func namedFile(_ file: ToolFile) -> String? {
    guard case .absolute(let path) = file.root, path.hasPrefix("/") else { return nil }
    if Files.kind(path) == nil { try? Files.write([], to: path) }
    return Files.kind(path) == .file ? path : nil
  }

  /// Has the program work to its end.
  private func ask(
    _ adapter: any ToolAdapter.Type, _ tool: Configuration.Tool, _ invocation: ToolInvocation,
    resuming session: String?
  ) async throws -> (ProcessEnding, ToolConclusion) {
    let call = try call(adapter, tool, invocation, resuming: session)
    for input in call.launch.inputs { try Files.write(input.text.utf8, to: input.path) }
    var enclosure = enclosure
    enclosure.homes = adapter.homes
    enclosure.writing += call.launch.files.compactMap(Self.namedFile)
    enclosure.programs = [call.program].compactMap { Spawn.find($0, environment) ?? $0 }
    let ended = await supervise(
      call.argv, timeout: invocation.timeout, input: call.launch.readsPrompt ? promptFile : nil,
      also: call.environment, farewell: call.launch.farewell, enclosure: enclosure)
    try requireLife(ended)
    if case .notStarted(_, let message) = ended.ending {
      var failure = AttemptFailure(
        .toolFailure, "'\(call.argv[0])' could not be started: \(message)")
      failure.isToolBroken = true
      throw failure
    }
    let conclusion = call.conclusion(
      log: context.logs.output(order.name), ToolEnding(ended.ending),
      home: context.facts.inner(environment.merging(call.environment) { $1 }, of: id, adapter))
    removeLitter(call.launch.litter)
    return (ended.ending, conclusion)
  }

  func writePrompt(mayResume: Bool = true) throws {
    if let ownPrompt {
      return try Files.write(context.logs.redaction.redacted(ownPrompt).utf8, to: promptFile)
    }
    try Files.write(prompt(takingUp: workInHand, mayResume: mayResume).utf8, to: promptFile)
  }

  /// What it is asked, without secrets.
  func prompt(takingUp work: ObjectID?, mayResume: Bool = true) -> String {
    var prompt = context.facts.prompt(
      for: workstream, attempt, on: order.inputs, by: order.tool, after: previous, notes: notes,
      answers: answers, mayResume: mayResume)
    prompt.previous?.isTakenUp = work != nil
    return context.logs.redaction.redacted(prompt.text)
  }

  var promptFile: String { context.logs.prompt(order.name) }

  private func call(
    _ adapter: any ToolAdapter.Type, _ tool: Configuration.Tool, _ invocation: ToolInvocation,
    resuming session: String?
  ) throws -> AgentCall {
    let scratch = context.logs.scratch(order.name)
    try Files.makeDirectory(scratch)
    guard let prompt = try Files.read(promptFile).map({ String(decoding: $0, as: UTF8.self) })
    else { throw AttemptFailure(.toolFailure, "its prompt was taken away: '\(promptFile)'") }
    var request = ToolRequest(
      program: adapter.name, model: invocation.model, prompt: prompt, promptFile: promptFile,
      folder: place.isWorktree ? context.onePath ?? path : path, scratch: scratch,
      sessionName: context.facts.sessionName(of: order.name),
      resumes: session,
      maxCost: order.cap?.dollars ?? workstream.estimate.maxCostUSD
        ?? context.configuration.budget.maxCostPerTask,
      files: existingFiles, start: context.project.clock.now())
    request.policy.writes = workstream.scope.writes + workstream.scope.creates
    request.ownProgram = OwnProgram.path
    return AgentCall(adapter, tool, request: request, user: context.project.environment)
  }

  /// Files that the scope names one by one, and that are there.
  var existingFiles: [String] {
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

  private func record(_ conclusion: ToolConclusion, handed: Int) {
    let facts = conclusion.facts(
      context.prices, at: context.project.clock.now(), handed: handed)
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
    case .outOfMemory: self = .signalled(9)
    case .timedOut, .stopped, .notStarted: self = .stopped
    }
  }
}
