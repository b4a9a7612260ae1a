import Synchronization
import UETGit
import UETModel

/// What gates read of trees, as far as they declare it; what was found of a folder is kept.
final class GateCuts: Sendable {
  private let repository: Repository
  private let cuts = Mutex<[[ScopePattern]: TreeCut]>([:])

  init(_ repository: Repository) { self.repository = repository }

  /// The tree cut down to what the gate reads; nil where it may read all. `tree` may be in `stash`
  /// alone.
  func cut(
    _ tree: ObjectID, for gate: Gate, in stash: ObjectStash? = nil
  ) throws(GitError) -> ObjectID? {
    guard let patterns = gate.inputs else { return nil }
    let cut = cuts.withLock { cuts in
      if let known = cuts[patterns] { return known }
      let cut = TreeCut(patterns)
      cuts[patterns] = cut
      return cut
    }
    return try cut.id(of: tree, in: repository, stash)
  }

  /// What each of the gates reads, by its name.
  func inputs(
    of tree: ObjectID, for gates: [Gate], in stash: ObjectStash? = nil
  ) throws(GitError) -> GateInputs {
    var result: [String: ObjectID] = [:]
    for gate in gates { result[gate.name] = try cut(tree, for: gate, in: stash) }
    return GateInputs(result)
  }
}
