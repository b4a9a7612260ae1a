import Synchronization
import UETModel
import UETScheduling
import UETTools
import UETWorkers

/// Takes what workers report with `git uet signal`, and what users ask, and hands it to the run's
/// loop.
///
/// Each attempt has a token of its own, so that no worker can speak for another.
final class WorkerReports: Sendable {
  private let socket: RunSocket
  private let tokens: AttemptTokens

  var path: String { socket.path }

  /// nil where no socket can be opened: then workers cannot report, and the run goes on without.
  /// `path` is where it is wanted, if not where the run's usually is.
  init?(run: RunID, in project: Project, mailbox: Mailbox<RunMessage>, at path: String? = nil) {
    let tokens = AttemptTokens()
    let (prices, clock) = (project.prices, project.clock)
    self.tokens = tokens
    let redaction = project.redaction
    let socket = RunSocket(
      run, in: project, at: path,
      reports: { request in
        do throws(ProcessError) {
          let report = try WorkerReport(json: request)
          guard tokens.isValid(report.token, for: AttemptName(report.workstream, report.attempt))
          else { return .refusal("not the token of this attempt") }
          let cleared = tokens.sinceLast(report).redacted(by: redaction)
          return await cleared.taken(by: mailbox) { usage in
            prices.cost(of: usage, at: clock.now()).0
          }
        } catch {
          return .refusal("\(error)")
        }
      },
      steer: { request in
        if request == .admit { return await mailbox.ask(.wish(.admission)) }
        do throws(ProcessError) {
          return await mailbox.ask(.wish(.steering(try RunSteering(request))))
        } catch {
          return .refused("\(error)")
        }
      })
    guard let socket else { return nil }
    self.socket = socket
  }

  /// The secret that only this attempt is told.
  func token(for name: AttemptName) -> String { tokens.token(for: name) }

  func close() async { await socket.close() }
}

/// The tokens of the attempts of this process, and how much each has reported to have used.
private final class AttemptTokens: Sendable {
  private let tokens = Mutex<[AttemptName: String]>([:])
  private let totals = Mutex<[Counter: (input: Int, output: Int)]>([:])

  private struct Counter: Hashable {
    let attempt: AttemptName
    let model: String
  }

  /// A running total as what has been added to the last one; one that is smaller counts from the
  /// beginning.
  func sinceLast(_ report: WorkerReport) -> WorkerReport {
    guard case .usage(let model, let input, let output, true) = report.signal else {
      return report
    }
    let counter = Counter(
      attempt: AttemptName(report.workstream, report.attempt), model: model)
    let last = totals.withLock { totals in
      let none = (input: 0, output: 0)
      let last = totals.updateValue((input, output), forKey: counter) ?? none
      return last.input <= input && last.output <= output ? last : none
    }
    var report = report
    report.signal = .usage(
      model: model, input: input - last.input, output: output - last.output)
    return report
  }

  func token(for name: AttemptName) -> String {
    tokens.withLock { tokens in
      if let token = tokens[name] { return token }
      var random = SystemRandomNumberGenerator()
      let token = "uett_" + String(random.next(), radix: 36) + String(random.next(), radix: 36)
      tokens[name] = token
      return token
    }
  }

  func isValid(_ token: String, for name: AttemptName) -> Bool {
    tokens.withLock { $0[name] == token }
  }
}

extension SteeringAnswer {
  /// With its details among its members, as workers read it.
  fileprivate var flat: JSONValue {
    var object = json.object ?? JSONObject()
    for member in details.members { object.append(member.key, member.value) }
    return .object(object)
  }
}

extension WorkerReport {
  /// What it says is recorded, so no secret that its worker was given may stand in it.
  fileprivate func redacted(by redaction: Redaction) -> WorkerReport {
    var report = self
    switch signal {
    case .progress(let percent, let message):
      report.signal = .progress(
        percent: percent, message: message.map { redaction.redacted($0) })
    case .usage(let model, let input, let output, let isTotal):
      report.signal = .usage(
        model: redaction.redacted(model), input: input, output: output, isTotal: isTotal)
    case .addWorkstream(let path, let text):
      report.signal = .addWorkstream(
        path: redaction.redacted(path), text: redaction.redacted(text))
    case .ask(let question):
      report.signal = .ask(
        WorkerQuestion(
          redaction.redacted(question.text),
          options: question.options.map { redaction.redacted($0) },
          isOptional: question.isOptional))
    case .heartbeat, .dependsOn, .answer: break
    }
    return report
  }

  /// Only what may be refused is waited for.
  fileprivate func taken(
    by mailbox: Mailbox<RunMessage>, pricing price: (UsageRecord) -> Cost
  ) async -> JSONValue {
    if case .addWorkstream(let path, let text) = signal {
      return await added(path, text, mailbox)
    }
    let name = AttemptName(workstream, attempt)
    if case .ask(let question) = signal {
      return await mailbox.ask(.wish(.question(name, question))).flat
    }
    if case .answer(let number) = signal {
      return await mailbox.ask(.wish(.answer(name, number))).flat
    }
    guard let input = input(price) else { return ["ok": true] }
    guard case .addDependency = input else {
      mailbox.send(input)
      return ["ok": true]
    }
    let answer = await mailbox.ask(.input(input))
    guard answer.outcome == .refused else { return ["ok": true] }
    return .refusal("\(ErrorKind.planConsistency.rawValue): \(answer.message)")
  }

  private func added(
    _ path: String, _ text: String, _ mailbox: Mailbox<RunMessage>
  ) async -> JSONValue {
    do throws(ProcessError) {
      let file = try RunSteering.file(["path": .string(path), "text": .string(text)])
      let answer = await mailbox.ask(.wish(.steering(.add(file, by: workstream))))
      guard answer.outcome == .refused else { return answer.json }
      return .refusal("\(ErrorKind.planConsistency.rawValue): \(answer.message)")
    } catch {
      return .refusal("\(ErrorKind.planConsistency.rawValue): \(error)")
    }
  }

  /// What the run does with it; nil for a mere sign of life, which the supervisor gives anyway.
  private func input(_ price: (UsageRecord) -> Cost) -> DispatchInput? {
    switch signal {
    case .heartbeat, .addWorkstream, .ask, .answer: nil
    case .dependsOn(let other):
      .addDependency(workstream, on: other, reason: "its worker asked for '\(other)'")
    case .progress(let percent, let message):
      .fact(
        EventDraft(
          .taskProgress(.init { ($0.percent, $0.message) = (percent, message) }),
          workstream: workstream, attempt: attempt))
    case .usage(let model, let input, let output, _):
      .fact(
        EventDraft(
          .usageRecorded(
            .init {
              ($0.model, $0.input, $0.output) = (model, input, output)
              let counts = TokenCounts(input: input, output: output)
              let record = UsageRecord(
                model: model, counts: counts, extent: .session, source: .estimate)
              $0.costUSD = price(record).most?.dollars
            }),
          workstream: workstream, attempt: attempt))
    }
  }
}
