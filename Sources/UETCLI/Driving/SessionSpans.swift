import Synchronization
import UETEngine
import UETModel
import UETReporting

/// Sends what has ended while this process worked on a run to a collector of traces.
final class SessionSpans: Sendable {
  private let context: CommandContext
  private let project: Project
  private let sender: SpanSender
  /// The run, and the last event before this process recorded any.
  private let begun = Mutex<(run: RunID, before: Int)?>(nil)

  /// nil where no collector is named; one that cannot be spoken to is told, and costs nothing else.
  init?(_ context: CommandContext, _ project: Project) {
    do throws(Refusal) {
      guard let sender = try SpanSender(context.environment) else { return nil }
      (self.context, self.project, self.sender) = (context, project, sender)
    } catch {
      context.warning(error.messages.joined(separator: "; "))
      return nil
    }
  }

  func note(_ events: [Event], _ state: RunState) {
    guard let first = events.first else { return }
    begun.withLock { $0 = $0 ?? (state.run, first.seq - 1) }
  }

  /// The record has it all: what does not arrive is no failure of the run.
  func send() {
    guard let (run, before) = begun.withLock({ $0 }) else { return }
    do {
      let trace = try project.trace(of: run)
      try sender.send(trace, trace.spans(try project.state(of: run), after: before))
    } catch {
      let refusal = Refusal(error)
      context.warning(refusal.messages.joined(separator: "; "))
      for hint in refusal.hints { context.errors.line("hint: \(hint)") }
    }
  }
}
