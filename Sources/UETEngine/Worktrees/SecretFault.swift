import UETGit
import UETModel
import UETWorkers

/// A secret in what somebody made, and where it stands.
struct SecretFault: Hashable, Sendable {
  enum Place: Hashable, Sendable {
    /// In a file, whose blob holds it.
    case file([UInt8], blob: ObjectID, line: Int?)
    /// In a file of an archive.
    case member(String, of: [UInt8], blob: ObjectID)
    /// In the name of a file.
    case name(directory: String)
    /// In what was written to a commit: its message, or who made it.
    case message(ObjectID)
  }

  let place: Place
  /// What it is, as `the value of API_TOKEN`.
  let kind: String

  /// Whether it stands in this file.
  func isIn(_ path: [UInt8], _ blob: ObjectID) -> Bool {
    switch place {
    case .file(let own, let id, _), .member(_, let own, let id): own == path && id == blob
    case .name, .message: false
    }
  }

  /// Where it is and what, without the secret: `'config/app.env' (line 3) holds the value of X`.
  var text: String {
    switch place {
    case .file(let path, _, let line):
      Self.quoted(path) + (line.map { " (line \($0))" } ?? "") + " holds \(kind)"
    case .member(let name, let path, _):
      Self.quoted(path) + " holds \(kind)" + (name.isEmpty ? "" : " in \(name.quoted(limit: 60))")
    case .name(let directory): "the name of a file in \(directory.quoted(limit: 60)) holds \(kind)"
    case .message(let commit): "the message of its commit \(commit.short) holds \(kind)"
    }
  }

  private static func quoted(_ path: [UInt8]) -> String {
    String(decoding: path, as: UTF8.self).quoted(limit: 100)
  }
}

extension [SecretFault] {
  /// The first of them, and how many more there are.
  var text: String {
    let first = first?.text ?? "no secret"
    return count > 1 ? "\(first), and \(count - 1) more" : first
  }
}
