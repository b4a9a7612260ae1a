import UETGit
import UETModel

/// Turns many commits into few parents that reach them all.
struct AnchorBundle {
  let message: String
  let person: Signature

  /// The commits themselves while they are few, else commits that have them as parents.
  func parents(
    _ anchors: [ObjectID], _ log: inout ObjectLog
  ) throws(GitError) -> [ObjectID] {
    var level = anchors
    while level.count > AnchorSet.limit {
      let empty = try log.writeTree([])
      var next: [ObjectID] = []
      for start in stride(from: 0, to: level.count, by: AnchorSet.limit) {
        let parents = Array(level[start..<min(start + AnchorSet.limit, level.count)])
        next.append(
          try log.writeCommit(tree: empty, parents: parents, message: message, by: person))
      }
      level = next
    }
    return level
  }
}
