import ArgumentParser
import Dispatch
import UETEngine
import UETModel

/// The program: `git uet COMMAND`.
package struct GitUET: AsyncParsableCommand {
  package static var configuration: CommandConfiguration {
    CommandConfiguration(
      // Completion scripts are made for the file's name; people type it as a git command.
      commandName: CommandLine.arguments.contains("--generate-completion-script")
        ? "git-uet" : "git uet",
      abstract: "plan, run and land many pieces of work on one repository",
      discussion: """
        Workstreams are declared in bundles (JSON or YAML). A run gives each its own worktree and \
        branch, never lets two that could touch the same path run at once, and records everything \
        under refs/uet. Start with 'git uet init'.
        """,
      version: versionText,
      groupedSubcommands: [
        CommandGroup(
          name: "Work",
          subcommands: [
            InitCommand.self, ImportCommand.self, TrustCommand.self, PlanCommand.self,
            ValidateCommand.self,
            SimulateCommand.self, SuggestCommand.self,
            AddCommand.self, DraftCommand.self, ContextCommand.self,
            RunCommand.self,
            ResumeCommand.self, ReviewCommand.self, IntegrateCommand.self, QueueCommand.self,
            ConflictsCommand.self, ResolveCommand.self, RollbackCommand.self, ServeCommand.self,
          ]),
        CommandGroup(
          name: "Steer",
          subcommands: [
            AnswerCommand.self, PauseCommand.self, CancelCommand.self, RetryCommand.self,
            WorkersCommand.self,
            ReplanCommand.self,
          ]),
        CommandGroup(
          name: "Look",
          subcommands: [
            StatusCommand.self, MonitorCommand.self, DashboardCommand.self, ReportCommand.self,
            CompareCommand.self, AdviseCommand.self,
            CostCommand.self,
            MetricsCommand.self, TraceCommand.self,
            PricesCommand.self,
            RunsCommand.self,
            ShowCommand.self, PromptCommand.self, HandoffCommand.self,
            LogsCommand.self, OpenCommand.self, EventsCommand.self, ReplayCommand.self,
            GatesCommand.self, ReproduceCommand.self,
          ]),
        CommandGroup(
          name: "Maintain",
          subcommands: [
            SyncCommand.self, WorktreesCommand.self, CleanCommand.self, RecoverCommand.self,
            AdoptCommand.self,
            DoctorCommand.self,
            GcCommand.self, ForgetCommand.self, VerifyCommand.self, CacheCommand.self,
            HookCommand.self,
          ]),
        CommandGroup(
          name: "Inside a worker",
          subcommands: [
            SignalCommand.self, MCPCommand.self, ACPClientCommand.self, JobCommand.self,
          ]),
      ])
  }

  package init() {}

  /// Runs the program and ends the process.
  ///
  /// The version alone is said at once: threads and the table of commands would take longer than
  /// all the rest.
  package static func launch() -> Never {
    Outlet.prepare()
    if CommandLine.arguments.count == 2, CommandLine.arguments[1] == "--version" {
      Terminal(.output, environment: [:]).line(versionText)
      leave(.done)
    }
    // At each push: the table of commands takes longer than most pushes are looked at.
    if let call = HookCall(CommandLine.arguments.dropFirst()) {
      Task { leave(await call.perform()) }
      dispatchMain()
    }
    Task { await start() }
    dispatchMain()
  }

  private static let versionText = "git-uet version \(ProgramVersion.text)"

  /// Parses the arguments, runs the command and ends the process with its status.
  private static func start() async -> Never {
    let environment = ProcessEnvironment.current
    let errors = Terminal(.error, environment: environment)
    var command: any ParsableCommand
    do { command = try parseAsRoot() } catch { finish(parsing: error, errors) }
    do {
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
      leave(.done)
    } catch let status as ExitStatus {
      leave(status)
    } catch let status as ProgramStatus {
      leave(status)
    } catch  where error is ValidationError || exitCode(for: error) == .success {
      // Help is a command of the parser's own, which ends by throwing it.
      finish(parsing: error, errors)
    } catch {
      let refusal = Refusal(error)
      for line in refusal.lines(on: errors) { errors.line(line) }
      leave(refusal.status)
    }
  }

  /// Help and the version are no errors; everything else that the parser says is bad usage.
  private static func finish(parsing error: any Error, _ errors: Terminal) -> Never {
    let text = fullMessage(for: error)
    let arguments = Array(CommandLine.arguments.dropFirst())
    let wrong = UsageFailure(helpFor: arguments, of: GitUET.self)
    if exitCode(for: error) == .success, wrong == nil {
      Terminal(.output, environment: ProcessEnvironment.current).line(text)
      leave(.done)
    }
    let failure = wrong ?? UsageFailure(text, arguments: arguments, of: GitUET.self)
    for line in failure.lines(on: errors) { errors.line(line) }
    leave(.usage)
  }
}
