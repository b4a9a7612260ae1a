import UETModel
import UETScheduling
import UETWorkers

/// What attempts ask people, and the answers.
struct Questions {
  typealias RunReply = Reply<DispatchInput, RunWish>

  private let state: RunState

  /// One that asks more does not read the answers.
  private static let most = 100

  init(_ state: RunState) { self.state = state }

  func ask(_ name: AttemptName, _ question: WorkerQuestion) -> RunReply {
    let number = (attempt(name)?.questions.count ?? 0) + 1
    if number > Self.most {
      return RunReply(saying: .refused("an attempt asks \(Self.most) questions at most"))
    }
    return record(
      .questionAsked(
        .init {
          ($0.number, $0.question) = (number, question.text)
          $0.options = question.options.nonEmpty
          $0.optional = question.isOptional ? true : nil
        }), name,
      "question \(number) is asked", ["number": .integer(Int64(number))])
  }

  /// Says an answer where there is one, which changes nothing.
  func look(_ name: AttemptName, _ number: Int) -> RunReply {
    guard let question = attempt(name)?.questions.first(where: { $0.number == number }) else {
      return RunReply(saying: .refused("this attempt has asked no question \(number)"))
    }
    var answer = SteeringAnswer(.unchanged, "question \(number)")
    answer.details.append("answer", question.answer.map(JSONValue.string))
    return RunReply(saying: answer)
  }

  /// The first question of the attempt that must be answered before a result of it counts.
  func open(of name: AttemptName) -> RunReply {
    var answer = SteeringAnswer(.unchanged, "questions")
    answer.details.append(
      Self.openQuestion, attempt(name)?.questions.first(where: \.isHolding)?.json)
    return RunReply(saying: answer)
  }

  static let openQuestion = "question"

  /// Without a number it is about the last question that is open.
  func answer(
    _ id: WorkstreamID, _ number: Int?, _ text: String, by person: String
  ) -> RunReply {
    guard let workstream = state[id] else {
      return RunReply(saying: .refused("the run has no workstream '\(id)'"))
    }
    let isAnswered = workstream.lastAttempt?.questions
      .contains { $0.number == number && $0.answer != nil }
    if let number, isAnswered == true {
      return RunReply(saying: .refused("question \(number) of '\(id)' is answered already"))
    }
    let meant = workstream.open.last { question in number.map { $0 == question.number } ?? true }
    guard let attempt = workstream.lastAttempt, let meant else {
      let what = number.map { "has asked no question \($0)" } ?? "asks nothing"
      return RunReply(
        saying: .refused("'\(id)' \(what)", hint: "see it: git uet show \(state.run) \(id)"))
    }
    guard let text = meant.answer(meaning: text) else {
      return RunReply(
        saying: .refused(
          "'\(id)' offers other answers: \(meant.options.quoted(20))",
          hint: "give one of them, or its number: git uet answer \(id) --run \(state.run) 1"))
    }
    return record(
      .questionAnswered(
        .init { ($0.number, $0.answer, $0.by) = (meant.number, text, person) }),
      AttemptName(id, attempt.number), "'\(id)' is told")
  }

  private func record(
    _ fact: Fact, _ name: AttemptName, _ message: String, _ details: JSONObject = JSONObject()
  ) -> RunReply {
    let draft = EventDraft(fact, workstream: name.workstream, attempt: name.number)
    return RunReply(inputs: [.fact(draft)]) { events, _, _ in
      if events.isEmpty { return .refused("the attempt is over") }
      var answer = SteeringAnswer(.done, message)
      answer.details = details
      return answer
    }
  }

  private func attempt(_ name: AttemptName) -> AttemptRecord? {
    state[name.workstream]?.attempts.last { $0.number == name.number }
  }
}

extension QuestionRecord {
  /// The answer as the question has it: one of its options, where it has any, by its text or its
  /// number; nil where it is none of them.
  fileprivate func answer(meaning text: String) -> String? {
    if options.isEmpty || options.contains(text) { return text }
    let words = text.trimmingPrefix(while: \.isWhitespace).lowercased()
    if let place = Int(words), options.indices.contains(place - 1) { return options[place - 1] }
    return options.first { $0.lowercased() == words }
  }
}
