import Synchronization
import UETModel
import UETScheduling

/// Takes what workers report with `git uet signal` and hands it to the run's record.
///
/// Each attempt has a token of its own, so that no worker can speak for another.
final class WorkerReports: Sendable {
  let path: String
  private let server: ControlServer
  private let tokens: AttemptTokens

  /// nil where no socket can be opened: then workers cannot report, and the run goes on without.
  init?(run: RunID, in project: Project, mailbox: Mailbox<RunMessage>) {
    let tokens = AttemptTokens()
    self.tokens = tokens
    do {
      let folder = "\(project.stateDirectory)/runs"
      try Files.makeDirectory(folder)
      path = try ControlPath.choose(preferred: "\(folder)/\(run).sock")
      server = try ControlServer(path: path) { request in
        do throws(ProcessError) {
          let report = try WorkerReport(json: request)
          guard tokens.isValid(report.token, for: AttemptName(report.workstream, report.attempt))
          else { return ["ok": false, "error": "not the token of this attempt"] }
          if let input = report.input { mailbox.send(input) }
          return ["ok": true]
        } catch {
          return ["ok": false, "error": .string("\(error)")]
        }
      }
    } catch {
      return nil
    }
  }

  /// The secret that only this attempt is told.
  func token(for name: AttemptName) -> String { tokens.token(for: name) }

  func close() async { await server.stop() }
}

/// The tokens of the attempts of this process.
private final class AttemptTokens: Sendable {
  private let tokens = Mutex<[AttemptName: String]>([:])

  func token(for name: AttemptName) -> String {
    tokens.withLock { tokens in
      if let token = tokens[name] { return token }
      var random = SystemRandomNumberGenerator()
      let token = String(random.next(), radix: 36) + String(random.next(), radix: 36)
      tokens[name] = token
      return token
    }
  }

  func isValid(_ token: String, for name: AttemptName) -> Bool {
    tokens.withLock { $0[name] == token }
  }
}

extension WorkerReport {
  /// What the run does with it; nil for a mere sign of life, which the supervisor gives anyway.
  fileprivate var input: DispatchInput? {
    switch signal {
    case .heartbeat: nil
    case .dependsOn(let other):
      .addDependency(workstream, on: other, reason: "its worker asked for '\(other)'")
    case .progress(let percent, let message):
      .fact(
        EventDraft(
          .taskProgress, workstream: workstream, attempt: attempt,
          data: JSONObject([
            .percent: percent.map { .integer(Int64($0)) }, .message: .text(message),
          ])))
    case .usage(let model, let input, let output):
      .fact(
        EventDraft(
          .usageRecorded, workstream: workstream, attempt: attempt,
          data: [
            "model": .string(model), "input": .integer(Int64(input)),
            "output": .integer(Int64(output)),
          ]))
    }
  }
}
