import ArgumentParser
import UETEngine
import UETModel
import UETPlanning

struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "show and steer the merge queue of a run",
    discussion: """
      Without a verb, or with --json alone, shows who is where, what is tested on top of what, and why each waits. A verb acts \
      on the process that integrates, or where there is none on the record, and is recorded as an event.
      """,
    subcommands: [
      QueueShowCommand.self, QueuePauseCommand.self, QueueResumeCommand.self,
      QueueFreezeCommand.self, QueueUnfreezeCommand.self, QueuePromoteCommand.self,
      QueueDequeueCommand.self, QueueRequeueCommand.self, QueueReleaseCommand.self,
    ], defaultSubcommand: QueueShowCommand.self)
}

struct QueueShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "show the queue (what 'git uet queue' does by itself)")

  @OptionGroup var subject: RunArgument<RunAtWork>
  @Flag(help: "Print one JSON object.") var json = false

  func run() async throws {
    let context = CommandContext()
    let project = try context.project(reading: true)
    if let run = subject.run { try Self.refuse(verb: run, project) }
    let snapshot = try QueueSnapshot.read(
      try Steering(project).run(named: subject.run), in: project)
    let view = QueueView(
      snapshot: snapshot, now: context.clock.now(), terminal: context.output)
    if json { return context.print(view.json) }
    for line in view.lines { context.output.line(line) }
  }

  /// A verb that is misspelt stands where a run may stand.
  private static func refuse(verb name: String, _ project: Project) throws {
    var nearby = Nearest()
    let verbs = QueueCommand.configuration.subcommands.map { $0._commandName }
    guard let nearest = nearby.name(for: name, among: verbs),
      (try? project.run(named: name)) == nil
    else { return }
    throw Refusal(
      .usage, "'\(name.terminalSafe)' is neither a run nor a command of 'git uet queue'",
      hint: "did you mean 'git uet queue \(nearest)'?")
  }
}

/// What the verbs share: for whom the answer is, and asking.
struct QueueVerbOptions: ParsableArguments {
  @Flag(help: "Print the answer as one JSON object.") var json = false

  func ask(_ steering: QueueSteering, of run: String?) async throws {
    let desk = try SteeringDesk(json: json)
    try await desk.askQueue(steering, of: try desk.run(named: run))
  }

  /// A workstream's name as typed.
  func id(_ name: String) throws -> WorkstreamID {
    guard let id = WorkstreamID(name) else {
      throw Refusal.unknownWorkstream(name, known: [])
    }
    return id
  }
}

struct QueuePauseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pause", abstract: "begin no further merge or gate; what runs finishes")

  @Option(help: "Why, for those who look at it.") var reason: String?
  @OptionGroup var subject: RunArgument<RunAtWork>
  @OptionGroup var options: QueueVerbOptions

  func run() async throws { try await options.ask(.pause(reason: reason), of: subject.run) }
}

struct QueueResumeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "resume", abstract: "let a paused queue go on")

  @OptionGroup var subject: RunArgument<RunAtWork>
  @OptionGroup var options: QueueVerbOptions

  func run() async throws { try await options.ask(.resume, of: subject.run) }
}

struct QueueFreezeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "freeze", abstract: "let nothing land; merging and testing go on")

  @Option(help: "Why, for those who look at it.") var reason: String
  @OptionGroup var subject: RunArgument<RunAtWork>
  @OptionGroup var options: QueueVerbOptions

  func validate() throws {
    if reason.allSatisfy(\.isWhitespace) {
      throw ValidationError("--reason is empty: those who wait want to know why")
    }
  }

  func run() async throws { try await options.ask(.freeze(reason: reason), of: subject.run) }
}

struct QueueUnfreezeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfreeze", abstract: "let what is tested land again")

  @OptionGroup var subject: RunArgument<RunAtWork>
  @OptionGroup var options: QueueVerbOptions

  func run() async throws { try await options.ask(.unfreeze, of: subject.run) }
}

struct QueuePromoteCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "promote", abstract: "take a candidate next",
    discussion: """
      Nothing comes before what it contains, and what has its place in line keeps it, since others are \
      tested on top of it.
      """)

  @OptionGroup var subject: WorkstreamArguments
  @OptionGroup var options: QueueVerbOptions

  func run() async throws {
    try await options.ask(.promote(options.id(subject.workstream)), of: subject.run)
  }
}

struct QueueDequeueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dequeue", abstract: "take a candidate out until a person brings it back")

  @OptionGroup var subject: WorkstreamArguments
  @Option(help: "Why, for those who look at it.") var reason: String?
  @OptionGroup var options: QueueVerbOptions

  func run() async throws {
    try await options.ask(.dequeue(options.id(subject.workstream), reason: reason), of: subject.run)
  }
}

struct QueueReleaseCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "release", abstract: "merge what a gate of its wave holds back",
    discussion: """
      Counts for the results that the wave has now: when one of them is done again, the gates run again and \
      hold again. Works on a run that is going on as well.
      """)

  @OptionGroup var subject: WaveArguments
  @Option(help: "Why, for those who look at it.") var reason: String?
  @OptionGroup var options: QueueVerbOptions

  func run() async throws {
    let desk = try SteeringDesk(json: options.json)
    try await desk.ask(
      .release(wave: subject.wave, reason: reason), of: try desk.run(named: subject.run))
  }
}

struct QueueRequeueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "requeue", abstract: "bring back what was set aside or taken out",
    discussion: """
      What was set aside is tried again only when it or what it is merged onto has changed, or where \
      a gate gave no verdict: else the result would be the same. --force tries it all the same.
      """)

  @OptionGroup var subject: WorkstreamArguments
  @Flag(help: "Even though nothing has changed.") var force = false
  @OptionGroup var options: QueueVerbOptions

  func run() async throws {
    try await options.ask(.requeue(options.id(subject.workstream), force: force), of: subject.run)
  }
}
