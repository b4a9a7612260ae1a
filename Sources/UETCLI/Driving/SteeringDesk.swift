import UETEngine
import UETModel
import UETWorkers

/// What commands that steer a run share: which run, asking, and showing the answer.
struct SteeringDesk: Sendable {
  private let context = CommandContext()
  private let project: Project
  private let steering: Steering
  private let json: Bool

  init(json: Bool) throws {
    project = try context.project()
    try project.requirePerson(to: "steer a run")
    steering = Steering(project)
    self.json = json
  }

  func run(named name: String?) throws -> RunID {
    try steering.run(named: name)
  }

  /// The run that is named, else the one at work, and its workstreams that are named.
  func workstreams(
    named names: WorkstreamsArguments
  ) throws -> (RunID, [WorkstreamID]) {
    let run = try run(named: names.run)
    let state = try state(of: run)
    var workstreams: [WorkstreamID] = []
    for name in names.workstreams {
      guard let workstream = WorkstreamID(name), state[workstream] != nil else {
        throw Refusal.unknownWorkstream(name, known: state.workstreams.map(\.id), run: state.run)
      }
      workstreams.append(workstream)
    }
    return (run, workstreams)
  }

  func isLive(_ run: RunID) throws -> Bool {
    try steering.isLive(run)
  }

  func state(of run: RunID) throws -> RunState {
    try project.state(of: run)
  }

  func ask(_ request: RunSteering, of run: RunID) async throws {
    show(try await answer(request, of: run), of: run)
  }

  func askQueue(_ request: QueueSteering, of run: RunID) async throws {
    let answer = try await steering.queue(request, in: run)
    show(try refusing(answer), of: run)
  }

  /// The answer, unless it is a refusal.
  func answer(
    _ request: RunSteering, of run: RunID
  ) async throws -> SteeringAnswer {
    try refusing(try await steering.ask(request, in: run))
  }

  /// Whether a person at a terminal says yes; false where nobody can be asked.
  func asks(_ question: String) -> Bool {
    !json && context.asks(question)
  }

  func line(_ text: String) { context.output.line(text.terminalSafe) }

  private func refusing(_ answer: SteeringAnswer) throws -> SteeringAnswer {
    if answer.outcome == .refused {
      throw Refusal(
        .usage, answer.message.terminalSafe, hint: answer.hint?.terminalSafe)
    }
    return answer
  }

  func show(_ answer: SteeringAnswer, of run: RunID) {
    if json {
      var object = JSONObject([
        ("version", 1), ("run", .string(run.rawValue)),
        ("outcome", .string(answer.outcome.rawValue)), ("message", .string(answer.message)),
      ])
      object.append("hint", answer.hint.map(JSONValue.string))
      for member in answer.details.members where object[member.key] == nil {
        object.append(member.key, member.value)
      }
      context.print(.object(object))
      return
    }
    context.output.line(answer.message.terminalSafe)
    if let hint = answer.hint { context.output.line("hint: " + hint.terminalSafe) }
  }
}
