import Synchronization
import UETGit
import UETModel

/// What was found of commits beside one end of a branch. None of it changes: a commit is what it
/// is.
final class KnownCommits: Sendable {
  private let held = Mutex<[ObjectID: Bool]>([:])
  private let paths = Mutex<[ObjectID: Set<[UInt8]>]>([:])

  /// Whether the branch has the commit, asked for once.
  func holds(_ id: ObjectID, _ find: () throws(GitError) -> Bool) throws(GitError) -> Bool {
    if let known = held.withLock({ $0[id] }) { return known }
    let found = try find()
    held.withLock { $0[id] = found }
    return found
  }

  /// The branch has all of these but those in `lacking`.
  func note(_ ids: [ObjectID], lacking: Set<ObjectID>) {
    held.withLock { held in
      for id in ids { held[id] = !lacking.contains(id) }
    }
  }

  /// The paths that the commit changed, asked for once.
  func paths(
    of id: ObjectID, _ find: () throws(GitError) -> Set<[UInt8]>
  ) throws(GitError) -> Set<[UInt8]> {
    if let known = paths.withLock({ $0[id] }) { return known }
    let found = try find()
    paths.withLock { $0[id] = found }
    return found
  }
}
