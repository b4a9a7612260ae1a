/// The names of everything a run keeps in the repository.
package struct RunNames: Hashable, Sendable {
  /// `refs/uet`, unless `uet.refPrefix` says otherwise; without a `/` at its end.
  package let prefix: String
  package let run: RunID

  package init(prefix: String, run: RunID) {
    self.prefix = prefix
    self.run = run
  }

  /// Names that are there for a moment, and of which nobody is told.
  package static let passing = "refs/worktree/uet-kept"

  /// The workstream's branch, for review with any git tool.
  package func branch(_ id: WorkstreamID) -> String { "refs/heads/uet/\(run)/\(id)" }

  /// The integration branch.
  package var integration: String { "refs/heads/uet/\(run)/integration" }

  /// What is kept of an attempt that failed, was killed or crashed.
  package func salvage(_ id: WorkstreamID, attempt: Int) -> String {
    "\(prefix)/salvage/\(run)/\(id)/\(attempt)"
  }

  /// The candidate as the queue or a person repaired it.
  package func candidate(_ id: WorkstreamID) -> String { "\(prefix)/candidates/\(run)/\(id)" }

  /// The merge of two results that conflict, resolved, for bases that hold both.
  package func base(_ onto: ObjectID, _ tip: ObjectID) -> String {
    "\(prefix)/candidates/\(run)/base-\(onto.short)-\(tip.short)"
  }

  /// What a tool left of a conflict that it did not resolve.
  package func salvage(_ id: WorkstreamID, repair number: Int) -> String {
    "\(prefix)/salvage/\(run)/\(id)/resolver-\(number)"
  }

  /// What says who may bring the result of an attempt that is carried out elsewhere.
  package func lease(_ id: WorkstreamID, attempt: Int) -> String { "\(leases)\(id)/\(attempt)" }

  /// The same for a gate.
  package func gateLease(_ name: String) -> String { "\(leases)gates/\(name)" }

  /// What the names of all leases of the run begin with.
  package var leases: String { "\(prefix)/lease/\(run)/" }

  /// A reference's name as people type it: without `refs/heads/`.
  package static func short(_ name: String) -> String {
    name.hasPrefix("refs/heads/") ? String(name.dropFirst("refs/heads/".count)) : name
  }
}
