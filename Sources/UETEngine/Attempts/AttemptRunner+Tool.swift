import UETModel
import UETScheduling

extension AttemptRunner {
  /// Commands of `run.setup`, in order; the first that fails ends the attempt.
  func runSetup() async throws {
    for command in context.configuration.run.setup {
      let report = await supervise(
        command.argv, timeout: nil, log: context.logs.gate("setup", order.name))
      guard case .exited(0) = report.ending else {
        throw AttemptFailure(
          .toolFailure, "the set-up command failed: it \(describe(report.ending))")
      }
    }
  }

  /// Runs the tool; a failure to start counts as the tool's.
  func runTool() async throws {
    let invocation: ToolInvocation
    do {
      invocation = try ToolInvocation(
        workstream, configuration: context.configuration,
        promptFile: context.logs.prompt(order.name))
    } catch {
      throw AttemptFailure(.planConsistency, "\(error)")
    }
    let report = await supervise(invocation.argv, timeout: invocation.timeout)
    switch report.ending {
    case .exited(0): return
    case .exited(let status):
      let transient = invocation.transientStatuses.contains(Int(status))
      throw AttemptFailure(
        .toolFailure, "'\(workstream.tool)' ended with status \(status)" + lastWords,
        isTransient: transient)
    case .timedOut:
      throw AttemptFailure(
        .timeout, "no end after \(seconds(invocation.timeout ?? 0))", isTransient: true)
    case .stopped:
      throw CancellationError()
    case .signalled, .notStarted:
      throw AttemptFailure(.toolFailure, "'\(workstream.tool)' \(describe(report.ending))")
    }
  }

  /// What the tool said last, to be put behind the reason.
  private var lastWords: String {
    context.logs.lastWords(context.logs.output(order.name)).map { ": \($0)" } ?? ""
  }

  /// Runs a command in the worktree under the supervisor, its output in the attempt's log.
  func supervise(
    _ argv: [String], timeout: Double?, log: String? = nil
  ) async -> ProcessReport {
    // The folder may be deleted at any time, as everything under it.
    try? Files.makeDirectory(context.logs.folder)
    let identity = context.logs.identity(order.name)
    return await context.supervisor.run(
      ProcessOrder(
        argv: argv, workingDirectory: path, environment: environment,
        logPath: log ?? context.logs.output(order.name), timeout: timeout, grace: 5),
      stop: stop
    ) { process in
      try? Files.write("\(process)".utf8, to: identity)
    }
  }

  private var environment: [String: String] {
    var own = [
      "UET_RUN": context.run.rawValue,
      "UET_WORKSTREAM": id.rawValue,
      "UET_ATTEMPT": String(attempt),
      "UET_WORKER": worker,
      "UET_PROMPT_FILE": context.logs.prompt(order.name),
      "UET_PORT_BASE": String(portBase),
    ]
    own["UET_SOCKET"] = context.reports?.path
    own["UET_TOKEN"] = context.reports?.token(for: order.name)
    return WorkerEnvironment.make(
      user: context.project.environment, declared: workstream.environment, run: own)
  }
}

extension AttemptRunner {
  /// The first of the ports that a workstream has for itself: its place in the plan decides, so that
  /// it is the same in each attempt; below the range that systems give out by themselves.
  private var portBase: Int {
    let block = max(1, context.configuration.run.ports)
    return 10_000 + order.place % max(1, 20_000 / block) * block
  }
}

/// How a process ended, in words that follow its name.
func describe(_ ending: ProcessEnding) -> String {
  switch ending {
  case .exited(let status): "ended with status \(status)"
  case .signalled(let signal): "was ended by signal \(signal)"
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
