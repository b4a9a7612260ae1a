import UETEngine
import UETModel

/// What is driven in the foreground: it is shown while it goes on, signals end it, and the user's
/// own command is told of it.
struct LiveDrive {
  let context: CommandContext
  let project: Project
  let json: Bool

  typealias Body<Value> = (@escaping RunObserver, RunControl) async throws -> Value

  /// Gives what came of it, and the status to leave with where a signal came.
  ///
  /// `drain` says what a first signal lets finish, with what ends all at once.
  func perform<Value>(
    showing view: (Terminal) -> ProgressView,
    drain: (RunControl, @escaping @Sendable () -> Void) -> SignalWatch.Drain,
    running body: Body<Value>
  ) async throws -> (Value, signalled: ExitStatus?) {
    let live = json ? context.errors : context.output
    let (view, errors) = (view(live), context.errors)
    if live.isInteractive { context.notices.redirect { view.note($0) } }
    defer { context.notices.redirect(nil) }
    let control = RunControl()
    let children = project.git.watch
    let end: @Sendable () -> Void = {
      control.stop()
      children.endAll()
    }
    let watch = SignalWatch(drain(control, end)) { text in
      if live.isInteractive { view.note(text) } else { errors.line(text) }
    }
    let notifier = Notifier(project)
    let spans = SessionSpans(context, project)
    Outlet.standard.begin(.live)
    let ticker = view.ticking()
    defer { ticker?.cancel() }
    let observer: RunObserver = { events, state in
      notifier?.note(events, state)
      spans?.note(events, state)
      view.show(events, state)
    }
    let outcome: Result<Value, any Error>
    do { outcome = .success(try await body(observer, control)) } catch { outcome = .failure(error) }
    view.finish()
    await notifier?.close()
    spans?.send()
    Outlet.standard.begin(.working)
    watch.finish()
    return (try outcome.get(), watch.exitStatus)
  }
}
