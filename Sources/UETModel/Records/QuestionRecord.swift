/// What an attempt asked people, and what it was answered.
package struct QuestionRecord: Hashable, Sendable {
  /// Counted from 1 within the attempt.
  package let number: Int
  package let question: String
  package let askedAt: Timestamp
  /// What may be answered; anything where it is empty.
  package var options: [String] = []
  /// Whether a result counts without an answer.
  package var isOptional = false
  package var answer: String?
  /// Who answered.
  package var by: String?

  package init(number: Int, question: String, askedAt: Timestamp) {
    self.number = number
    self.question = question
    self.askedAt = askedAt
  }

  /// Whether nothing comes of the work before it is answered.
  package var isHolding: Bool { answer == nil && !isOptional }
}

extension AttemptRecord {
  /// What it left when it ended to wait for an answer, where the next one can go on with it.
  package func workInHand(on base: ObjectID) -> ObjectID? {
    asks != nil && self.base == base && tip != base ? tip : nil
  }
}

extension WorkstreamRecord {
  /// The question whose answer it waits for without a worker.
  package var awaited: QuestionRecord? {
    guard state == .ready, attempts.count > forgiven else { return nil }
    return lastAttempt?.questions.first(where: \.isHolding)
  }

  /// The questions that may be answered now, oldest first.
  package var open: [QuestionRecord] {
    guard state == .running || awaited != nil else { return [] }
    return lastAttempt?.questions.filter { $0.answer == nil } ?? []
  }

  /// What the attempts before the one of this number asked and were answered, as far as it is told
  /// of them.
  package func answered(before number: Int) -> [QuestionRecord] {
    attempts.dropFirst(isFresh ? forgiven : 0).filter { $0.number < number }
      .flatMap(\.questions).filter { $0.answer != nil }
  }
}

extension QuestionRecord {
  package var json: JSONValue {
    var object = JSONObject([
      ("number", .integer(Int64(number))), ("question", .string(question)),
    ])
    object.append("options", .list(options) { .string($0) })
    if isOptional { object.append("optional", true) }
    object.append("asked_at", .time(askedAt))
    object.append("answer", .text(answer))
    object.append("by", .text(by))
    return .object(object)
  }

  package init(json: JSONValue) throws(JSONShapeError) {
    guard let object = json.object else { throw JSONShapeError("question") }
    self.init(
      number: try object.required("number", \.integer),
      question: try object.required("question", \.string),
      askedAt: try object.required("asked_at", \.timestamp))
    options = try object.list("options", \.string)
    isOptional = try object.optional("optional", \.bool) ?? false
    answer = try object.optional("answer", \.string)
    by = try object.optional("by", \.string)
  }
}
