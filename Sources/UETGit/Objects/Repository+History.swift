import CLibgit2
import UETModel

extension Repository {
  /// Whether `ancestor` is `commit` itself or can be reached from it.
  package func isAncestor(_ ancestor: ObjectID, of commit: ObjectID) throws(GitError) -> Bool {
    if ancestor == commit { return true }
    if isShallow { return try ShallowHistory(self).ancestors(of: [commit]).contains(ancestor) }
    return try locked { (handle) throws(GitError) in
      var (younger, older) = (commit.oid, ancestor.oid)
      let code = git_graph_descendant_of(handle.repository, &younger, &older)
      guard code >= 0 else { throw Libgit2.failure(code, "walk the history of '\(commit)'") }
      return code == 1
    }
  }

  /// The best common ancestors, several after a criss-cross merge, none for unrelated histories.
  package func mergeBases(_ a: ObjectID, _ b: ObjectID) throws(GitError) -> [ObjectID] {
    if isShallow { return try ShallowHistory(self).mergeBases(a, b) }
    return try locked { (handle) throws(GitError) in
      var (first, second) = (a.oid, b.oid)
      var bases = git_oidarray()
      defer { git_oidarray_dispose(&bases) }
      let code = git_merge_bases(&bases, handle.repository, &first, &second)
      if code == GIT_ENOTFOUND.rawValue, git_odb_exists(handle.objects, &first) == 1,
        git_odb_exists(handle.objects, &second) == 1
      {
        return []
      }
      guard code == 0 else {
        throw Libgit2.failure(code, "find a merge base of '\(a)' and '\(b)'")
      }
      return UnsafeBufferPointer(start: bases.ids, count: bases.count).map(ObjectID.init)
    }
  }

  /// The commits that `tip` has and none of `bases` has, parents before children.
  package func commits(
    in tip: ObjectID, notIn bases: [ObjectID]
  ) throws(GitError) -> [ObjectID] {
    if isShallow { return try ShallowHistory(self).commits(in: tip, notIn: bases) }
    return try locked { (handle) throws(GitError) in
      var walk: OpaquePointer?
      let code = git_revwalk_new(&walk, handle.repository)
      guard code == 0, let walk else { throw Libgit2.failure(code, "walk the history") }
      defer { git_revwalk_free(walk) }
      git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL.rawValue | GIT_SORT_REVERSE.rawValue)
      try Self.push(tip, walk, git_revwalk_push)
      for base in bases { try Self.push(base, walk, git_revwalk_hide) }
      return try Self.drain(walk, tip)
    }
  }

  /// The commits that any of `tips` has and none of `known`, in no order to rely on. What among
  /// `known` is no commit, and stands for none, hides nothing.
  package func commits(
    inAnyOf tips: [ObjectID], notIn known: [ObjectID]
  ) throws(GitError) -> [ObjectID] {
    if isShallow {
      let history = ShallowHistory(self)
      var found: Set<ObjectID> = []
      let known = known.filter(isCommit)
      for tip in tips { found.formUnion(try history.commits(in: tip, notIn: known)) }
      return found.sorted()
    }
    return try locked { (handle) throws(GitError) in
      var walk: OpaquePointer?
      let code = git_revwalk_new(&walk, handle.repository)
      guard code == 0, let walk else { throw Libgit2.failure(code, "walk the history") }
      defer { git_revwalk_free(walk) }
      for tip in tips { try Self.push(tip, walk, git_revwalk_push) }
      for id in known {
        var oid = id.oid
        git_revwalk_hide(walk, &oid)
      }
      return try Self.drain(walk, tips.first ?? .zero)
    }
  }

  private static func push(
    _ id: ObjectID, _ walk: OpaquePointer,
    _ call: (OpaquePointer?, UnsafePointer<git_oid>?) -> Int32
  ) throws(GitError) {
    var oid = id.oid
    let code = call(walk, &oid)
    guard code == 0 else {
      if code == GIT_ENOTFOUND.rawValue { throw .objectMissing(id) }
      throw Libgit2.failure(code, "walk the history of '\(id)'")
    }
  }

  private static func drain(_ walk: OpaquePointer, _ tip: ObjectID) throws(GitError) -> [ObjectID] {
    var result: [ObjectID] = []
    var oid = git_oid()
    while true {
      let code = git_revwalk_next(&oid, walk)
      if code == GIT_ITEROVER.rawValue { return result }
      guard code == 0 else { throw Libgit2.failure(code, "walk the history of '\(tip)'") }
      result.append(ObjectID(oid))
    }
  }
}
