import ArgumentParser
import UETEngine
import UETModel
import UETSystem
import UETWorkers

struct SignalCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "signal", abstract: "report from inside a worker to the run that started it",
    discussion: "Finds the run by the environment that every worker gets.",
    subcommands: [
      Progress.self, Heartbeat.self, Usage.self, DependsOn.self, AddWorkstream.self, Ask.self,
      Answer.self,
    ])

  struct Progress: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "say how far the work is")
    @Argument(help: "Percent, 0 to 100.") var percent: Int
    @Argument(help: "What is being done.") var message: String?

    func run() throws { try SignalCommand.send(.progress(percent: percent, message: message)) }
  }

  struct Heartbeat: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "say that the work goes on")

    func run() throws { try SignalCommand.send(.heartbeat) }
  }

  struct Usage: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "report tokens that a model used",
      discussion: """
        What several calls report is added up: give what was used since the last report. A program that \
        counts from the beginning of its session gives '--total' with each: then the last one counts.
        """)
    @Option(help: "The model.") var model: String
    @Option(help: "Tokens it took in.") var input: Int
    @Option(help: "Tokens it gave out.") var output: Int
    @Flag(help: "The numbers are those since the attempt began, not since the last report.")
    var total = false

    func run() throws {
      try SignalCommand.send(.usage(model: model, input: input, output: output, isTotal: total))
    }
  }

  struct DependsOn: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "depends-on", abstract: "say that another workstream's result is needed")
    @Argument(help: "The workstream.", completion: Offer.workstream) var workstream: String

    func run() throws {
      guard let id = WorkstreamID(workstream) else {
        throw Refusal.notAWorkstream(workstream)
      }
      try SignalCommand.send(.dependsOn(id))
    }
  }
}

extension SignalCommand {
  struct AddWorkstream: ParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "add-workstream", abstract: "add what a bundle declares to the run's plan")
    @Argument(help: "The bundle: a JSON or YAML file.", completion: .file()) var file: String

    func run() throws {
      let path = Files.absolute(file, from: Files.workingDirectory)
      guard let bytes = Files.content(of: path) else {
        throw Refusal(.usage, "cannot read the bundle '\(file.terminalSafe)'")
      }
      let text = String(decoding: bytes, as: UTF8.self)
      try SignalCommand.send(.addWorkstream(path: file, text: text))
    }
  }
}

extension SignalCommand {
  struct Ask: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "ask the people who look after the run",
      discussion: """
        Prints the answer, if one comes while it waits, else the question's number, by which \
        'git uet signal answer' gives the answer later. People answer with 'git uet answer'.

        A worker that cannot go on without the answer ends. Its work is kept, its place goes to \
        another workstream, and once there is an answer the next attempt goes on with both. No result \
        counts while a question is open that is not '--optional'.
        """)
    @Argument(help: "The question.") var question: String
    @Option(help: "How many seconds to wait for an answer.") var wait = 0
    @Option(help: "What may be answered, separated by commas.") var options: String?
    @Flag(help: "The result counts without an answer.") var optional = false

    func run() async throws {
      let choices = options?.split(separator: ",").map { choice in
        String(choice.trimmingPrefix(while: \.isWhitespace))
      }
      let told = try SignalCommand.send(
        .ask(WorkerQuestion(question, options: choices ?? [], isOptional: optional)))
      let number = told["number"]?.integer ?? 0
      if wait > 0 { return try await SignalCommand.await(number, seconds: wait) }
      CommandContext(.printing).output.line("question \(number) is asked")
    }
  }

  struct Answer: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "print what a question of this attempt was answered")
    @Argument(help: "The question's number.") var number: Int
    @Option(help: "How many seconds to wait for an answer.") var wait = 0

    func run() async throws { try await SignalCommand.await(number, seconds: wait) }
  }

  /// Prints the answer to a question, once it is there.
  private static func await(_ number: Int, seconds: Int) async throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(max(0, seconds))
    while true {
      if let answer = try send(.answer(number))["answer"]?.string {
        return CommandContext(.printing).output.line(answer.terminalSafe)
      }
      guard clock.now < end else { break }
      try await Task.sleep(until: min(end, clock.now + .seconds(1)), clock: clock)
    }
    throw Refusal(
      .decision, "question \(number) is not answered yet",
      hint: "look again later: git uet signal answer \(number) --wait 60")
  }
}

extension SignalCommand {
  /// Sends one signal to the run that the environment names, and gives what it says; `patience` in
  /// seconds.
  @discardableResult
  static func send(
    _ signal: WorkerSignal, _ environment: [String: String] = ProcessEnvironment.current,
    patience: Double = 10
  ) throws -> JSONValue {
    guard let socket = environment["UET_SOCKET"], let token = environment["UET_TOKEN"],
      let id = environment["UET_WORKSTREAM"].flatMap({ WorkstreamID($0) }),
      let attempt = environment["UET_ATTEMPT"].flatMap({ Int($0) })
    else {
      throw Refusal(
        .usage, "this is no worker of a run",
        hint: "'git uet signal' is for the commands that 'git uet run' starts")
    }
    let report = WorkerReport(workstream: id, attempt: attempt, token: token, signal: signal)
    let answer: JSONValue
    do throws(ProcessError) {
      answer = try ControlClient.send(report.json, to: socket, timeout: patience)
    } catch {
      throw Refusal(.failed, "the run does not answer: \(error)".terminalSafe)
    }
    if answer["ok"]?.bool != true {
      let reason = answer["error"]?.string ?? "no reason given"
      throw Refusal(.usage, "the run refused the signal: \(reason)".terminalSafe)
    }
    return answer
  }
}
