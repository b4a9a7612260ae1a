import UETModel

/// What a worker reports of its attempt while it is under way: `git uet signal`.
package enum WorkerSignal: Hashable, Sendable {
  /// Percent from 0 to 100, and what it is doing.
  case progress(percent: Int?, message: String?)
  /// It is still at work.
  case heartbeat
  /// Tokens that a model took in and gave out: since the last report, or all of the attempt so far.
  case usage(model: String, input: Int, output: Int, isTotal: Bool = false)
  /// It needs another workstream's result.
  case dependsOn(WorkstreamID)
  /// It found more to do: a bundle, by name and text.
  case addWorkstream(path: String, text: String)
  /// It asks people something; it is told the question's number.
  case ask(WorkerQuestion)
  /// What its question of that number was answered.
  case answer(Int)
}

/// What a worker asks people.
package struct WorkerQuestion: Hashable, Sendable {
  package var text: String
  /// What may be answered; anything where it is empty.
  package var options: [String] = []
  /// Whether its result counts without an answer.
  package var isOptional = false

  package init(_ text: String, options: [String] = [], isOptional: Bool = false) {
    self.text = text
    self.options = options
    self.isOptional = isOptional
  }
}

/// A signal, with the attempt it comes from and the secret that only that attempt knows.
package struct WorkerReport: Hashable, Sendable {
  package var workstream: WorkstreamID
  package var attempt: Int
  package var token: String
  package var signal: WorkerSignal

  package init(workstream: WorkstreamID, attempt: Int, token: String, signal: WorkerSignal) {
    self.workstream = workstream
    self.attempt = attempt
    self.token = token
    self.signal = signal
  }
}

extension WorkerReport {
  /// The longest message and model name in bytes; what is longer is cut.
  package static let longestText = 1000
  /// The most tokens one signal may report.
  package static let mostTokens = 1_000_000_000_000
  private static let longestToken = 128

  /// The request that a control server reads.
  package var json: JSONValue {
    var object: JSONObject = [
      "do": .string(signal.name), "workstream": .string(workstream.rawValue),
      "attempt": .integer(Int64(attempt)), "token": .string(token),
    ]
    switch signal {
    case .progress(let percent, let message):
      object.append("percent", percent.map { .integer(Int64($0)) })
      object.append("message", message.map(JSONValue.string))
    case .heartbeat: break
    case .usage(let model, let input, let output, let isTotal):
      object.append("model", .string(model))
      object.append("input", .integer(Int64(input)))
      object.append("output", .integer(Int64(output)))
      if isTotal { object.append("total", true) }
    case .dependsOn(let other): object.append("depends_on", .string(other.rawValue))
    case .addWorkstream(let path, let text):
      object.append("path", .string(path))
      object.append("text", .string(text))
    case .ask(let question):
      object.append("question", .string(question.text))
      object.append("options", .list(question.options) { .string($0) })
      if question.isOptional { object.append("optional", true) }
    case .answer(let number): object.append("number", .integer(Int64(number)))
    }
    return .object(object)
  }

  /// Reads a request; throws `.malformed` with a message for the sender.
  ///
  /// Texts come out cut to `longestText` and with control characters escaped. Members that are not
  /// known are ignored.
  package init(json: JSONValue) throws(ProcessError) {
    guard let id = json["workstream"]?.string.flatMap({ WorkstreamID($0) }) else {
      throw .malformed("'workstream' is not the id of a workstream")
    }
    guard let attempt = json["attempt"]?.integer, (1...1_000_000).contains(attempt) else {
      throw .malformed("'attempt' is not the number of an attempt")
    }
    guard let token = json["token"]?.string, (1...Self.longestToken).contains(token.utf8.count)
    else { throw .malformed("'token' is missing or too long") }
    self.init(
      workstream: id, attempt: attempt, token: token, signal: try WorkerSignal(json: json))
  }
}

extension WorkerSignal {
  /// The value of a request's `do`.
  package var name: String {
    switch self {
    case .progress: "progress"
    case .heartbeat: "heartbeat"
    case .usage: "usage"
    case .dependsOn: "depends-on"
    case .addWorkstream: "add-workstream"
    case .ask: "ask"
    case .answer: "answer"
    }
  }

  init(json: JSONValue) throws(ProcessError) {
    switch json["do"]?.string {
    case "progress": self = try Self.progress(json)
    case "heartbeat": self = .heartbeat
    case "usage": self = try Self.usage(json)
    case "depends-on":
      guard let other = json["depends_on"]?.string.flatMap({ WorkstreamID($0) }) else {
        throw .malformed("'depends_on' is not the id of a workstream")
      }
      self = .dependsOn(other)
    case "add-workstream":
      guard let path = json["path"]?.string, let text = json["text"]?.string else {
        throw .malformed("'path' or 'text' is missing")
      }
      self = .addWorkstream(path: path, text: text)
    case "ask":
      self = .ask(try WorkerQuestion(json: json))
    case "answer":
      guard let number = json["number"]?.integer, number > 0 else {
        throw .malformed("'number' is not the number of a question")
      }
      self = .answer(number)
    case let name?: throw .malformed("unknown signal '\(name.harmless(limit: 100))'")
    case nil: throw .malformed("'do' is missing")
    }
  }

  private static func progress(_ json: JSONValue) throws(ProcessError) -> WorkerSignal {
    let percent: Int?
    switch json["percent"] {
    case nil, .null?: percent = nil
    case let value?:
      guard let number = value.double, (0...100).contains(number) else {
        throw .malformed("'percent' is not a number from 0 to 100")
      }
      percent = Int(number)
    }
    let message: String?
    switch json["message"] {
    case nil, .null?: message = nil
    case .string(let text)?: message = text.harmless(limit: WorkerReport.longestText)
    case _?: throw .malformed("'message' is not a text")
    }
    if percent == nil, message == nil { throw .malformed("'percent' and 'message' are missing") }
    return .progress(percent: percent, message: message)
  }

  private static func usage(_ json: JSONValue) throws(ProcessError) -> WorkerSignal {
    guard let model = json["model"]?.string, !model.isEmpty else {
      throw .malformed("'model' is missing")
    }
    guard let input = tokens(json["input"]), let output = tokens(json["output"]) else {
      throw .malformed("'input' and 'output' are not numbers of tokens")
    }
    return .usage(
      model: model.harmless(limit: WorkerReport.longestText), input: input, output: output,
      isTotal: json["total"]?.bool ?? false)
  }

  private static func tokens(_ value: JSONValue?) -> Int? {
    guard let count = value?.integer, (0...WorkerReport.mostTokens).contains(count) else {
      return nil
    }
    return count
  }
}

extension WorkerQuestion {
  private static let mostOptions = 20
  private static let longestOption = 100

  fileprivate init(json: JSONValue) throws(ProcessError) {
    text = json["question"]?.string?.harmless(limit: WorkerReport.longestText) ?? ""
    if text.allSatisfy(\.isWhitespace) { throw .malformed("'question' is missing") }
    let options = json["options"]?.array ?? []
    self.options = options.compactMap { $0.string?.harmless(limit: Self.longestOption) }
      .filter { !$0.allSatisfy(\.isWhitespace) }
    guard self.options.count == options.count, options.count <= Self.mostOptions else {
      throw .malformed("'options' are not up to \(Self.mostOptions) texts")
    }
    isOptional = json["optional"]?.bool ?? false
  }
}
