/// How many workers a person asks for.
package enum WorkerCount: Hashable, Sendable {
  case count(Int)
  /// As many as there is work for that can start, and room for.
  case auto

  /// The word for `auto`.
  package static let autoWord = "auto"

  /// Reads `auto` or a number; nil for anything else.
  package init?(_ text: String) {
    if text == Self.autoWord {
      self = .auto
    } else if let number = Int(text) {
      self = .count(number)
    } else {
      return nil
    }
  }
}

extension WorkerCount {
  package var json: JSONValue {
    switch self {
    case .count(let number): .integer(Int64(number))
    case .auto: .string(Self.autoWord)
    }
  }

  package init?(json: JSONValue) {
    if let number = json.integer {
      self = .count(number)
    } else if json.string == Self.autoWord {
      self = .auto
    } else {
      return nil
    }
  }
}

extension WorkerCount: CustomStringConvertible {
  package var description: String {
    switch self {
    case .count(let number): "\(number)"
    case .auto: Self.autoWord
    }
  }
}
