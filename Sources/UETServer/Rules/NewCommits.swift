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
    let known = try view.existing.all().filter {
      kinds(PushedKind($0.name, view.reader.names))
    }.map(\.id)
    let ids = try repository.commits(
      inAnyOf: Array(Set(tips.map(\.tip))), notIn: Array(Set(known)))
    commits = try ids.map { (id) throws(GitError) in try repository.commit(id) }
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
    case .branch, .work, .tag, .other: true
    default: false
    }
  }
}
