import UETGit
import UETModel

/// Finds files in which somebody forgot the marks of a conflict.
struct ConflictMarkers: Sendable {
  private let repository: Repository

  init(_ repository: Repository) { self.repository = repository }

  /// Bytes of the largest file that is looked at.
  private static let limit = 4 << 20

  /// The changed files that hold both the first and the last mark, each at the beginning of a line.
  func paths(from old: ObjectID, to new: ObjectID) throws(GitError) -> [String] {
    guard old != new else { return [] }
    let tree = try repository.treeID(of: new)
    var found: [String] = []
    for change in try repository.changes(from: old, to: new) {
      guard let side = change.new, side.mode != .submodule,
        let entry = try repository.entry(at: change.path, in: tree)
      else { continue }
      let bytes = try repository.blob(entry.id)
      if bytes.count <= Self.limit, Self.isMarked(bytes) { found.append(change.path) }
    }
    return found
  }

  static func isMarked(_ bytes: [UInt8]) -> Bool {
    var (begins, ends) = (false, false)
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      if line.starts(with: Array("<<<<<<< ".utf8)) { begins = true }
      if begins, line.starts(with: Array(">>>>>>> ".utf8)) { ends = true }
    }
    return ends
  }
}
