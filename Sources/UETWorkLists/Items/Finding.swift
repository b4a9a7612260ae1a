import UETModel

/// Something in a list of work that was not taken over as it stands, or that a person should know.
package struct Finding: Hashable, Sendable {
  package enum Weight: String, Hashable, Sendable {
    /// Something was left out, or is wrong at the source.
    case warning
    /// What was made of it.
    case note
  }

  package var weight: Weight
  /// Stable name of the kind, in snake case.
  package var code: String
  /// Line 0 stands for the file as a whole.
  package var place: SourcePlace
  /// One line, safe for a terminal.
  package var message: String
  /// The item's id, as it is written.
  package var item: String?

  package init(
    _ code: String, _ file: String, line: Int = 0, _ message: String, item: String? = nil,
    weight: Weight = .warning
  ) {
    self.weight = weight
    self.code = code
    place = SourcePlace(file: file, line: line)
    // Ids and words of the source are in it.
    self.message = message.terminalSafe
    self.item = item
  }

  package var json: JSONValue {
    var object: JSONObject = [
      "weight": .string(weight.rawValue), "code": .string(code), "message": .string(message),
      "file": .string(place.file), "line": .integer(Int64(place.line)),
    ]
    object.append("item", item.map(JSONValue.string))
    return .object(object)
  }
}
