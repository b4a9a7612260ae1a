import UETModel
import UETPlanning
import UETSystem
import UETWorkers

/// Calls the user's own command when something happens that somebody may wait for
/// (`run.notify`).
///
/// One call at a time, in the order of what happened, beside the run, which waits for none of them
/// but at its end, and then not for long.
package final class Notifier: Sendable {
  private let settings: Configuration.Notify
  private let mailbox: AsyncStream<Notice>.Continuation
  private let calls: Task<Void, Never>

  private struct Notice: Sendable {
    let kind: Configuration.Notify.Kind
    let run: RunID
    let event: Event
    let status: String
  }

  /// So many may wait; what comes then is left out.
  private static let most = 100
  /// Seconds that one call may take.
  private static let longest = 30.0

  /// nil where nothing is to be called.
  package init?(_ project: Project) {
    guard let settings = project.configuration.run.notify,
      let executable = Supervisor.locate(environment: project.environment)
    else { return nil }
    let supervisor = Supervisor(executable: executable)
    self.settings = settings
    let (notices, mailbox) = AsyncStream.makeStream(
      of: Notice.self, bufferingPolicy: .bufferingOldest(Self.most))
    self.mailbox = mailbox
    let notes = OnceNotes(project.warn)
    calls = Task {
      for await notice in notices {
        await Self.call(settings, notice, project, supervisor, notes)
      }
    }
  }

  /// Takes events that are durable.
  package func note(_ events: [Event], _ state: RunState) {
    for event in events {
      guard let kind = Configuration.Notify.Kind(event.fact), settings.kinds.contains(kind) else {
        continue
      }
      mailbox.yield(
        Notice(kind: kind, run: state.run, event: event, status: state.status.rawValue))
    }
  }

  /// Waits until all that was noted is told.
  package func close() async {
    mailbox.finish()
    await calls.value
  }

  private static func call(
    _ settings: Configuration.Notify, _ notice: Notice, _ project: Project,
    _ supervisor: Supervisor, _ notes: OnceNotes
  ) async {
    var own = [
      "UET_RUN": notice.run.rawValue, "UET_NOTICE": notice.kind.rawValue,
      "UET_STATUS": notice.status,
      "UET_EVENT": String(decoding: notice.event.line.prefix(16 << 10), as: UTF8.self),
    ]
    own["UET_WORKSTREAM"] = notice.event.workstream?.rawValue
    let logs = project.logs(of: notice.run)
    try? Files.makeDirectory(logs.folder)
    let order = ProcessOrder(
      argv: settings.command.argv,
      workingDirectory: project.repository.workTree ?? project.repository.commonDirectory,
      environment: project.environment.merging(own) { $1 }, logPath: "\(logs.folder)/notify.log",
      timeout: longest, grace: 1)
    let report = await supervisor.run(order) { _ in }
    if case .exited(0) = report.ending { return }
    notes.once(
      "the command of 'run.notify' \(describe(report.ending))"
        + logs.lastWords("\(logs.folder)/notify.log"))
  }
}

extension Configuration.Notify.Kind {
  /// What a fact is to people; nil for what nobody is told of.
  init?(_ fact: Fact) {
    switch fact {
    case .runFinished: self = .finished
    case .landed: self = .landed
    case .taskQuarantined: self = .failed
    case .mergeConflict: self = .conflict
    case .reviewRequested: self = .review
    case .questionAsked: self = .question
    case .budgetWarning, .budgetExceeded: self = .budget
    default: return nil
    }
  }
}
