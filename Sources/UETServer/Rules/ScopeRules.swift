import UETEngine
import UETGit
import UETLedger
import UETModel

/// What comes to the branch of a workstream changes nothing outside of its scope: by each of its
/// commits and by all of them together, as they stand, without looking for renames.
struct ScopeRules {
  let view: PushView

  private static let most = 20

  func refusals() throws -> [PushRefusal] {
    var refusals: [PushRefusal] = []
    for (update, kind) in view.updates {
      guard case .work(let run, let name) = kind, let new = update.new, new != update.old else {
        continue
      }
      if let refusal = try refusal(update, new, run, name) { refusals.append(refusal) }
    }
    return refusals
  }

  private func refusal(
    _ update: ReferenceUpdate, _ new: ObjectID, _ run: RunID, _ name: String
  ) throws -> PushRefusal? {
    guard let chain = try view.tip(view.reader.names.chain(run)) else {
      return PushRefusal(
        update.name, "nothing is known here of run '\(run)', so not what it may change either",
        hint: "push its record along: git uet sync")
    }
    // The integration branch holds what others made; it lands as it is tested.
    guard let id = WorkstreamID(name) else { return nil }
    let scopes = try scopes(of: id, run, chain)
    guard !scopes.isEmpty else {
      return PushRefusal(
        update.name, "run '\(run)' has no workstream '\(name)'",
        hint: "push it as a branch of your own: git push origin HEAD:refs/heads/TOPIC")
    }
    // Where the run began is on record for good; what comes before is not this workstream's.
    let base = try view.reader.root(endingAt: chain).base
    let work = ScopedWork(
      repository: view.repository, tip: new, known: try known(besides: update.name, run, new),
      targets: try targets() + [base])
    guard
      let fault = try work.fault(where: { path in scopes.allSatisfy { $0.allowsWriting(path) } })
    else { return nil }
    let what = fault.commit.map { "commit \($0.short) changes" } ?? "all together it changes"
    return PushRefusal(
      update.name, "\(what) '\(fault.path.terminalSafe)', which is not in the scope of '\(name)'",
      hint: fault.commit.map { "take that out: git rebase -i \($0.short)~1" }
        ?? "see it: git log -p -- \(fault.path.shellQuoted)")
  }

  /// What the run's record says, and, where the host's own bundles know the workstream, what they
  /// say: who pushes wrote the former.
  private func scopes(
    of id: WorkstreamID, _ run: RunID, _ chain: ObjectID
  ) throws -> [Workstream.Scope] {
    guard let recorded = try RecordedScope.scope(of: id, at: chain, run, in: view.reader) else {
      return []
    }
    let declared = try view.settings.flatMap {
      try RecordedScope.scope(of: id, declaredIn: $0, view.workstreams, in: view.repository)
    }
    return [recorded] + (declared.map { [$0] } ?? [])
  }

  private func targets() throws -> [ObjectID] {
    try view.existing.under("refs/heads/").filter { view.policy.isProtected($0.name) }.map(\.id)
  }

  /// Results of the same run that the commit holds and goes beyond: each is judged where it is
  /// pushed itself.
  private func known(
    besides name: String, _ run: RunID, _ tip: ObjectID
  ) throws -> [ObjectID] {
    let folder = "refs/heads/uet/\(run)/"
    var tips = try view.existing.under(folder).filter { $0.name != name }.map(\.id)
    for (update, _) in view.updates where update.name.hasPrefix(folder) && update.name != name {
      if let new = update.new { tips.append(new) }
    }
    return try Set(tips).filter { other in
      try other != tip && view.repository.isAncestor(other, of: tip)
    }
  }
}

/// The commits of one workstream's branch, told from what they build on.
struct ScopedWork {
  let repository: Repository
  let tip: ObjectID
  /// Results of others that it holds.
  let known: [ObjectID]
  /// The ends of protected branches, and where the run began.
  let targets: [ObjectID]

  struct Fault {
    /// Nil where no single commit does it.
    var commit: ObjectID?
    let path: String
  }

  func fault(where allows: (String) -> Bool) throws -> Fault? {
    let own = try repository.commits(inAnyOf: [tip], notIn: known + targets)
    for id in own {
      var path: String?
      try repository.sweep(try repository.commit(id)) { found in
        if path == nil, !allows(found) { path = found }
      }
      if let path { return Fault(commit: id, path: path) }
    }
    return try netFault(allows)
  }

  /// A merge can undo, by taking one side, what a target or another result has: no commit of it
  /// changes the path, and all together they do.
  private func netFault(_ allows: (String) -> Bool) throws -> Fault? {
    var common: [PathChange]?
    for (target, base) in try nearest() {
      let changes = try repository.changes(from: base, to: tip).filter { change in
        try !allows(change.path) && !known.contains { try brings(change, $0, target) }
      }
      let before = common.map(Set.init)
      common = changes.filter { before?.contains($0) ?? true }
    }
    return common?.first.map { Fault(path: $0.path) }
  }

  /// Where the work left the targets; of two such places the later one.
  private func nearest() throws -> [(target: ObjectID, base: ObjectID)] {
    let all = try targets.compactMap { target in
      try repository.mergeBases(target, tip).first.map { (target: target, base: $0) }
    }
    return try all.filter { one in
      try !all.contains { other in
        try other.base != one.base && repository.isAncestor(one.base, of: other.base)
      }
    }
  }

  /// Whether another result made the change, and it stands here as that has it.
  private func brings(
    _ change: PathChange, _ other: ObjectID, _ target: ObjectID
  ) throws -> Bool {
    guard try side(change.pathBytes, in: other) == change.new,
      let base = try repository.mergeBases(target, other).first
    else { return false }
    return try side(change.pathBytes, in: base) != change.new
  }

  private func side(_ path: [UInt8], in commit: ObjectID) throws -> PathChange.Side? {
    guard let text = String(validating: path, as: UTF8.self),
      let entry = try repository.entry(at: text, in: commit), entry.mode != .tree
    else { return nil }
    return PathChange.Side(mode: entry.mode, id: entry.id)
  }
}
