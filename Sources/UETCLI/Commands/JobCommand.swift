import ArgumentParser
import UETEngine
import UETModel

/// What a job of a batch system runs for an attempt. People need it only to look why one fails.
struct JobCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "job",
    abstract: "carry out an attempt on this machine for a run on another",
    discussion: """
      What 'git uet run' hands to a batch system (see 'run.executor'). Takes up the order that the \
      lease says, in a mirror and a worktree of this machine, and pushes result, logs and usage back, as \
      long as the lease is still its own. On SIGTERM it ends the worker and pushes what it left. \
      Status 75: another job has the lease, and nothing was pushed.
      """, shouldDisplay: false)

  /// What `sysexits.h` calls a temporary failure.
  private static let fenced: Int32 = 75

  @Option(help: "Path or address of the repository that holds the lease.") var remote: String
  @Option(help: "Where mirrors and worktrees stay.", completion: .directory) var folder: String?
  @Argument(help: "The full name of the lease's reference.") var lease: String

  func run() async throws {
    let environment = ProcessEnvironment.current
    let errors = Terminal(.error, environment: environment)
    let job = NodeJob(
      remote: remote, lease: lease, folder: folder, environment: environment
    ) { errors.line($0.terminalSafe) }
    let work = Task { try await job.perform() }
    let watch = SignalWatch(
      .init(subject: "the attempt", limit: 60, begin: { work.cancel() }, end: {})
    ) { errors.line($0) }
    defer { watch.finish() }
    switch try await work.value {
    case .brought: return
    case .fenced: throw ProgramStatus(code: Self.fenced)
    }
  }
}
