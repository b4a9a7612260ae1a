import UETGit
import UETLedger
import UETModel

extension Project {
  /// Runs that were forgotten here and that a host was last seen to have.
  package func forgottenRuns(on remote: String) -> [String] {
    forgottenRuns.sorted().filter { run in
      let place = "\(ledgerNames.remotes)\(remote)/runs/\(run)"
      return (try? repository.references(under: place))?.isEmpty == false
    }
  }
}

/// `git uet forget`: takes a run's references away for good, in this clone.
package struct Forgetting: Sendable {
  /// Why a run stays.
  package enum Refusal: Sendable {
    /// Results that are in no other branch, and work that was kept.
    case unlanded([WorkstreamID], kept: Int)
    case worktrees([String])
    case checkedOut(branch: String, path: String)
  }

  package enum Outcome: Sendable {
    case refused(Refusal)
    /// How many references went, and where the chain ended; `apart` is the folder in which work
    /// that held secrets stays.
    case forgotten(references: Int, tip: ObjectID, apart: String?)
  }

  private let project: Project
  package let run: RunID

  package init(_ name: String, in project: Project) throws {
    self.project = project
    run = try project.run(named: name)
    try project.requireNotArchived(run)
  }

  /// Work that is nowhere else is let go of only with `discarding`; what is looked at, worked on or
  /// checked out never.
  package func perform(discarding: Bool) async throws -> Outcome {
    try project.requireFree(run)
    if let refusal = try await refusal(discarding) { return .refused(refusal) }
    let tip = try project.reader.tip(of: run)
    let changes = try references().map { ReferenceChange(name: $0.name, new: nil, old: $0.id) }
    try await project.git.check(["config", "--local", "--add", Project.forgottenKey, run.rawValue])
    try await project.git.updateReferences(changes, message: "uet: forgotten")
    _ = try? project.cache.catchUp()
    return .forgotten(
      references: changes.count, tip: tip, apart: KeptApart.folder(of: run, project))
  }

  private func refusal(_ discarding: Bool) async throws -> Refusal? {
    let places = try await WorktreeSurvey(project).facts()
      .filter { $0.run == run && $0.presence != .vanished }.map(\.path)
    if !places.isEmpty { return .worktrees(places) }
    for entry in try await project.git.worktrees() {
      if let branch = entry.branch, branch.hasPrefix("refs/heads/uet/\(run)/") {
        return .checkedOut(branch: RunNames.short(branch), path: entry.path)
      }
    }
    if discarding { return nil }
    let kept = try project.repository.references(under: "\(project.refPrefix)/salvage/\(run)").count
    let unlanded = try unlanded()
    return unlanded.isEmpty && kept == 0 ? nil : .unlanded(unlanded, kept: kept)
  }

  /// Workstreams whose result is in no branch but the run's own. A record that cannot be read says
  /// of none that it is elsewhere; its branches then speak for themselves.
  private func unlanded() throws -> [WorkstreamID] {
    let own = "refs/heads/uet/\(run)/"
    let heads = try
      (project.repository.references(under: "refs/heads")
      + project.repository.references(under: "refs/remotes"))
      .filter { !$0.name.hasPrefix(own) }.map(\.id)
    var tips: [WorkstreamID: ObjectID] = [:]
    for (name, id) in try project.repository.references(under: String(own.dropLast())) {
      if let workstream = WorkstreamID(String(name.dropFirst(own.utf8.count))) {
        tips[workstream] = id
      }
    }
    for record in (try? project.reader.state(of: run))?.workstreams ?? [] {
      if let tip = record.tip, record.state != .landed { tips[record.id] = tip }
    }
    let lacking = try project.repository.lacking(tips.values, in: heads)
    return tips.filter { lacking.contains($0.value) }.keys.sorted()
  }

  private func references() throws -> [(name: String, id: ObjectID)] {
    let prefix = project.refPrefix
    var places = ["runs", "salvage", "candidates", "diverged", "lease"].map {
      "\(prefix)/\($0)/\(run)"
    }
    places += ["refs/heads/uet/\(run)", "\(project.ledgerNames.asides)\(run)"]
    var found: [(name: String, id: ObjectID)] = []
    for place in places { found += try project.repository.references(under: place) }
    let fetched = try project.repository.references(under: project.ledgerNames.remotes)
    return found + fetched.filter { $0.name.contains("/\(run)/") }
  }
}
