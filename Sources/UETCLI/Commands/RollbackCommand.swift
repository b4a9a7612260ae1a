import ArgumentParser
import UETEngine
import UETModel
import UETReporting

struct RollbackCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "rollback",
    abstract: "take landed work out of its branch again",
    discussion: """
      Each workstream is undone by its compensation actions, the last declared first, or by a revert of \
      its merge where it has none. What builds on it goes first. The result passes the gates before the \
      branch moves. A step that fails leaves everything as it is, for a person: --continue, --retry or \
      --abort end it.
      """)

  @OptionGroup var names: WorkstreamsArguments
  @Option(
    help: ArgumentHelp("Take out a phase.", valueName: "name"), completion: Offer.phase)
  var phase: String?
  @Option(help: ArgumentHelp("Only the commit of one task, by its number.", valueName: "n"))
  var task: Int?
  @Option(help: ArgumentHelp("Only one commit of the workstream.", valueName: "commit"))
  var commit: String?
  @Option(help: ArgumentHelp("Why, for the record.", valueName: "text")) var reason: String?
  @Flag(help: "Take out what builds on it as well.") var withDependents = false
  @Flag(name: [.customShort("n"), .long], help: "Only show what would be done.") var dryRun = false
  @Flag(name: .customLong("continue"), help: "Go on with the failed step as it was mended.")
  var goOn = false
  @Flag(help: "Make the failed step once more.") var retry = false
  @Flag(name: .customLong("abort"), help: "Give the unfinished rollback up.") var abandon = false
  @Flag(help: "Where the branch is checked out and clean, move that checkout along.")
  var updateCheckout = false
  @Flag(help: "Print the outcome as one JSON object.") var json = false

  private var workstreams: [String] { names.workstreams }

  func validate() throws {
    let decisions = [goOn, retry, abandon].count { $0 }
    let hasSubject = !workstreams.isEmpty || phase != nil
    if decisions > 1 { throw ValidationError("choose one of --continue, --retry and --abort") }
    if decisions == 1 {
      if hasSubject || task != nil || commit != nil || dryRun {
        throw ValidationError(
          "--continue, --retry and --abort take nothing but a run and --update-checkout")
      }
      return
    }
    if !hasSubject && names.run == nil {
      throw ValidationError("say what to take out: a workstream, --phase or a run")
    }
    if phase != nil && !workstreams.isEmpty {
      throw ValidationError("choose workstreams or --phase, not both")
    }
    if task != nil || commit != nil {
      if workstreams.count != 1 || (task != nil && commit != nil) {
        throw ValidationError("--task and --commit each need one workstream")
      }
    }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project()
    try project.requirePerson(to: "take back what landed")
    let live = json ? context.errors : context.output
    let observer: RunObserver = { events, state in
      for event in events {
        if let text = BoardLine.text(event, state) { live.line(text) }
      }
    }
    let view = RollbackView(terminal: context.output)
    let control = RollbackControl()
    if let decision {
      let watch = watch(project.configuration.run.drain, control, project, context)
      let end = try await Rollback.resume(
        decision, run: names.run, updatesCheckout: updateCheckout, in: project, control: control,
        observer: observer)
      return try finish(end, stranded: [], view, watch, context)
    }
    let rollback = try await Rollback.prepare(request, in: project)
    if dryRun {
      let preview = try await rollback.preview()
      if json { return context.print(view.document(preview)) }
      for line in view.lines(preview) { context.output.line(line) }
      return
    }
    let watch = watch(rollback.drain, control, project, context)
    let end = try await rollback.perform(
      updatesCheckout: updateCheckout, control: control, observer: observer)
    try finish(end, stranded: rollback.stranded, view, watch, context)
  }

  private func watch(
    _ limit: Double, _ control: RollbackControl, _ project: Project, _ context: CommandContext
  ) -> SignalWatch {
    let errors = context.errors
    let children = project.git.watch
    let watch = SignalWatch(
      .timed("the step that runs", limit, control.drain) {
        control.stop()
        children.endAll()
      }
    ) { errors.line($0) }
    Outlet.standard.begin(.live)
    return watch
  }

  private var decision: RollbackDecision? {
    if goOn { return .goOn }
    if retry { return .tryAgain }
    return abandon ? .abandon : nil
  }

  private var request: RollbackRequest {
    let subject: RollbackRequest.Subject
    if let task {
      subject = .task(workstream: workstreams[0], number: task)
    } else if let commit {
      subject = .commit(workstream: workstreams[0], revision: commit)
    } else if let phase {
      subject = .phase(phase)
    } else {
      subject = workstreams.isEmpty ? .run : .workstreams(workstreams)
    }
    return RollbackRequest(
      run: names.run, subject: subject, withDependents: withDependents, reason: reason)
  }

  private func finish(
    _ end: RollbackEnd, stranded: [WorkstreamID], _ view: RollbackView, _ watch: SignalWatch,
    _ context: CommandContext
  ) throws {
    Outlet.standard.begin(.working)
    watch.finish()
    if json {
      context.print(view.document(end, stranded: stranded))
    } else {
      for line in view.lines(end, stranded: stranded) { context.output.line(line) }
    }
    switch end {
    case .landed, .abandoned: return
    case .needsPerson, .checkedOut: throw ExitStatus.decision
    case .targetMoves: throw ExitStatus.failed
    case .interrupted: throw watch.exitStatus ?? .failed
    }
  }
}
