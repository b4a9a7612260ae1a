import UETGit
import UETModel

/// All notes of this repository that speak of runs, by run and by the object they belong to.
package struct NotesIndex: Sendable {
  /// The paragraphs about each run on each commit.
  private(set) var paragraphs: [String: [ObjectID: [String]]] = [:]
  /// The lines about each run on each tree.
  private(set) var verdicts: [String: [ObjectID: Set<String>]] = [:]

  package init(_ repository: Repository) throws(LedgerError) {
    for (object, bytes) in try Self.notes(LedgerNotes.runs, in: repository) {
      for paragraph in NoteText.paragraphs(String(decoding: bytes, as: UTF8.self)) {
        guard let run = Self.run(named: paragraph) else { continue }
        paragraphs[run, default: [:]][object, default: []].append(paragraph)
      }
    }
    for (object, bytes) in try Self.notes(LedgerNotes.verdicts, in: repository) {
      for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
        guard let run = (try? JSONValue(parsing: Array(line.utf8)))?["run"]?.string else {
          continue
        }
        verdicts[run, default: [:]][object, default: []].insert(String(line))
      }
    }
  }

  private static func notes(
    _ name: String, in repository: Repository
  ) throws(LedgerError) -> [(ObjectID, [UInt8])] {
    try LedgerError.wrap { () throws(GitError) in
      guard let tip = try repository.reference(name) else { return [] }
      let tree = NotesTree(repository: repository)
      var result: [(ObjectID, [UInt8])] = []
      for (object, blob) in try tree.notes(of: try repository.commit(tip).tree) {
        // One that cannot be read is missing, which shows.
        guard let bytes = try? repository.blob(blob) else { continue }
        result.append((object, bytes))
      }
      return result
    }
  }

  /// The run in `ws-a in run RUN: …`.
  private static func run(named paragraph: String) -> String? {
    guard let start = paragraph.firstRange(of: " in run ")?.upperBound else { return nil }
    let run = String(paragraph[start...].prefix { $0 != ":" })
    return RunID(run)?.rawValue
  }
}

extension NotesTree {
  /// Every note: the object it belongs to and its blob, however they are spread over folders.
  func notes(
    of tree: ObjectID, below prefix: String = ""
  ) throws(GitError) -> [(object: ObjectID, blob: ObjectID)] {
    var result: [(object: ObjectID, blob: ObjectID)] = []
    for entry in try repository.tree(tree) {
      let name = prefix + entry.name
      if entry.mode == .tree {
        guard name.utf8.count < 40 else { continue }
        result += try notes(of: entry.id, below: name)
      } else if let object = ObjectID(name) {
        result.append((object, entry.id))
      }
    }
    return result
  }
}
