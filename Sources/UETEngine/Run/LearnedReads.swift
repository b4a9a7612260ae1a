import Synchronization
import UETGit
import UETModel

/// What came of looking at what a gate reads.
struct Learning: Sendable {
  enum Outcome: Sendable {
    case reads(TreeReads)
    /// It cannot be told, so its verdict counts for the whole tree.
    case unknown(String)
    /// It looks at what is no part of a tree, so its verdict counts for this commit alone.
    case elsewhere(String)
  }

  var outcome: Outcome
  /// Seconds under the tracer; nil where it was not looked at.
  var seconds: Double?
}

/// What gates were seen to read, for each key of verdicts the last of it.
///
/// A run that finds all of that the same in another tree goes the same way there, so its verdict is
/// the same. It is kept as a blob whose id stands in the verdict; here it is known which of these
/// hold for a tree.
final class LearnedReads: Sendable {
  private let repository: Repository
  private let inside = Mutex(Inside())

  fileprivate struct Inside: Sendable {
    /// Ids, the newest last, by key.
    var ids: [String: [ObjectID]] = [:]
    /// nil for what is not here, or is nothing of the kind.
    var reads: [ObjectID: TreeReads?] = [:]
    var found: [Question: Bool] = [:]
    /// Trees for which nothing was known, the newest last, by key.
    var open: [String: [ObjectID]] = [:]
    var tallies: [String: Tally] = [:]
  }

  fileprivate struct Question: Hashable {
    let id: ObjectID
    let tree: ObjectID
  }

  /// How it went with one key.
  fileprivate struct Tally {
    var learned = 0
    var hits = 0
    /// In a row.
    var failures = 0
    var passedOver = 0
    var looksElsewhere = false
    var reason: String?
  }

  /// So many are kept for each key, and so many trees.
  fileprivate static let most = 32
  fileprivate static let mostOpen = 1_000
  fileprivate static let mostFound = 200_000

  init(_ repository: Repository) { self.repository = repository }

  /// Takes in what verdicts on record name.
  func note(_ verdicts: some Sequence<VerdictRecord>) {
    inside.withLock { inside in
      for verdict in verdicts.sorted(by: { ($0.event ?? 0) < ($1.event ?? 0) }) {
        if let id = verdict.inputs { inside.add(id, verdict.key) }
      }
    }
  }

  /// The newest of what was read under the key that holds for the tree.
  func match(
    _ tree: ObjectID, _ key: String, in stash: ObjectStash? = nil
  ) throws(GitError) -> ObjectID? {
    let ids = inside.withLock { inside in
      inside.ask(tree, key)
      return inside.ids[key] ?? []
    }
    var view: TreeView?
    for id in ids.reversed() where try holds(id, in: tree, &view, stash) {
      inside.withLock { inside in
        inside.tallies[key, default: Tally()].hits += 1
        inside.open[key]?.removeAll { $0 == tree }
      }
      return id
    }
    return nil
  }

  func holds(_ id: ObjectID, in tree: ObjectID) throws(GitError) -> Bool {
    var view: TreeView?
    return try holds(id, in: tree, &view, nil)
  }

  private func holds(
    _ id: ObjectID, in tree: ObjectID, _ view: inout TreeView?, _ stash: ObjectStash?
  ) throws(GitError) -> Bool {
    let question = Question(id: id, tree: tree)
    if let known = inside.withLock({ $0.found[question] }) { return known }
    guard let reads = reads(id) else { return false }
    let known: TreeView
    if let view { known = view } else { known = try TreeView(tree, in: repository, stash) }
    view = known
    let holds = try reads.holds(in: known)
    inside.withLock { inside in
      if inside.found.count > Self.mostFound { inside.found = [:] }
      inside.found[question] = holds
    }
    return holds
  }

  private func reads(_ id: ObjectID) -> TreeReads? {
    if let known = inside.withLock({ $0.reads[id] }) { return known }
    guard repository.contains(id) else { return nil }
    let reads = (try? repository.blob(id)).flatMap { TreeReads($0) }
    inside.withLock { $0.reads[id] = .some(reads) }
    return reads
  }
}

/// Learning.
extension LearnedReads {
  /// Whether it is worth what it costs to see what a gate reads.
  func isWanted(_ key: String) -> Bool {
    inside.withLock { inside in
      guard var tally = inside.tallies[key] else { return true }
      defer { inside.tallies[key] = tally }
      if tally.failures >= 3 { return false }
      // One that reads nearly all of every tree is looked at now and then.
      guard tally.learned >= 8 + 16 * tally.hits else { return true }
      tally.passedOver += 1
      return tally.passedOver % 8 == 0
    }
  }

  /// Adds what was read under the key; gives the trees asked about before for which it holds, too.
  func add(
    _ reads: TreeReads, _ id: ObjectID, _ key: String, in stash: ObjectStash? = nil
  ) -> [ObjectID] {
    let open = inside.withLock { inside in
      inside.add(id, key)
      inside.reads[id] = .some(reads)
      var tally = inside.tallies[key] ?? Tally()
      (tally.learned, tally.failures) = (tally.learned + 1, 0)
      inside.tallies[key] = tally
      return inside.open[key] ?? []
    }
    let same = open.filter { tree in
      var view: TreeView?
      return (try? holds(id, in: tree, &view, stash)) ?? false
    }
    if same.isEmpty { return [] }
    inside.withLock { inside in
      inside.tallies[key]?.hits += same.count
      inside.open[key]?.removeAll(where: same.contains)
    }
    return same
  }

  /// It could not be told what it reads.
  func fail(_ key: String, _ reason: String, looksElsewhere: Bool) {
    inside.withLock { inside in
      var tally = inside.tallies[key] ?? Tally()
      tally.failures += 1
      tally.looksElsewhere = looksElsewhere
      tally.reason = reason
      inside.tallies[key] = tally
    }
  }

  /// What is known of a gate that is not looked at any more; nil where it is, or was told.
  func givenUp(_ key: String) -> Learning? {
    inside.withLock { inside in
      guard let tally = inside.tallies[key], tally.failures > 0, let reason = tally.reason else {
        return nil
      }
      return Learning(outcome: tally.looksElsewhere ? .elsewhere(reason) : .unknown(reason))
    }
  }
}

extension LearnedReads.Inside {
  fileprivate mutating func add(_ id: ObjectID, _ key: String) {
    var ids = ids[key] ?? []
    if ids.last == id { return }
    ids.removeAll { $0 == id }
    ids.append(id)
    if ids.count > LearnedReads.most {
      let gone = ids.removeFirst()
      reads[gone] = nil
    }
    self.ids[key] = ids
  }

  fileprivate mutating func ask(_ tree: ObjectID, _ key: String) {
    var trees = open[key] ?? []
    if trees.contains(tree) { return }
    trees.append(tree)
    if trees.count > LearnedReads.mostOpen { trees.removeFirst(trees.count / 2) }
    open[key] = trees
  }
}
