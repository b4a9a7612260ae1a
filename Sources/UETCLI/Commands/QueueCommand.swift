import ArgumentParser
import UETEngine
import UETGit
import UETModel
import UETPlanning
import UETServer

struct QueueCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queue",
    abstract: "show and steer the merge queue of a run, or the lines of a host",
    discussion: """
      On a host to whose queue others push, and with --remote from a clone, it is about the lines of its branches: \
      what waits to be tested and landed, in which order, and why. Otherwise it is about one run. \
      Without a verb, or with --json alone, shows who is where, what is tested on top of what, and why each waits. A verb acts \
      on the process that integrates, or where there is none on the record, and is recorded as an event.
      """,
    subcommands: [
      QueueShowCommand.self, QueuePauseCommand.self, QueueResumeCommand.self,
      QueueFreezeCommand.self, QueueUnfreezeCommand.self, QueuePromoteCommand.self,
      QueueDequeueCommand.self, QueueRequeueCommand.self, QueueApproveCommand.self,
      QueueReleaseCommand.self,
    ], defaultSubcommand: QueueShowCommand.self)
}

struct QueueShowCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "show the queue (what 'git uet queue' does by itself)")

  @OptionGroup var subject: RunArgument<RunAtWork>
  @Option(help: LineOptions.remoteHelp, completion: Offer.remote) var remote: String?
  @Flag(help: "Print one JSON object.") var json = false

  func validate() throws {
    if remote != nil, subject.run != nil {
      throw ValidationError("--remote shows the lines of a host: name no run")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let project = try context.project(reading: true)
    if try await showLines(context, project) { return }
    if let run = subject.run { try Self.refuse(verb: run, project) }
    let snapshot = try QueueSnapshot.read(
      try Steering(project).run(named: subject.run), in: project)
    let view = QueueView(
      snapshot: snapshot, now: context.clock.now(), terminal: context.output)
    if json { return context.print(view.json) }
    for line in view.lines { context.output.line(line) }
  }

  /// Whether it is about the lines of a host, which are shown then.
  private func showLines(_ context: CommandContext, _ project: Project) async throws -> Bool {
    guard subject.run == nil else { return false }
    let look: LineLook
    if let remote {
      look = try await LineLook(
        of: try project.remote(named: remote), in: project, network: LineOptions.network)
    } else {
      look = try LineLook(in: project)
      if look.lines.isEmpty { return false }
    }
    let now = context.clock.now()
    let view = LineView(
      look.lines.map { LineView.Line($0.state, $0.candidates, now: now) },
      isServed: look.isServed, now: now, terminal: context.output)
    if json {
      context.print(view.json)
    } else {
      for line in view.lines { context.output.line(line) }
    }
    return true
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
  @OptionGroup var line: LineOptions

  func ask(_ steering: QueueSteering, of run: String?) async throws {
    let desk = try SteeringDesk(json: json)
    let named = try desk.run(named: run)
    try await desk.askQueue(steering, of: named)
    // The run may be one of a line, whose process waits for this.
    let context = CommandContext()
    ServeFiles(try context.project(reading: true).repository).call()
  }

  /// Asks it of a run, or where a branch is named of the line of that branch.
  func ask(_ steering: QueueSteering, of run: String?, or order: LineOrder) async throws {
    guard line.isNamed else { return try await ask(steering, of: run) }
    try await line.give(order, json: json)
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

  func run() async throws {
    try await options.ask(
      .freeze(reason: reason), of: subject.run, or: .freeze(reason: reason))
  }
}

struct QueueUnfreezeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "unfreeze", abstract: "let what is tested land again")

  @OptionGroup var subject: RunArgument<RunAtWork>
  @OptionGroup var options: QueueVerbOptions

  func run() async throws {
    try await options.ask(.unfreeze, of: subject.run, or: .unfreeze)
  }
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
    if options.line.isNamed {
      return try await options.line.give(.promote(subject.workstream), json: options.json)
    }
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
    if options.line.isNamed {
      return try await options.line.give(.dequeue(subject.workstream), json: options.json)
    }
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
    if options.line.isNamed {
      return try await options.line.give(.requeue(subject.workstream), json: options.json)
    }
    try await options.ask(.requeue(options.id(subject.workstream), force: force), of: subject.run)
  }
}

struct QueueApproveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "approve", abstract: "say that you have looked at a candidate of a line",
    discussion: """
      Counts for what is pushed as that topic now: pushed again, it is to be looked at again. Where 'server.reviews' \
      wants some, a candidate waits until so many others than its pusher have said so.
      """)

  @Argument(help: ArgumentHelp("The candidate.", valueName: "topic")) var topic: String
  @Flag(help: "Print the answer as one JSON object.") var json = false
  @OptionGroup var line: LineOptions

  func run() async throws { try await line.give(.approve(topic), json: json) }
}

/// The line of a branch, here or on another host.
struct LineOptions: ParsableArguments {
  static let remoteHelp = ArgumentHelp(
    "Of the host that this remote is, as 'origin'.", valueName: "remote")

  @Option(
    help: ArgumentHelp("The line of this branch, not the queue of a run.", valueName: "branch"),
    completion: Offer.branch)
  var branch: String?
  @Option(help: remoteHelp, completion: Offer.remote) var remote: String?

  var isNamed: Bool { branch != nil || remote != nil }

  static var network: SealedGit.Network {
    var network = SealedGit.Network()
    network.mayAsk = ProcessEnvironment.hasTerminal
    return network
  }

  func give(_ order: LineOrder, json: Bool) async throws {
    let context = CommandContext()
    let project = try context.project(reading: true)
    try project.requirePerson(to: "steer a line")
    let desk = LineDesk(project)
    let said: [String]
    if let remote {
      let remote = try project.remote(named: remote)
      said = try await desk.send(
        order, on: try branch ?? Self.head(of: remote, project), to: remote, network: Self.network)
    } else {
      said = [try await desk.obey(order, on: try branch ?? Self.head(of: nil, project))]
    }
    if json {
      context.print([
        "version": 1, "outcome": "done", "message": .string(said.joined(separator: " ")),
      ])
    } else {
      for line in said { context.output.line(line.terminalSafe) }
    }
  }

  /// The branch at HEAD; of a remote the one at its HEAD, as far as this clone knows it.
  private static func head(of remote: String?, _ project: Project) throws -> String {
    if let remote {
      let folder = "refs/remotes/\(remote)/"
      let end = project.repository.branch(behind: folder + "HEAD")
      if end != folder + "HEAD", end.hasPrefix(folder) {
        return String(end.dropFirst(folder.utf8.count))
      }
    } else if case .branch(let name, _) = try project.repository.head() {
      return RunNames.short(name)
    }
    throw Refusal(
      .usage, "it is not clear which branch is meant", hint: "name it: --branch BRANCH")
  }
}
