import UETModel

/// A worktree as git has it on its list.
package struct WorktreeEntry: Hashable, Sendable {
  package let path: String
  /// Nil for a bare repository's own entry and where no commit is yet.
  package let head: ObjectID?
  /// The full name of the branch that it has checked out; nil where HEAD is detached.
  package let branch: String?
  package let isBare: Bool
  /// Why it is locked; nil where it is not.
  package let lock: String?
  /// Whether git believes it gone.
  package let isPrunable: Bool

  /// Reads what `git worktree list --porcelain -z` prints.
  static func parse(_ bytes: [UInt8]) -> [WorktreeEntry] {
    var result: [WorktreeEntry] = []
    var attributes: [String: String] = [:]
    for field in bytes.split(separator: 0, omittingEmptySubsequences: false) {
      if field.isEmpty {
        if let path = attributes["worktree"] { result.append(Self(path, attributes)) }
        attributes = [:]
        continue
      }
      let text = String(decoding: field, as: UTF8.self)
      let space = text.firstIndex(of: " ")
      let key = space.map { String(text[..<$0]) } ?? text
      attributes[key] = space.map { String(text[text.index(after: $0)...]) } ?? ""
    }
    return result
  }

  private init(_ path: String, _ attributes: [String: String]) {
    self.path = path
    head = attributes["HEAD"].flatMap { ObjectID($0) }.flatMap { $0.isZero ? nil : $0 }
    branch = attributes["branch"]
    isBare = attributes["bare"] != nil
    lock = attributes["locked"]
    isPrunable = attributes["prunable"] != nil
  }
}
