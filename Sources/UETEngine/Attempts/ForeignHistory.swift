import UETGit
import UETModel

/// What a worker took into its work that is somebody else's, by name: for who reads why an attempt
/// failed.
struct ForeignHistory {
  let context: RunFacts
  let workstream: WorkstreamID
  let worktree: WorktreeHandle?
  let base: ObjectID
  let tip: ObjectID

  /// Branches that are looked at.
  private static let most = 100

  /// As "took in 2 commits of 'main'"; nil where nothing of the kind is seen.
  var text: String? {
    if let name = unfinished { return "left a merge of '\(name)' unfinished" }
    if let (name, count) = merged {
      return "took in \(count) commit\(count == 1 ? "" : "s") of '\(name)'"
    }
    if let older = movedBack { return "went back to the older commit \(older.short)" }
    return nil
  }

  /// The branches in the order in which they are likely meant, the target first.
  private var branches: [(name: String, id: ObjectID)] {
    let all = (try? context.repository.references(under: "refs/heads")) ?? []
    var first: [String] = []
    if let target = context.configuration.integration.target {
      first.append("refs/heads/\(target)")
    }
    if case .branch(let name, _)? = try? context.repository.head() { first.append(name) }
    let own = context.names.branch(workstream)
    let known = all.filter { $0.name != own && $0.name != context.names.integration }
    return known.filter { first.contains($0.name) }
      + known.filter { !first.contains($0.name) }.prefix(Self.most)
  }

  private func short(_ name: String) -> String {
    let mine = "refs/heads/uet/\(context.run)/"
    return name.hasPrefix(mine) ? String(name.dropFirst(mine.count)) : RunNames.short(name)
  }

  private var unfinished: String? {
    guard let worktree, let head = worktree.mergeHead else { return nil }
    return branches.first { $0.id == head }.map { short($0.name) } ?? head.short
  }

  private var merged: (name: String, count: Int)? {
    let repository = context.repository
    guard base != tip, let own = try? repository.commits(in: tip, notIn: [base]), !own.isEmpty
    else { return nil }
    let commits = Set(own)
    for (name, id) in branches {
      let common = (try? repository.mergeBases(tip, id)) ?? []
      guard let taken = common.first(where: commits.contains) else { continue }
      let count = (try? repository.commits(in: taken, notIn: [base]).count) ?? 1
      return (short(name), count)
    }
    return nil
  }

  private var movedBack: ObjectID? {
    guard let worktree, let head = try? context.repository.head(of: worktree), head != base,
      (try? context.repository.isAncestor(head, of: base)) == true
    else { return nil }
    return head
  }
}
