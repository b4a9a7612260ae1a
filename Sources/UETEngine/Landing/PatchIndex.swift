import UETGit
import UETModel

/// Finds the commit of a branch that makes the same change as another: the same lines in the same
/// files, as `git patch-id` compares them.
actor PatchIndex {
  private let presence: TargetPresence
  private let since: [ObjectID]
  /// The commits that change exactly these paths, newest first.
  private var commits: [Set<[UInt8]>: [ObjectID]]?

  /// Looks at what the branch has and none of `since`.
  init(_ presence: TargetPresence, since: [ObjectID]) {
    (self.presence, self.since) = (presence, since)
  }

  /// The newest such commit that the change was not made on top of and that is none of `others`.
  func matches(
    _ base: ObjectID, _ commit: ObjectID, besides others: Set<ObjectID>
  ) async throws -> ObjectID? {
    let repository = presence.repository
    let changes = try repository.changes(from: base, to: commit)
    let paths = Set(changes.map(\.pathBytes))
    var patch: [String]?
    for id in try index()[paths] ?? [] where id != commit && !others.contains(id) {
      if try repository.isAncestor(id, of: base) { continue }
      guard let parent = try repository.commit(id).parents.first else { continue }
      if try repository.changes(from: parent, to: id) == changes { return id }
      if patch == nil { patch = try await text(base, commit) }
      if let patch, try await text(parent, id) == patch { return id }
    }
    return nil
  }

  private func index() throws -> [Set<[UInt8]>: [ObjectID]] {
    if let commits { return commits }
    let repository = presence.repository
    var result: [Set<[UInt8]>: [ObjectID]] = [:]
    let all = try repository.commits(in: presence.tip, notIn: since)
    for id in all.suffix(TargetPresence.limit).reversed() {
      guard try repository.commit(id).parents.count == 1 else { continue }
      result[try presence.changed(by: id), default: []].append(id)
    }
    commits = result
    return result
  }

  /// A patch without what depends on where its lines stand; nil where it is not all text.
  private func text(_ old: ObjectID, _ new: ObjectID) async throws -> [String]? {
    let output = try await presence.git.check([
      "diff-tree", "-p", "--no-ext-diff", "--no-textconv", "--no-renames", "--no-color",
      "--diff-algorithm=myers", "-U3", old.hex, new.hex,
    ])
    var lines: [String] = []
    for line in output.text.split(separator: "\n") {
      if line.hasPrefix("Binary files ") { return nil }
      if line.hasPrefix("index ") { continue }
      lines.append(line.hasPrefix("@@ ") ? "@@" : String(line))
    }
    return lines
  }
}
