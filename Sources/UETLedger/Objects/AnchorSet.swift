import UETGit
import UETModel

/// The commits that a chain is known to reach through its further parents.
///
/// It may know too little, never too much: what it does not know is anchored once more.
struct AnchorSet: Sendable {
  /// Parents of one ledger commit beside its predecessor; more are bundled in commits of their own.
  static let limit = 64
  /// How far back from a new anchor commits are noted as reached.
  private static let depth = 64

  private var reached: Set<ObjectID>

  init(_ reached: Set<ObjectID> = []) { self.reached = reached }

  /// Those of `anchors` that nothing reaches yet, without those that another of them reaches.
  func missing(
    _ anchors: [ObjectID], in repository: Repository
  ) throws(GitError) -> [ObjectID] {
    let fresh = anchors.filter { !reached.contains($0) }
    guard fresh.count > 1 else { return fresh }
    var inner: Set<ObjectID> = []
    // The last first: of a chain of merges it is the one that reaches the others.
    for anchor in fresh.reversed() where !inner.contains(anchor) {
      inner.formUnion(try below(anchor, in: repository))
    }
    return fresh.filter { !inner.contains($0) }
  }

  /// Notes that the anchors, and what they descend from, are reached now.
  mutating func add(_ anchors: [ObjectID], in repository: Repository) throws(GitError) {
    for anchor in anchors where !reached.contains(anchor) {
      let below = try below(anchor, in: repository)
      reached.insert(anchor)
      reached.formUnion(below)
    }
  }

  /// Ancestors of a commit, the nearest first, without itself, until something known or the depth.
  private func below(
    _ commit: ObjectID, in repository: Repository
  ) throws(GitError) -> Set<ObjectID> {
    var found: Set<ObjectID> = []
    var next = [commit]
    while let id = next.popLast(), found.count < Self.depth {
      guard repository.contains(id) else { continue }
      for parent in try repository.commit(id).parents
      where !reached.contains(parent) && found.insert(parent).inserted {
        next.insert(parent, at: 0)
      }
    }
    return found
  }
}
