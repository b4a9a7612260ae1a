import ArgumentParser
import UETModel

/// What a shell offers where a name is to be typed: asked of the repository when Tab is pressed.
enum Offer {
  static let run = asked { names, _ in names.runs }
  /// A run, then workstreams of it; without a run those of the newest.
  static let runOrWorkstream = asked { names, line in
    let workstreams = names.workstreams(of: line)
    return line.namesRun(of: names) || line.namesWorkstream ? workstreams : workstreams + names.runs
  }
  static let workstream = asked { names, line in names.workstreams(of: line) }
  /// A workstream of the bundles as they stand now.
  static let declared = asked { names, _ in names.declared }
  static let phase = asked { names, _ in names.phases }
  static let gate = asked { names, line in names.gates(of: line) }
  static let branch = asked { names, _ in names.branches }
  static let remote = asked { names, _ in names.remotes }
  static let remoteOrRun = asked { names, _ in names.remotes + names.runs }
  static let tool = asked { names, _ in names.tools }
  static let model = asked { names, _ in names.models }
  static let eventType = CompletionKind.list(Fact.known.map(\.rawValue).sorted())

  /// What is on the line already is not offered once more.
  private static func asked(
    _ names: @escaping @Sendable (OfferedNames, TypedLine) -> [String]
  ) -> CompletionKind {
    .custom { words, index, _ in
      guard let known = OfferedNames() else { return [] }
      let line = TypedLine(before: Array(words.prefix(index)))
      return names(known, line).filter { isPlain($0) && !line.before.contains($0) }
    }
  }

  /// Shells expand what they are given here, and names of branches and gates come from others.
  private static func isPlain(_ name: String) -> Bool {
    !name.isEmpty
      && name.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "-_./+@%,".utf8.contains(byte)
        }
      }
  }
}

/// The words in front of the one that is completed.
struct TypedLine {
  let before: [String]

  var namesWorkstream: Bool { before.contains { WorkstreamID($0) != nil } }

  func namesRun(of names: OfferedNames) -> Bool { names.run(on: self) != nil }
}
