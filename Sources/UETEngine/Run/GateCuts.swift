import Synchronization
import UETGit
import UETModel

/// What gates read of trees, as far as they declare it or were seen to; what was found of a folder
/// is kept.
final class GateCuts: Sendable {
  private let repository: Repository
  private let cuts = Mutex<[[ScopePattern]: TreeCut]>([:])
  private let keys = Mutex<[String: String]>([:])
  let learned: LearnedReads

  init(_ repository: Repository) {
    self.repository = repository
    learned = LearnedReads(repository)
  }

  /// What a verdict of the gate on the tree counts for: the tree cut down to what it declares to
  /// read, or what it was seen to read of one in which all of that is the same; nil where that is
  /// the whole tree. `tree` may be in `stash` alone; `key` is that of the gate's verdicts.
  func cut(
    _ tree: ObjectID, for gate: Gate, _ key: String?, in stash: ObjectStash? = nil
  ) throws(GitError) -> ObjectID? {
    if gate.learns {
      guard let key else { return nil }
      return try learned.match(tree, key, in: stash)
    }
    guard let patterns = gate.inputs else { return nil }
    let cut = cuts.withLock { cuts in
      if let known = cuts[patterns] { return known }
      let cut = TreeCut(patterns)
      cuts[patterns] = cut
      return cut
    }
    return try cut.id(of: tree, in: repository, stash)
  }

  /// The keys of the queue's gates, by name, under which it is known what they read.
  func use(_ keys: [String: String]) { self.keys.withLock { $0 = keys } }

  /// What each of the gates reads, by its name.
  func inputs(
    of tree: ObjectID, for gates: [Gate], in stash: ObjectStash? = nil
  ) throws(GitError) -> GateInputs {
    let keys = keys.withLock { $0 }
    var result: [String: ObjectID] = [:]
    for gate in gates { result[gate.name] = try cut(tree, for: gate, keys[gate.name], in: stash) }
    return GateInputs(result)
  }

  /// Whether the tree is one for which a verdict with these inputs counts.
  func isCut(
    _ inputs: ObjectID, of tree: ObjectID, for gate: Gate
  ) throws(GitError) -> Bool {
    if gate.learns { return try learned.holds(inputs, in: tree) }
    return try cut(tree, for: gate, nil) == inputs
  }
}
