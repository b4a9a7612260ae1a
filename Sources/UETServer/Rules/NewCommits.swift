import UETGit
import UETModel

/// The commits that a push brings to references of some kinds, and that none of the same kinds had.
///
/// What another kind had does not count: rules differ, and a commit must not come by the mild one
/// first.
struct NewCommits {
  let view: PushView
  let commits: [Commit]
  private let tips: [(reference: String, tip: ObjectID)]

  init(_ view: PushView, of kinds: (PushedKind) -> Bool) throws {
    self.view = view
    let repository = view.repository
    tips = view.updates.compactMap { update, kind in
      guard let new = update.new, new != update.old, kinds(kind) else { return nil }
      // Never by its digits as a revision: a reference may be named so, and would come first.
      return (try? repository.commit(new)).map { (update.name, $0.id) }
    }
    guard !tips.isEmpty else {
      commits = []
      return
    }
    let ids = try Self.ids(Array(Set(tips.map(\.tip))), view, kinds)
    commits = try ids.map { (id) throws(GitError) in try repository.commit(id) }
  }

  /// Most pushes go on from what the same references or the host's HEAD have, with commits that are
  /// nowhere here: then nobody has to ask what all the others hold.
  private static func ids(
    _ tips: [ObjectID], _ view: PushView, _ kinds: (PushedKind) -> Bool
  ) throws -> [ObjectID] {
    // What the references hold, and not what the push says that they do: that is checked for each
    // of them by itself, and much later.
    let near = try view.updates.filter { kinds($0.kind) && $0.update.old != nil }
      .compactMap { (update, _) throws(GitError) in try view.repository.reference(update.name) }
    let first = try view.repository.commits(
      inAnyOf: tips, notIn: Array(Set(near)) + [view.settings].compactMap { $0 })
    if try view.repository.areQuarantined(first) { return first }
    let known = try view.existing.all().filter {
      kinds(PushedKind($0.name, view.reader.names))
    }.map(\.id)
    return try view.repository.commits(inAnyOf: tips, notIn: Array(Set(known)))
  }

  /// A reference that a commit comes with.
  func reference(of commit: ObjectID) -> String? {
    tips.first { (try? view.repository.isAncestor(commit, of: $0.tip)) ?? false }?.reference
  }
}

extension PushedKind {
  /// Whether what comes there is looked at file by file.
  var holdsFiles: Bool {
    switch self {
    case .branch, .queue, .work, .tag, .other: true
    default: false
    }
  }
}
