/// What an attempt asked people, and what it was answered.
package struct QuestionRecord: Hashable, Sendable {
  /// Counted from 1 within the attempt.
  package let number: Int
  package let question: String
  package let askedAt: Timestamp
  package var answer: String?
  /// Who answered.
  package var by: String?

  package init(number: Int, question: String, askedAt: Timestamp) {
    self.number = number
    self.question = question
    self.askedAt = askedAt
  }
}

extension QuestionRecord {
  package var json: JSONValue {
    var object = JSONObject([
      ("number", .integer(Int64(number))), ("question", .string(question)),
    ])
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
    answer = try object.optional("answer", \.string)
    by = try object.optional("by", \.string)
  }
}
