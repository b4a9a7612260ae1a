import UETGit
import UETModel

/// What a branch holds now of results that landed in it or are to: by its history, and by its
/// content, since work also comes in as a squash, a cherry-pick or a rebase, and goes out by a
/// revert.
struct TargetPresence: Sendable {
  enum Standing: Hashable, Sendable {
    /// Nothing says that it is, or was, in the branch.
    case missing
    /// All of it is there; the commits that brought it, as far as they were found.
    case here([ObjectID])
    case undone(Removal)
  }

  /// That it was there and is not any more.
  struct Removal: Hashable, Sendable {
    /// The commit that brought it, and the one that took it out, where it was found.
    let was: ObjectID
    let by: ObjectID?

    /// `taken out by 0123456789`.
    var words: String { by.map { "taken out by \($0.short)" } ?? "taken out since" }
  }

  let repository: Repository
  /// The full name of the branch, and where it stands.
  let target: String
  let tip: ObjectID
  let git: SealedGit
  private let tree: ObjectID
  private let session: MergeSession
  private let known = KnownCommits()

  /// Close it at the end.
  init(_ git: SealedGit, target: String, tip: ObjectID) throws(GitError) {
    (self.git, self.target, self.tip) = (git, target, tip)
    repository = git.repository
    tree = try git.repository.treeID(of: tip)
    session = MergeSession(git)
  }

  func close() { session.close() }

  /// Whether the commit can be reached from where the branch stands.
  func holds(_ id: ObjectID) throws(GitError) -> Bool {
    try known.holds(id) { () throws(GitError) in try repository.isAncestor(id, of: tip) }
  }

  /// Finds in one walk which of many commits the branch has, so that `holds` need not walk for
  /// each. What that walk cannot read is left to `holds`, which says why.
  func learn(_ ids: [ObjectID]) {
    guard !ids.isEmpty, let lacking = try? repository.commits(inAnyOf: ids, notIn: [tip]) else {
      return
    }
    known.note(ids, lacking: Set(lacking))
  }

  /// How what the commit `merge` brought to its first parent stands.
  func standing(ofLanded merge: ObjectID) async throws(GitError) -> Standing {
    guard repository.contains(merge), let parent = try repository.commit(merge).parents.first else {
      return .missing
    }
    return try await standing(of: merge, since: parent, broughtBy: merge)
  }

  /// How the change from `base` to `commit` stands, where nothing but the two is known.
  ///
  /// As long as one file is as it was brought, what is in the history counts as there.
  func standing(
    of commit: ObjectID, since base: ObjectID, broughtBy merge: ObjectID
  ) async throws(GitError) -> Standing {
    let isInside = try holds(commit)
    let sides = try Sides(repository.changes(from: base, to: commit), in: tip, repository)
    if sides.isEmpty { return isInside ? .here([merge]) : .missing }
    if isInside {
      if sides.kept > 0 { return .here([merge]) }
      guard try await isUnchanged(by: base, since: commit) else { return .here([merge]) }
      return .undone(Removal(was: merge, by: try remover(of: merge, commit, sides.paths)))
    }
    if sides.kept == sides.count { return .here([]) }
    if sides.lacking > 0 { return .missing }
    return try await isUnchanged(by: commit, since: base) ? .here([]) : .missing
  }

  /// Whether merging `other` with `base` as the common ancestor changes nothing.
  func isUnchanged(by other: ObjectID, since base: ObjectID) async throws(GitError) -> Bool {
    try await merged(other, since: base) == tree
  }

  /// The tree that merging gives; nil for a conflict.
  private func merged(_ other: ObjectID, since base: ObjectID) async throws(GitError) -> ObjectID? {
    guard case .clean(let tree) = try await session.merge(tip, other, base: base) else {
      return nil
    }
    return tree
  }

  /// The commit that took it out: a revert says which; else the last one that changed the same
  /// files.
  func remover(
    of merge: ObjectID, _ commit: ObjectID, _ paths: Set<[UInt8]>
  ) throws(GitError) -> ObjectID? {
    let since = try holds(merge) ? merge : commit
    let later = try repository.commits(in: tip, notIn: [since]).suffix(Self.limit)
    let names = [merge.hex, commit.hex]
    var last: ObjectID?
    for id in later.reversed() {
      let message = try repository.commit(id).message
      if names.contains(where: { message.contains("This reverts commit \($0)") }) { return id }
      if last == nil, try !paths.isDisjoint(with: changed(by: id)) { last = id }
    }
    return last
  }

