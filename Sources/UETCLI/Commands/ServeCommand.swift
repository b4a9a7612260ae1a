import ArgumentParser
import UETEngine
import UETModel
import UETServer
import UETSystem

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "test and land what is pushed to refs/for, as it comes",
    discussion: """
      Works on the host, in the foreground, for the repository it is in or for those that are named. Each push to \
      refs/for/BRANCH is a candidate in the line of that branch: what may go is tested together, in runs of its own, \
      and lands as it was tested. A push wakes it at once. It may be ended or killed at any moment: the next one goes on. \
      With --once it ends when nothing more may be taken, for cron.

      --remote does the same for a host on which no hooks can be installed, from a bare clone: candidates are \
      the host's branches uet/for/BRANCH/TOPIC, and landing is one push that moves the branch and takes those away.
      """)

  @Argument(
    help: ArgumentHelp(
      "Repositories to serve; the one around here without any.", valueName: "path"),
    completion: .directory)
  var places: [String] = []
  @Option(
    help: ArgumentHelp(
      "Serve the host of this remote, without hooks there.", valueName: "remote"),
    completion: Offer.remote)
  var remote: String?
  @Option(
    help: ArgumentHelp(
      "With --remote: seconds between two looks at the host.", valueName: "seconds"))
  var interval = 30.0
  @Option(
    help: ArgumentHelp(
      "With --remote: pull requests that wear this label are candidates, too.", valueName: "label"))
  var label: String?
  @Flag(help: "End when nothing more may be taken.") var once = false
  @Option(help: ArgumentHelp("How many runs may go on at once.", valueName: "n"))
  var atOnce = 2
  @Flag(help: "Run gates that nobody has trusted, as in CI.") var trust = false
  @Flag(help: "Print what happens as one JSON object a line.") var json = false

  func validate() throws {
    guard (1...1000).contains(atOnce) else {
      throw ValidationError("--at-once is a number from 1 to 1000")
    }
    if label != nil, remote == nil {
      throw ValidationError("--label is about pull requests of a host: name it with --remote")
    }
    guard (1...86_400).contains(interval) else {
      throw ValidationError("--interval is from 1 to 86400 seconds")
    }
  }

  func run() async throws {
    let context = CommandContext()
    let places = places.isEmpty ? [context.directory] : places
    for place in places {
      try Project.open(
        from: absolute(place, context), environment: context.environment, reading: true
      )
      .requirePerson(to: "serve a queue")
    }
    let (output, json, several) = (context.output, json, places.count > 1)
    let server = try QueueServer(
      places.map { absolute($0, context) }, remote: remote, label: label,
      interval: interval,
      environment: context.environment, atOnce: atOnce, once: once, trustsAll: trust,
      warn: { context.notices.post($0) },
      report: { event in
        let view = ServeEventView(event, namesPlace: several)
        for line in json ? [view.json.encoded(.compact)] : view.lines { output.line(line) }
      })
    let watch = SignalWatch(
      .timed("what is tested", server.patience, { server.drain() }, { server.stop() })
    ) { context.errors.line($0) }
    if !json, !once {
      output.line("serving \(places.map(\.terminalSafe).listed(3)); Ctrl-C ends it")
    }
    let isGood = await server.run()
    watch.finish()
    if let status = watch.exitStatus { throw status }
    if once, !isGood { throw ExitStatus.failed }
  }

  private func absolute(_ place: String, _ context: CommandContext) -> String {
    Files.absolute(place, from: context.directory)
  }
}
