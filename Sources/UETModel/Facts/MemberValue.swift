/// What may stand in a member: one form in JSON each. In a list, what is not of that form is passed
/// over.
package protocol MemberValue {
  /// nil for another form, as a newer version may write.
  init?(json: JSONValue)

  var json: JSONValue { get }
}

extension MemberValue where Self: RawRepresentable, RawValue == String {
  package init?(json: JSONValue) {
    guard let text = json.string else { return nil }
    self.init(rawValue: text)
  }

  package var json: JSONValue { .string(rawValue) }
}

extension AttemptRecord.Stop.Intent: MemberValue {}
extension ConflictRecord.State: MemberValue {}
extension ErrorKind: MemberValue {}
extension GateRecord.Stage: MemberValue {}
extension IntegrationRecord.Pause.Intent: MemberValue {}
extension OperatingTier: MemberValue {}
extension RepairMethod: MemberValue {}
extension ReviewRecord.Decision: MemberValue {}
extension RunState.Status: MemberValue {}
extension WorkerRecord.State: MemberValue {}

extension AttemptRecord.Input: MemberValue {}
extension BudgetScope: MemberValue {}
extension ConflictRecord.Earlier: MemberValue {}
extension ConflictRecord.Hunk: MemberValue {}
extension ConflictRecord.Try: MemberValue {}
extension EventOrigin: MemberValue {}
extension GateInputs: MemberValue {}
extension Handoff.Head: MemberValue {}
extension ImportedRun: MemberValue {}
extension MachineFigures: MemberValue {}
extension ReviewRecord.Reference: MemberValue {}
extension SharedChange: MemberValue {}
extension WaveGateRecord.Apart: MemberValue {}

extension String: MemberValue {}

extension Int: MemberValue {
  package init?(json: JSONValue) {
    guard let number = json.integer else { return nil }
    self = number
  }

  package var json: JSONValue { .integer(Int64(self)) }
}

extension Double: MemberValue {
  package init?(json: JSONValue) {
    guard let number = json.double else { return nil }
    self = number
  }

  package var json: JSONValue { .number(self) }
}

extension Bool: MemberValue {
  package init?(json: JSONValue) {
    guard let flag = json.bool else { return nil }
    self = flag
  }

  package var json: JSONValue { .bool(self) }
}

/// What is written as its description.
extension MemberValue where Self: LosslessStringConvertible {
  package init?(json: JSONValue) {
    guard let text = json.string else { return nil }
    self.init(text)
  }

  package var json: JSONValue { .string(description) }
}

extension ObjectID: LosslessStringConvertible, MemberValue {}
extension Timestamp: LosslessStringConvertible, MemberValue {}
extension WorkstreamID: LosslessStringConvertible, MemberValue {}

extension Money: MemberValue {}

extension JSONObject: MemberValue {
  package init?(json: JSONValue) {
    guard let object = json.object else { return nil }
    self = object
  }

  package var json: JSONValue { .object(self) }
}

extension Told: MemberValue {
  package init?(json: JSONValue) {
    guard let object = json.object else { return nil }
    self.init(members: object)
  }

  package var json: JSONValue { .object(members) }
}

extension Array: MemberValue where Element: MemberValue {
  package init?(json: JSONValue) {
    guard let items = json.array else { return nil }
    self = items.compactMap { Element(json: $0) }
  }

  package var json: JSONValue { .array(map(\.json)) }
}