  /// At most so many commits of a history are looked at.
  static let limit = 5_000

  /// The paths that a commit changed.
  func changed(by id: ObjectID) throws(GitError) -> Set<[UInt8]> {
    try known.paths(of: id) { () throws(GitError) in
      let parent = try repository.commit(id).parents.first
      return Set(try repository.changes(from: parent, to: id).map(\.pathBytes))
    }
  }
}

extension TargetPresence {
  /// How a result stands that did not land by us: `since` is what it was made on.
  func standing(
    ofResult result: ObjectID, since base: ObjectID, besides own: Set<ObjectID> = [],
    in patches: PatchIndex
  ) async throws -> Standing {
    let changes = try repository.changes(from: base, to: result)
    if changes.isEmpty { return .missing }
    let plain = try await standing(of: result, since: base, broughtBy: try bringer(of: result))
    if try holds(result) || plain != .missing {
      guard case .here(let commits) = plain, commits.isEmpty else {
        if plain == .here([result]) {
          // It was moved forward to: every commit is on the branch's own line.
          return .here(try repository.commits(in: result, notIn: [base]))
        }
        return plain
      }
      let whole = try await patches.matches(base, result, besides: own)
      return .here(whole.map { [$0] } ?? [])
    }
    // A squash has all of it in one commit.
    if let whole = try await patches.matches(base, result, besides: own) {
      return try await reapplied(result, since: base, whole)
    }
    return try await standing(ofPartsOf: result, since: base, besides: own, patches)
  }

  /// What was picked or rebased came commit by commit.
  private func standing(
    ofPartsOf result: ObjectID, since base: ObjectID, besides own: Set<ObjectID>,
    _ patches: PatchIndex
  ) async throws -> Standing {
    let commits = try repository.commits(in: result, notIn: [base, tip])
    guard commits.count > 1, commits.count <= 200 else { return .missing }
    var found: [ObjectID] = []
    var isWhole = true
    for id in commits {
      guard let parent = try repository.commit(id).parents.first,
        try repository.commit(id).parents.count == 1,
        let match = try await patches.matches(parent, id, besides: own)
      else {
        isWhole = false
        continue
      }
      let standing = try await reapplied(id, since: parent, match)
      if case .undone = standing { return standing }
      found.append(match)
    }
    return isWhole ? .here(found) : .missing
  }

  /// The branch had the change as `match`: where it would bring something again, it was taken out
  /// since.
  private func reapplied(
    _ commit: ObjectID, since base: ObjectID, _ match: ObjectID
  ) async throws -> Standing {
    let again = try await merged(commit, since: base)
    if again == nil || again == tree { return .here([match]) }
    return .undone(Removal(was: match, by: try remover(of: match, match, changed(by: match))))
  }

  /// The first commit on the branch's own line that holds the result; itself where there is none.
  func bringer(of result: ObjectID) throws -> ObjectID {
    guard try holds(result) else { return result }
    var current = tip
    for _ in 0..<Self.limit {
      guard current != result, let parent = try repository.commit(current).parents.first,
        try repository.isAncestor(result, of: parent)
      else { return current }
      current = parent
    }
    return result
  }
}

/// The files of a change beside those of a commit.
struct Sides {
  var count = 0
  /// How many are as the change leaves them, and how many as they were before it.
  var kept = 0
  var lacking = 0
  var paths: Set<[UInt8]> = []

  var isEmpty: Bool { count == 0 }

  init(
    _ changes: [PathChange], in commit: ObjectID, _ repository: Repository
  ) throws(GitError) {
    for change in changes {
      count += 1
      paths.insert(change.pathBytes)
      let entry = try repository.entry(at: change.path, in: commit)
      let now = entry.flatMap { $0.mode == .tree ? nil : PathChange.Side(mode: $0.mode, id: $0.id) }
      if now == change.new { kept += 1 } else if now == change.old { lacking += 1 }
    }
  }
}
